import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * MQTT 5's answers to CONNECT, PINGREQ, and the SUBSCRIBE with these two bytes of a number, with nothing but what they
 * must have.
 */
const CONNACK = [0x20, 3, 0, 0, 0];
const PINGRESP = [0xd0, 0];
const suback = (high: number, low: number): number[] => [0x90, 4, high, low, 0, 1];

/** A broker that says what it is told to, in bytes. */
export class RawBroker {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  /**
   * @param connack what CONNECT is answered with
   * @param subscribed what is done when somebody has subscribed
   * @param grants whether SUBSCRIBE is answered
   */
  constructor(
    private readonly connack = CONNACK,
    private readonly subscribed: (socket: Socket) => void = () => undefined,
    private readonly grants = true,
  ) {}

  /** @returns its address */
  async start(): Promise<string> {
    const server = (this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        if (data[0] === 0x10) socket.write(Buffer.from(this.connack));
        if (data[0] === 0xc0) socket.write(Buffer.from(PINGRESP));
        if (data[0] === 0x82) {
          if (this.grants) socket.write(Buffer.from(suback(data[2]!, data[3]!)));
          this.subscribed(socket);
        }
      });
    }).listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
    if (this.#server?.listening) await once(this.#server, 'close');
  }
}

/** The beginning of a PUBLISH with QoS 0, before its message. */
export function publishHeader(topic: string, messageBytes: number): Buffer {
  const name = Buffer.from(topic);
  const length: number[] = [];
  let rest = 2 + name.length + 1 + messageBytes;
  do {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from([0x30, ...length, name.length >> 8, name.length & 0xff, ...name, 0]);
}
