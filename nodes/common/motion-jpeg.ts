import type { ServerResponse } from 'node:http';

const BOUNDARY = 'frame';

/** A viewer that takes nothing for so long is sent away, milliseconds. */
export const TIMEOUT = 30_000;

/**
 * Everybody who watches one live stream: pictures one after another in one answer of type multipart/x-mixed-replace,
 * which browsers show as a moving picture. A picture is encoded once, whoever watches; a viewer that is still busy with
 * the one before misses it, and holds nobody up.
 */
export class MotionJpegSubscribers {
  readonly #subscribers = new Map<ServerResponse, { busySince: number | undefined }>();
  /** Between two pictures. Browsers show a picture only once the next one's head has come, so that is sent with it. */
  readonly #head: string;
  #latest: Uint8Array | undefined;

  /**
   * @param type of the pictures, such as `image/jpeg`
   * @param most that may watch at a time
   * @param changed is called when somebody comes or goes
   */
  constructor(
    type: string,
    private readonly most: number,
    private readonly changed: (count: number) => void = () => undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#head = `--${BOUNDARY}\r\ncontent-type: ${type}\r\n\r\n`;
  }

  get count(): number {
    return this.#subscribers.size;
  }

  /** Begins to answer a request with the stream, from its latest picture on; with 503 where too many watch already. */
  add(response: ServerResponse): void {
    if (this.#subscribers.size >= this.most) {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '10' });
      response.end(`${this.most} are watching already\n`);
      return;
    }
    response.writeHead(200, {
      'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'cache-control': 'no-store',
      connection: 'close',
    });
    this.#subscribers.set(response, { busySince: undefined });
    response.on('close', () => {
      this.#remove(response);
    });
    // A connection that breaks off is closed; nobody needs to hear of it.
    response.on('error', () => undefined);
    response.on('drain', () => {
      this.#subscribers.set(response, { busySince: undefined });
    });
    response.write(this.#head);
    if (this.#latest) this.#send(response, this.#part(this.#latest));
    this.changed(this.count);
  }

  /** Shows a picture to everybody who is ready for one. */
  show(picture: Uint8Array): void {
    this.#latest = picture;
    if (this.#subscribers.size === 0) return;
    const part = this.#part(picture);
    for (const [response, { busySince }] of this.#subscribers) {
      if (busySince === undefined) this.#send(response, part);
      else if (this.now() - busySince > TIMEOUT) response.destroy();
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const response of this.#subscribers.keys()) response.destroy();
    this.#latest = undefined;
  }

  #send(response: ServerResponse, part: Buffer): void {
    if (!response.write(part)) this.#subscribers.set(response, { busySince: this.now() });
  }

  #remove(response: ServerResponse): void {
    if (this.#subscribers.delete(response)) this.changed(this.count);
  }

  #part(picture: Uint8Array): Buffer {
    return Buffer.concat([picture, Buffer.from(`\r\n${this.#head}`)]);
  }
}
