import { decodeError, WorkerError, type ErrorClass } from './errors';
import type { FromWorker } from './protocol';
import { startRunner, type Runner, type RunnerKind } from './runner';

export { WorkerError } from './errors';

/** How long a request may take, milliseconds: a message is to be answered or failed within ten seconds. */
const DEADLINE = 8000;

/** How long a request that is to be stopped may take to stop, milliseconds. */
const GRACE = 8000;

export interface WorkerHostOptions {
  /** What messages call the worker, e.g. "the digit engine". */
  name: string;
  /** Absolute path of the worker's script, which calls `serve` (./serve). */
  script: string;
  /** Default `thread`. */
  kind?: RunnerKind;
  /** How many requests may wait behind the running one. Default 256. */
  maxQueued?: number;
  /** A request without answer or news is given up after so many milliseconds, and its worker ended. Default 8000. */
  deadline?: number;
  /**
   * A request that has taken so many milliseconds no longer holds up those that wait: a second worker takes them, and
   * the late one has until its deadline. Where none waits, the second worker tries the late one again, for it may be
   * the worker that is stuck and not the request; the first answer counts, so that the worker's functions must be
   * repeatable. Twice as long for the first request to a worker, which has to start. Default: never.
   */
  timeout?: number;
  /** Classes of errors that the worker throws, beside JavaScript's own. */
  errors?: readonly ErrorClass[];
  /** What a thread starts with, its `workerData`; asked for at every start. */
  data?: () => unknown;
  /**
   * Of a thread: memory for short-lived objects, MB. Less is searched for garbage more often, in less time, and stays
   * in the processor's cache. Default: Node's, up to 48 MB.
   */
  youngGeneration?: number;
}

export interface RequestOptions {
  /**
   * Buffers inside the arguments that are moved and not copied; the caller cannot use them afterwards. A view of Node's
   * shared pool (`Buffer.from`) must be copied before, for its neighbours would be moved too.
   */
  transfer?: ArrayBuffer[];
  /** Asks the worker's function to stop; one that has not stopped after 8 s is ended with its worker. */
  signal?: AbortSignal | undefined;
  /** Gets what the worker's function emits. */
  onEvent?: ((event: unknown) => void) | undefined;
  /** Instead of the host's. */
  deadline?: number;
}

/** The functions a worker offers, as their caller sees them: arguments and results are cloned or transferred. */
export type WorkerMethods<M> = { [K in keyof M]: (...args: never[]) => unknown };

interface Task extends RequestOptions {
  id: number;
  method: string;
  args: unknown[];
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  /** When it was first sent, or gave its last sign of life; of `performance.now()`. */
  since: number;
  /** Whether it has been sent to a second worker. */
  retried: boolean;
  /** Runs while it is being stopped. */
  grace?: NodeJS.Timeout;
}

/** One worker with the request that it works on. */
interface Lane {
  runner: Runner;
  /** Requests that it has answered. */
  answered: number;
  task?: Task | undefined;
  /** Whether the task has reached the worker. */
  begun: boolean;
  /** When the task was sent, or gave its last sign of life; of `performance.now()`. */
  since: number;
  /** Whether the task has taken longer than `timeout`. */
  late: boolean;
  timers: NodeJS.Timeout[];
}

/**
 * A worker, thread or process, that answers requests one after the other, each within a deadline.
 *
 * It is started by the first request. When it dies, or is ended because a request took too long, that request fails
 * with a `WorkerError` and the waiting ones go to a new worker; so a worker's state must be one that it can build again
 * from its requests and its `data`. It keeps the process alive until `close`.
 *
 * `M` has the worker's functions: `new WorkerHost<InkMethods>({ name: 'the ink worker', script })`.
 */
export class WorkerHost<M extends WorkerMethods<M>> {
  readonly #options: WorkerHostOptions &
    Required<Pick<WorkerHostOptions, 'kind' | 'maxQueued' | 'deadline' | 'errors'>>;
  readonly #queue: Task[] = [];
  /** The worker that takes the next request. */
  #current: Lane | undefined;
  /** The worker that the current one has replaced, at its last request; the current one may be trying the same. */
  #overdue: Lane | undefined;
  /** Workers that have been told to end. */
  readonly #ending = new Set<Promise<void>>();
  #timeout: number;
  #lastId = 0;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerHostOptions) {
    this.#options = { kind: 'thread', maxQueued: 256, deadline: DEADLINE, errors: [], ...options };
    this.#timeout = options.timeout ?? Infinity;
  }

  /**
   * Calls one of the worker's functions.
   *
   * @throws (rejects) WorkerError, or what the worker's function threw: of its class where that is one of `errors`,
   *   with its message and its own texts and numbers.
   */
  exec<K extends keyof M & string>(
    method: K,
    args: Parameters<M[K]>,
    options: RequestOptions = {},
  ): Promise<Awaited<ReturnType<M[K]>>> {
    const { name, maxQueued } = this.#options;
    if (this.#closing || options.signal?.aborted) return Promise.reject(this.#closedError());
    if (this.#queue.length >= maxQueued) {
      return Promise.reject(new WorkerError('full', `${name} is too busy: ${maxQueued} requests are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const task: Task = {
        ...options,
        id: ++this.#lastId,
        method,
        args,
        resolve: resolve as Task['resolve'],
        reject,
        since: 0,
        retried: false,
      };
      const abort = (): void => {
        this.#abort(task);
      };
      options.signal?.addEventListener('abort', abort);
      const settled = (): void => {
        options.signal?.removeEventListener('abort', abort);
        clearTimeout(task.grace);
      };
      task.resolve = (value) => {
        settled();
        resolve(value as Awaited<ReturnType<M[K]>>);
      };
      task.reject = (error) => {
        settled();
        reject(error);
      };
      this.#queue.push(task);
      this.#next();
    });
  }

  /** Ends the worker and resolves when it has gone; what is running or waiting fails with a `WorkerError`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const lanes = this.#lanes();
    const unanswered = new Set([...lanes.flatMap(({ task }) => task ?? []), ...this.#queue.splice(0)]);
    for (const lane of lanes) this.#end(lane);
    for (const task of unanswered) task.reject(this.#closedError());
    await Promise.all(this.#ending);
  }

  #closedError(): WorkerError {
    return new WorkerError('closed', `${this.#options.name} has been closed`);
  }

  /** The workers there are, or only those that work on a request. */
  #lanes(task?: Task): Lane[] {
    return [this.#overdue, this.#current]
      .filter((lane) => lane !== undefined)
      .filter((lane) => !task || lane.task === task);
  }

  /** Gives the worker the next request, where it has nothing to do or is late. */
  #next(): void {
    if (this.#closing || this.#queue.length === 0) return;
    // Late twice: it is the request and not the worker, and one worker is enough to wait for it.
    if (this.#current?.late && this.#overdue && this.#overdue.task === this.#current.task) this.#end(this.#overdue);
    if (this.#current?.late && !this.#overdue) {
      this.#overdue = this.#current;
      this.#current = undefined;
    }
    this.#current ??= this.#start();
    if (this.#current.task) return;
    const task = this.#queue.shift();
    if (task) this.#send(this.#current, task);
  }

  /** Sends a late request to a second worker, too, where that has nothing else to do. */
  #retry(lane: Lane): void {
    const { task } = lane;
    if (!task || task.retried || task.transfer || task.grace || this.#overdue || lane !== this.#current) return;
    task.retried = true;
    this.#overdue = lane;
    this.#current = this.#start();
    this.#send(this.#current, task);
  }

  #start(): Lane {
    const { kind, script, data, youngGeneration } = this.#options;
    const runner = startRunner(
      { kind, script, data: data?.(), youngGeneration },
      {
        onMessage: (message) => {
          this.#receive(lane, message);
        },
        onEnd: (how) => {
          this.#ended(lane, how);
        },
      },
    );
    const lane: Lane = { runner, answered: 0, begun: false, since: 0, late: false, timers: [] };
    return lane;
  }

  #send(lane: Lane, task: Task): void {
    const { id, method, args, transfer = [] } = task;
    lane.task = task;
    lane.begun = false;
    if (!task.retried) task.since = performance.now();
    try {
      lane.runner.send({ id, method, args }, transfer);
    } catch (error) {
      lane.task = undefined;
      const why = error instanceof Error ? error.message : String(error);
      task.reject(
        new WorkerError('not-sendable', `${this.#options.name} was given something that cannot be sent to it: ${why}`, {
          cause: error,
        }),
      );
      this.#next();
      return;
    }
    this.#watch(lane);
  }

  /** Begins to wait for a sign of life. */
  #watch(lane: Lane): void {
    this.#unwatch(lane);
    const { task, answered } = lane;
    const now = performance.now();
    lane.since = now;
    const after = (milliseconds: number, act: () => void): void => {
      // Where this thread was held up, an answer may have come that it has not looked at yet: that comes before
      // "immediate".
      const check = (): void => {
        setImmediate(() => {
          if (lane.task === task && lane.since === now) act();
        });
      };
      lane.timers.push(setTimeout(check, milliseconds));
    };
    const { deadline = this.#options.deadline } = task ?? {};
    after(Math.max(0, deadline - (now - (task?.since ?? now))), () => {
      this.#expire(lane, deadline);
    });
    if (this.#timeout === Infinity) return;
    after(answered > 0 || task?.retried ? this.#timeout : 2 * this.#timeout, () => {
      lane.late = true;
      if (this.#queue.length > 0) this.#next();
      else this.#retry(lane);
    });
  }

  #unwatch(lane: Lane): void {
    for (const timer of lane.timers) clearTimeout(timer);
    lane.timers = [];
    lane.late = false;
  }

  #receive(lane: Lane, message: FromWorker): void {
    const { task } = lane;
    if (task?.id !== message.id) return;
    if ('begun' in message) {
      lane.begun = true;
    } else if ('event' in message) {
      task.since = performance.now();
      this.#watch(lane);
      task.onEvent?.(message.event);
    } else {
      // A late answer shows that this computer is slow, not that the worker is stuck.
      if (lane.late) this.#timeout = Math.max(this.#timeout, 2 * (performance.now() - lane.since));
      this.#unwatch(lane);
      lane.answered++;
      lane.task = undefined;
      const other = this.#lanes(task).at(0);
      if (other) {
        this.#end(other);
        this.#current = lane;
        this.#overdue = undefined;
      } else if (lane === this.#overdue) {
        this.#end(lane);
      }
      if ('result' in message) task.resolve(message.result);
      else task.reject(decodeError(message.error, this.#options.errors));
      this.#next();
    }
  }

  /** A request has taken too long. */
  #expire(lane: Lane, deadline: number): void {
    const { task } = lane;
    for (const each of this.#lanes(task)) this.#end(each);
    task?.reject(
      new WorkerError(
        'late',
        `${this.#options.name} did not answer within ${deadline / 1000} s and was stopped; the next request ` +
          'starts it again',
      ),
    );
    this.#next();
  }

  /** A worker has ended by itself. */
  #ended(lane: Lane, how: string): void {
    if (lane !== this.#current && lane !== this.#overdue) return;
    const { task, begun, answered } = lane;
    this.#forget(lane);
    if (task && this.#lanes(task).length > 0) return;
    if (task && !task.transfer && !begun && answered > 0) {
      // It had died while it was idle: this request has not reached it, and nothing of it has been moved.
      this.#queue.unshift(task);
    } else {
      const message = `${this.#options.name} stopped unexpectedly${how && `: ${how}`}; the next request starts it again`;
      task?.reject(new WorkerError('crashed', message, { how: how || undefined }));
    }
    this.#next();
  }

  #abort(task: Task): void {
    const place = this.#queue.indexOf(task);
    if (place >= 0) {
      this.#queue.splice(place, 1);
      task.reject(this.#closedError());
      return;
    }
    const lanes = this.#lanes(task);
    if (lanes.length === 0) return;
    for (const { runner } of lanes) runner.send({ id: task.id, abort: true }, []);
    task.grace = setTimeout(() => {
      for (const lane of this.#lanes(task)) this.#end(lane);
      task.reject(this.#closedError());
      this.#next();
    }, GRACE);
  }

  #end(lane: Lane): void {
    this.#forget(lane);
    const ended = lane.runner.end().finally(() => {
      this.#ending.delete(ended);
    });
    this.#ending.add(ended);
  }

  #forget(lane: Lane): void {
    this.#unwatch(lane);
    lane.task = undefined;
    if (lane === this.#current) this.#current = undefined;
    if (lane === this.#overdue) this.#overdue = undefined;
  }
}
