import type { Pool } from 'workerpool';

/** Why a worker did not answer: it died, too much is waiting already, or its last user has closed it. */
export type WorkerFailure = 'crashed' | 'full' | 'closed';

/** A request failed on account of its worker, not of what was asked. */
export class WorkerError extends Error {
  override name = 'WorkerError';
  /** The same in a few words, for a status line. */
  readonly status: string;

  constructor(readonly reason: WorkerFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = { crashed: 'worker stopped', full: 'too many requests', closed: 'stopped' }[reason];
  }
}

export interface WorkerHostOptions {
  /** What messages call the worker, e.g. "the digit engine". */
  name: string;
  /** Absolute path of the worker's script, which calls `serve` (./serve). */
  script: string;
  /** How many requests may wait behind the running one. Default 256. */
  maxWaiting?: number;
}

/** The functions a worker offers, as their caller sees them: arguments and results are cloned or transferred. */
export type WorkerMethods<M> = { [K in keyof M]: (...args: never[]) => unknown };

interface Task {
  method: string;
  args: unknown[];
  transfer: ArrayBuffer[];
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * One worker thread that answers requests one after the other.
 *
 * It is started by the first request. When it dies, the running request fails with a `WorkerError` and the waiting ones
 * go to a new worker; so a worker's state must be one that it can build again from its requests. It keeps the process
 * alive until `close`.
 *
 * `M` has the worker's functions: `new WorkerHost<InkMethods>({ name: 'the ink worker', script })`.
 */
export class WorkerHost<M extends WorkerMethods<M>> {
  readonly #options: Required<WorkerHostOptions>;
  readonly #waiting: Task[] = [];
  #running: Task | undefined;
  #pool: Pool | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerHostOptions) {
    this.#options = { maxWaiting: 256, ...options };
  }

  /**
   * Calls one of the worker's functions.
   *
   * @param transfer buffers inside `args` that are moved and not copied; the caller cannot use them afterwards. A view
   *   of Node's shared pool (`Buffer.from`) must be copied before, for its neighbours would be moved too.
   * @throws (rejects) WorkerError, or what the worker's function threw, with its name and message.
   */
  exec<K extends keyof M & string>(method: K, args: Parameters<M[K]>, transfer: ArrayBuffer[] = []): Promise<Awaited<ReturnType<M[K]>>> {
    const { name, maxWaiting } = this.#options;
    if (this.#closing) return Promise.reject(this.#closedError());
    if (this.#waiting.length >= maxWaiting) {
      return Promise.reject(new WorkerError('full', `${name} is too busy: ${maxWaiting} requests are waiting already`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ method, args, transfer, resolve: resolve as Task['resolve'], reject });
      this.#next();
    });
  }

  /** Ends the worker and resolves when it has gone; what is running or waiting fails with a `WorkerError`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const unanswered = [...(this.#running ? [this.#running] : []), ...this.#waiting.splice(0)];
    for (const task of unanswered) task.reject(this.#closedError());
    await this.#pool?.terminate(true);
  }

  #closedError(): WorkerError {
    return new WorkerError('closed', `${this.#options.name} has been closed`);
  }

  #next(): void {
    if (this.#running) return;
    this.#running = this.#waiting.shift();
    if (this.#running) void this.#run(this.#running);
  }

  async #run(task: Task): Promise<void> {
    try {
      task.resolve(await this.#send(task));
    } catch (error) {
      task.reject(error as Error);
    }
    this.#running = undefined;
    this.#next();
  }

  async #send({ method, args, transfer }: Task): Promise<unknown> {
    const { TerminateError, pool } = require('workerpool') as typeof import('workerpool');
    for (;;) {
      // A pool of one, replaced when its worker dies: a dead worker can hold up the tasks that its pool has queued.
      this.#pool ??= pool(this.#options.script, { workerType: 'thread', maxWorkers: 1 });
      try {
        return (await this.#pool.exec(method, args, { transfer })) as unknown;
      } catch (error) {
        if (!(error instanceof TerminateError)) throw error;
        this.#pool = undefined;
        // The worker had died while it was idle, and this request has not reached it.
        if (error.message === 'Worker is terminated' && !this.#closing) continue;
        const why = error.cause instanceof Error ? `: ${error.cause.message}` : '';
        throw new WorkerError('crashed', `${this.#options.name} stopped unexpectedly${why}; the next request starts it again`, { cause: error });
      }
    }
  }
}
