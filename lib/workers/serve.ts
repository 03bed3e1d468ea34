import { Transfer, worker } from 'workerpool';
import type { WorkerMethods } from './host';

/** Called once in a worker's script: offers its functions to the `WorkerHost` that started it. */
export function serve<M extends WorkerMethods<M>>(methods: M): void {
  worker(methods);
}

/** Marks a result whose buffers are moved to the main thread and not copied: `return transferring(mask, [mask.buffer])`. */
export function transferring<T extends object>(result: T, buffers: ArrayBuffer[]): T {
  return new Transfer(result, buffers) as unknown as T;
}
