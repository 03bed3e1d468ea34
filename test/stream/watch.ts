import { get, type IncomingMessage } from 'node:http';

/** Opens a stream; `pictures` fills with what has been shown so far, unless it is not read. */
export async function watch(url: string, { read = true, headers = {} } = {}): Promise<{ response: IncomingMessage; pictures: Buffer[]; until: (count: number) => Promise<void>; ended: Promise<void>; leave: () => void }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => { get(url, { agent: false, headers }, resolve).on('error', reject); });
  const pictures: Buffer[] = [];
  let rest = Buffer.alloc(0), arrived = (): void => undefined;
  const ended = new Promise<void>((resolve) => { response.on('close', () => { resolve(); }); });
  response.on('error', () => undefined);
  if (read) {
    response.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const head = rest.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/.exec(rest.toString('latin1', 0, Math.max(0, head)))?.[1] ?? Infinity);
        if (head < 0 || rest.length < head + 4 + length) break;
        pictures.push(rest.subarray(head + 4, head + 4 + length));
        rest = rest.subarray(head + 4 + length);
        arrived();
      }
    });
  }
  const until = async (count: number): Promise<void> => {
    while (pictures.length < count) await new Promise<void>((resolve) => { arrived = resolve; });
  };
  return { response, pictures, until, ended, leave: () => { response.destroy(); } };
}
