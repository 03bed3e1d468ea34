import { serve, transferring } from '../../lib/workers/serve';

/** A worker for the tests of `WorkerHost`: answers, fails and dies on request. */
export interface FixtureMethods {
  /** Counts the calls of `count` since the worker's start. */
  count(): number;
  double(values: Float32Array): Float32Array;
  fail(message: string): void;
  wait(milliseconds: number): Promise<number>;
  exit(): void;
  /** Answers, and dies a moment later. */
  exitLater(): void;
  throwLater(message: string): Promise<void>;
}

let calls = 0;

serve<FixtureMethods>({
  count: () => ++calls,
  double(values) {
    const doubled = values.map((value) => value * 2);
    return transferring(doubled, [doubled.buffer]);
  },
  fail(message) { throw new RangeError(message); },
  wait: (milliseconds) => new Promise((resolve) => setTimeout(() => { resolve(milliseconds); }, milliseconds)),
  exit() { process.exit(3); },
  exitLater() { setTimeout(() => process.exit(3), 10); },
  throwLater: (message) => new Promise(() => setImmediate(() => { throw new Error(message); })),
});
