import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { until } from './example';

const MOSQUITTO = process.env.MOSQUITTO ?? '/usr/sbin/mosquitto';

/** Mosquitto where it is installed, or else one in this process. */
export const BROKER = existsSync(MOSQUITTO) ? 'mosquitto' : 'aedes';

export interface Broker {
  stop(): Promise<void>;
}

/** @param closed whether nobody may log in */
export async function startBroker(port: number, { closed = false } = {}): Promise<Broker> {
  const broker = BROKER === 'mosquitto' ? await startMosquitto(port, closed) : await startAedes(port, closed);
  await until(
    () => answers(port),
    () => `a broker on port ${port}`,
  );
  return broker;
}

async function startMosquitto(port: number, closed: boolean): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'inkcam-mosquitto-'));
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous ${!closed}\npersistence false\n`);
  const child = spawn(MOSQUITTO, ['-c', file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function startAedes(port: number, closed: boolean): Promise<Broker> {
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  if (closed)
    aedes.authenticate = (_client, _user, _password, done) => {
      done(Object.assign(new Error('refused'), { returnCode: 5 }), false);
    };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await new Promise<void>((resolve) => {
        aedes.close(() => {
          resolve();
        });
      });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connectTo(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A line to the broker that can be held up or cut. */
export class Line {
  /** How often somebody has connected. */
  connections = 0;
  #held = false;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  /** @param to the broker's port */
  constructor(
    readonly port: number,
    to: number,
  ) {
    this.#server = createServer((near) => {
      this.connections += 1;
      const far = connectTo(to, '127.0.0.1');
      for (const [from, into] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        if (this.#held) from.pause();
        from.on('data', (data) => into.write(data));
        from.on('error', () => undefined);
        from.on('close', () => {
          this.#sockets.delete(from);
          into.destroy();
        });
      }
    }).listen(port, '127.0.0.1');
  }

  /** Nothing passes any more until `release`. */
  hold(): void {
    this.#held = true;
    for (const socket of this.#sockets) socket.pause();
  }

  release(): void {
    this.#held = false;
    for (const socket of this.#sockets) socket.resume();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }
}

export interface Heard {
  topic: string;
  payload: Buffer;
  retain: boolean;
}

/** Somebody who listens to everything, and publishes. */
export class Listener {
  readonly heard: Heard[] = [];

  static async on(port: number): Promise<Listener> {
    const listener = new Listener(
      await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100, reconnectOnConnackError: true }),
    );
    await listener.client.subscribeAsync('#', { qos: 1 });
    return listener;
  }

  private constructor(readonly client: MqttClient) {
    client.on('error', () => undefined);
    client.on('message', (topic, payload, { retain }) => {
      this.heard.push({ topic, payload, retain });
    });
  }

  /** What was published on a topic, as text, in order. */
  on(topic: string): string[] {
    return this.heard.filter((one) => one.topic === topic).map(({ payload }) => payload.toString());
  }

  /** Waits until the last message on a topic is this one. */
  async hears(topic: string, text?: string): Promise<Heard> {
    return until(
      () => {
        const last = this.heard.filter((one) => one.topic === topic).at(-1);
        return last && (text === undefined || last.payload.toString() === text) ? last : undefined;
      },
      () => {
        const heard = this.heard.map((one) => `${one.topic} ${one.payload.toString().slice(0, 40)}`);
        return `${topic} ${text ?? ''}; heard ${heard.join('; ')}`;
      },
    );
  }

  async publish(topic: string, payload: string | Buffer): Promise<void> {
    await this.client.publishAsync(topic, payload, { qos: 1 });
  }

  async end(): Promise<void> {
    await this.client.endAsync(true);
    await wait(0);
  }
}
