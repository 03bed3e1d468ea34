import { get, type IncomingMessage } from 'node:http';

const HEAD_END = '\r\n\r\n';
const NEXT = '\r\n--frame\r\n';

/** Opens a stream; `pictures` fills with what has been shown so far, unless it is not read. */
export async function watch(
  url: string,
  { read = true, headers = {} } = {},
): Promise<{
  response: IncomingMessage;
  pictures: Buffer[];
  until: (count: number) => Promise<void>;
  ended: Promise<void>;
  leave: () => void;
}> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, headers }, resolve).on('error', reject);
  });
  const pictures: Buffer[] = [];
  let rest = Buffer.alloc(0);
  let arrived = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    response.on('close', () => {
      resolve();
    });
  });
  response.on('error', () => undefined);
  if (read) {
    response.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (let end = rest.indexOf(NEXT); end >= 0; end = rest.indexOf(NEXT)) {
        pictures.push(rest.subarray(rest.indexOf(HEAD_END) + HEAD_END.length, end));
        // The next one's head begins with the boundary.
        rest = rest.subarray(end + 2);
        arrived();
      }
    });
  }
  const until = async (count: number): Promise<void> => {
    while (pictures.length < count)
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
  };
  return {
    response,
    pictures,
    until,
    ended,
    leave: () => {
      response.destroy();
    },
  };
}
