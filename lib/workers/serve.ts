import { parentPort } from 'node:worker_threads';
import { encodeError } from './errors';
import type { WorkerMethods } from './host';
import type { FromWorker, ToWorker } from './protocol';

/** What a worker's functions have as `this`. */
export interface Job {
  /** Aborted when the caller has lost interest: end soon, with an error or with what there is. */
  readonly signal: AbortSignal;
  /** Sends news to the caller, which also tells that the worker is not stuck. */
  emit(event: unknown): void;
}

/** A result whose buffers are moved. */
class Moved {
  constructor(
    readonly result: unknown,
    readonly buffers: ArrayBuffer[],
  ) {}
}

/**
 * Marks a result whose buffers are moved to the main thread and not copied: `return transferring(mask, [mask.buffer])`.
 */
export function transferring<T extends object>(result: T, buffers: ArrayBuffer[]): T {
  return new Moved(result, buffers) as unknown as T;
}

/** Called once in a worker's script, thread or process: offers its functions to the `WorkerHost` that started it. */
export function serve<M extends WorkerMethods<M>>(methods: M): void {
  const running = new Map<number, AbortController>();
  const answer = async (id: number, method: string, args: unknown[]): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    send({ id, begun: true });
    try {
      const job: Job = {
        signal: controller.signal,
        emit: (event) => {
          send({ id, event });
        },
      };
      const result: unknown = await Reflect.apply(methods[method as keyof M], job, args);
      if (result instanceof Moved) send({ id, result: result.result }, result.buffers);
      else send({ id, result });
    } catch (error) {
      send({ id, error: encodeError(error) });
    } finally {
      running.delete(id);
    }
  };
  const receive = (message: ToWorker): void => {
    if ('abort' in message) running.get(message.id)?.abort();
    else void answer(message.id, message.method, message.args);
  };

  if (parentPort) {
    parentPort.on('message', receive);
    return;
  }
  process.on('message', receive);
  // The host's process has gone, and nobody is left to work for.
  process.on('disconnect', () => {
    process.exit(0);
  });
  // Ctrl+C reaches every process of a terminal; the host says what is to be done.
  process.on('SIGINT', () => undefined);
}

function send(message: FromWorker, buffers: ArrayBuffer[] = []): void {
  if (parentPort) parentPort.postMessage(message, buffers);
  else process.send?.(message);
}
