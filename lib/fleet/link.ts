import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import { FleetError } from './errors';
import { MOST_BYTES } from './limits';
import { limitPackets, TOO_LARGE } from './packets';

export interface BrokerSettings {
  /** mqtt://, mqtts://, ws:// or wss:// with host and port. */
  url: string;
  user?: string | undefined;
  password?: string | undefined;
  /** What the topics begin with. */
  prefix: string;
}

export type LinkState = { state: 'connecting' | 'connected' } | { state: 'waiting'; error: FleetError };

export interface LinkListener {
  onState(state: LinkState): void;
  /**
   * @param acknowledge is called once; the broker gives the message out again, on a new connection, where it is not.
   */
  onMessage(topic: string, payload: Buffer, acknowledge: () => void): void;
}

/** Waits between two attempts to connect, milliseconds: doubled from the first to the last. */
const FIRST_WAIT = 1000;
const LAST_WAIT = 30_000;

/** Of a packet beside its message, bytes at most: topic and properties. */
const AROUND = 2000;
const MOST_PACKET = MOST_BYTES + AROUND;

/** A connection to a broker (MQTT 5) that begins again by itself, whatever ends it. Acknowledges when it is told to. */
export class Link {
  readonly #client: MqttClient;
  /** Without a password. */
  readonly #address: string;
  readonly #closed = new AbortController();
  readonly #publishing = new Set<(error: Error) => void>();
  #connection = 0;
  #wait = FIRST_WAIT;
  /** Bytes of a packet that the broker takes. */
  #brokerTakes = Infinity;

  /**
   * @param topic what to subscribe to, with QoS 1
   * @param inFlight messages that the broker may give out before the first is acknowledged, 1 to 65535
   * @throws FleetError where the address is none
   */
  constructor(
    { url, user, password }: BrokerSettings,
    topic: string,
    inFlight: number,
    private readonly listener: LinkListener,
  ) {
    this.#address = checkAddress(url);
    const { connect } = require('./mqtt') as typeof import('./mqtt');
    const client = (this.#client = connect(url, {
      protocolVersion: 5,
      clean: true,
      reconnectPeriod: FIRST_WAIT,
      connectTimeout: 10_000,
      keepalive: 15,
      resubscribe: false,
      reconnectOnConnackError: true,
      properties: { receiveMaximum: inFlight, sessionExpiryInterval: 0, maximumPacketSize: MOST_PACKET },
      wsOptions: { maxPayload: 2 * MOST_PACKET },
      ...(user && { username: user, password: password ?? '' }),
    }));
    limitPackets(client.stream, MOST_PACKET);
    // Each further connection has a stream of its own, and this is what is sent on it first.
    client.on('packetsend', ({ cmd }) => {
      if (cmd === 'connect') limitPackets(client.stream, MOST_PACKET);
    });
    listener.onState({ state: 'connecting' });
    client.handleMessage = (packet, next) => {
      this.#take(packet, next);
    };
    client.on('connect', ({ properties }: IConnackPacket) => {
      this.#connection++;
      this.#wait = FIRST_WAIT;
      this.#brokerTakes = properties?.maximumPacketSize ?? Infinity;
      client.options.reconnectPeriod = FIRST_WAIT;
      client.subscribe(topic, { qos: 1 }, (error, granted) => {
        // Without an answer, the connection has ended meanwhile, and that is told.
        if (this.#closed.signal.aborted || (error && !('packet' in error && error.packet))) return;
        if (error || granted?.some(({ qos }) => qos > 2))
          this.#fail(
            new FleetError(`the broker does not allow ${topic}: ${error?.message ?? 'refused'}`, 'topic refused', {
              cause: error,
            }),
          );
        else this.listener.onState({ state: 'connected' });
      });
    });
    client.on('error', (error) => {
      this.#fail(explain(this.#address, error));
    });
    client.on('close', () => {
      this.#connection++;
      this.#wait = Math.min(2 * this.#wait, LAST_WAIT);
      client.options.reconnectPeriod = this.#wait;
      this.#fail(
        new FleetError(`the broker at ${this.#address} does not answer; it is tried again by itself`, 'no broker'),
      );
    });
  }

  /**
   * Resolves when the broker has it; waits for a broker that is gone.
   * @param expiry seconds
   * @throws (rejects) FleetError where the broker does not take it, or once closed
   */
  async publish(topic: string, payload: Buffer | string, expiry: number): Promise<void> {
    this.#closed.signal.throwIfAborted();
    const bytes = Buffer.byteLength(payload) + AROUND;
    if (bytes > this.#brokerTakes)
      throw new FleetError(
        `the broker at ${this.#address} takes packets of at most ${this.#brokerTakes} bytes, this one has ${bytes}`,
        'not taken',
      );
    await new Promise<void>((resolve, reject) => {
      this.#publishing.add(reject);
      this.#client.publish(topic, payload, { qos: 1, properties: { messageExpiryInterval: expiry } }, (error) => {
        this.#publishing.delete(reject);
        if (error)
          reject(
            new FleetError(
              `the broker at ${this.#address} does not take a message for ${topic}: ${error.message}`,
              'not taken',
              { cause: error },
            ),
          );
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    const closed = new FleetError('the connection to the broker has been closed', 'stopped');
    this.#closed.abort(closed);
    for (const reject of this.#publishing) reject(closed);
    this.#publishing.clear();
    await this.#client.endAsync(true);
  }

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #take({ topic, payload, messageId, qos }: IPublishPacket, next: (error?: Error) => void): void {
    const connection = this.#connection;
    let acknowledged = qos !== 1;
    // An error lets the client go on with the next packet without acknowledging this one.
    next(acknowledged ? undefined : new Error('acknowledged later'));
    if (this.#closed.signal.aborted) return;
    this.listener.onMessage(topic, Buffer.from(payload), () => {
      if (acknowledged || connection !== this.#connection || messageId === undefined) return;
      acknowledged = true;
      // PUBACK (MQTT 5, 3.4) with the reason "success" left out.
      this.#client.stream.write(Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]));
    });
  }

  #told: FleetError | undefined;
  #fail(error: FleetError): void {
    if (this.#closed.signal.aborted) return;
    // The end of a connection says less than the error before it.
    if (error.status !== 'no broker' || this.#told === undefined) this.listener.onState({ state: 'waiting', error });
    this.#told = error.status === 'no broker' ? undefined : error;
  }
}

/**
 * @returns the address for people: without a password
 * @throws FleetError
 */
function checkAddress(url: unknown): string {
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^(mqtts?|wss?):$/.test(address.protocol) || address.hostname === '' || address.port === '0') {
    const got = typeof url === 'string' ? JSON.stringify(url.replace(/\/\/[^/]*@/, '//…@')) : String(url);
    throw new FleetError(
      `expected the address of a broker such as mqtt://192.168.1.2:1883, with a port from 1 to 65535, got ${got}`,
      'bad address',
    );
  }
  return `${address.protocol}//${address.host}`;
}

function explain(address: string, error: Error & { code?: string | number }): FleetError {
  const code = Number(error.code);
  // Reason codes of MQTT 5 and of MQTT 3.
  if ([134, 135, 4, 5].includes(code))
    return new FleetError(`the broker at ${address} refuses the login: check user and password`, 'login refused', {
      cause: error,
    });
  if ([132, 1].includes(code))
    return new FleetError(
      `the broker at ${address} does not know MQTT 5: take Mosquitto from release 1.6 on, or another that does`,
      'no MQTT 5',
      { cause: error },
    );
  if (code === TOO_LARGE)
    return new FleetError(
      `the broker at ${address} sends what is too large: ${error.message}; the connection is begun anew`,
      'packet too large',
      { cause: error },
    );
  return new FleetError(
    `no connection to the broker at ${address}: ${error.message || String(error.code)}; it is tried again by itself`,
    'no broker',
    { cause: error },
  );
}
