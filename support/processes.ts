import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { until } from './until';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A Node.js program with what it has printed so far. */
export class Program {
  printed = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(args: string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.printed += data.toString();
      });
    this.#ended = once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until the program has printed this. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(() => pattern.exec(this.printed), String(pattern));
  }

  /** Waits until the address answers with a success. */
  async answers(url: string): Promise<void> {
    await this.#until(async () => (await fetch(url).catch(() => undefined))?.ok, url);
  }

  /** Waits until a flow takes what is posted to the address: it begins after Node-RED says that it listens. */
  async takes(url: string): Promise<void> {
    await this.#until(async () => {
      const response = await fetch(url, { method: 'POST' }).catch(() => undefined);
      return response !== undefined && response.status !== 404;
    }, `a flow took what was posted to ${url}`);
  }

  /** Sends SIGTERM and waits for the end: the exit code, null where a signal ended it. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }

  async #until<T>(look: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
    let found: T | undefined;
    await until(async () => {
      // In this order: what it prints at its end counts.
      const ended = this.#child.exitCode ?? this.#child.signalCode;
      found = await look();
      if (!found && ended !== null) throw new Error(`ended (${ended}) before ${what}; printed: ${this.printed}`);
      return found;
    });
    return found as NonNullable<T>;
  }
}
