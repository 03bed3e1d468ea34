import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes to send; or a wait in milliseconds, the end of what is sent, or a connection that breaks off. */
export type Piece = Buffer | { wait: number } | { close: true } | { destroy: true };

/** What came back: no status where nothing did, `late` where the connection was still open then. */
export interface Answer {
  status?: number;
  body: Buffer;
  late: boolean;
}

/** Who takes so long for what is sent does not take it, milliseconds. */
export const SENDING = 20_000;

/** Sends bytes over a connection of its own, whatever they are, and takes what comes back for an answer in HTTP. */
export async function exchange(port: number, pieces: readonly Piece[], timeout: number): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const state = { open: true, whole: false };
  let answered: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      state.open = false;
      resolve();
    });
  });
  const whole = new Promise<void>((resolve) => {
    answered = resolve;
  });
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    chunks.push(data);
    state.whole = answerOf(Buffer.concat(chunks)).whole;
    if (state.whole) answered();
  });
  const end = performance.now() + SENDING;
  try {
    for (const piece of pieces) {
      // The answer may come before all has been sent.
      if (!state.open || state.whole || performance.now() > end) break;
      if (Buffer.isBuffer(piece))
        await Promise.race([
          new Promise<void>((resolve) => {
            if (socket.write(piece)) resolve();
            else socket.once('drain', resolve);
          }),
          closed,
          whole,
          sleep(timeout, undefined, { ref: false }),
        ]);
      else if ('wait' in piece) await Promise.race([sleep(piece.wait, undefined, { ref: false }), closed]);
      else if ('close' in piece) socket.end();
      else socket.destroy();
    }
    await Promise.race([whole, closed, sleep(timeout, undefined, { ref: false })]);
    return { ...answerOf(Buffer.concat(chunks)), late: state.open };
  } finally {
    socket.destroy();
    if (state.open) await once(socket, 'close');
  }
}

function answerOf(bytes: Buffer): { status?: number; body: Buffer; whole: boolean } {
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    const head = bytes.toString('latin1', at, Math.max(at, end));
    const status = Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1]);
    if (end < 0 || !status) return { body: Buffer.alloc(0), whole: false };
    at = end + 4;
    // "100 Continue" is no answer.
    if (status === 100) continue;
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    const body = bytes.subarray(at);
    if (length !== undefined)
      return { status, body: body.subarray(0, Number(length)), whole: body.length >= Number(length) };
    const isChunked = /^transfer-encoding: *chunked/im.test(head);
    return { status, body, whole: isChunked ? body.includes('0\r\n\r\n') : false };
  }
}
