import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  body: { error?: string; text?: string };
}

export interface Post {
  /** Lines of the head beside Host: content-length, transfer-encoding, content-type, … */
  head: string[];
  /** What comes after the head, piece after piece, as fast as it is taken. */
  pieces?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Posts bytes as they are, right or wrong, and waits for the answer, or for the end of the connection: then undefined.
 * Goes on sending when the answer is there, as simple clients do.
 */
export async function post(
  url: string,
  { head, pieces = [] }: Post,
): Promise<{ answer: Answer | undefined; sent: number }> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let sent = 0;
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    text += data.toString();
  });
  const answered = new Promise<Answer | undefined>((resolve) => {
    const look = (isEnd: boolean): void => {
      const [, status, head = '', body = ''] = /^HTTP\/1\.1 (?!100)(\d+)([^]*?)\r\n\r\n([^]*)$/.exec(text) ?? [];
      const length = /^content-length: (\d+)/im.exec(head)?.[1];
      if (status && (isEnd || Buffer.byteLength(body) >= Number(length)))
        resolve({ status: Number(status), body: body.startsWith('{') ? (JSON.parse(body) as Answer['body']) : {} });
    };
    socket.on('data', () => {
      look(false);
    });
    socket.on('close', () => {
      look(true);
      resolve(undefined);
    });
  });
  await once(socket, 'connect');
  socket.write([`POST ${pathname} HTTP/1.1`, `Host: ${hostname}`, ...head, '', ''].join('\r\n'));
  for await (const piece of pieces) {
    if (socket.destroyed) break;
    sent += piece.length;
    if (!socket.write(piece)) await drained(socket);
  }
  const answer = await answered;
  socket.destroy();
  return { answer, sent };
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close']) socket.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close']) socket.on(event, done);
  });
}

/** So many zeros, in pieces of 64 KiB. */
export function* zeros(bytes: number): Generator<Uint8Array> {
  const piece = Buffer.alloc(65_536);
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
}

/** Wraps pieces for `transfer-encoding: chunked`. */
export function* chunked(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces)
    yield Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  yield Buffer.from('0\r\n\r\n');
}
