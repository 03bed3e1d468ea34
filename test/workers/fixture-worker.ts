import { workerData } from 'node:worker_threads';
import { ModelError } from '../../lib/models/model';
import { PictureError } from '../../lib/pictures/picture';
import { serve, transferring, type Job } from '../../lib/workers/serve';

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
  /** Throws an error of the project, with a cause and properties. */
  failAs(kind: 'picture' | 'model'): void;
  /** Never answers, and looks at nothing meanwhile. */
  hang(): void;
  /** Does so in the first of workers that are started with their number; in others gives that number. */
  hangInFirst(): number;
  /** Works for so long without a pause. */
  work(milliseconds: number): number;
  /** Emits numbers, with pauses, until it is asked to stop; answers with how many. */
  countUntilStopped(pause: number): Promise<number>;
  /** What the worker was started with. */
  data(): unknown;
  /** A result that cannot be copied. */
  giveFunction(): unknown;
  process(): number;
}

let calls = 0;

serve<FixtureMethods>({
  count: () => ++calls,
  double(values) {
    const doubled = values.map((value) => value * 2);
    return transferring(doubled, [doubled.buffer]);
  },
  fail(message) {
    throw new RangeError(message);
  },
  wait: (milliseconds) =>
    new Promise((resolve) =>
      setTimeout(() => {
        resolve(milliseconds);
      }, milliseconds),
    ),
  exit() {
    process.exit(3);
  },
  exitLater() {
    setTimeout(() => process.exit(3), 10);
  },
  failAs(kind) {
    if (kind === 'model') throw new ModelError('no such model', { cause: new RangeError('too far') });
    throw new PictureError('no such picture', 'too-large');
  },
  hang() {
    for (;;);
  },
  hangInFirst() {
    while (workerData === 1);
    return workerData as number;
  },
  work(milliseconds) {
    for (const began = performance.now(); performance.now() - began < milliseconds;);
    return milliseconds;
  },
  async countUntilStopped(this: Job, pause) {
    let count = 0;
    while (!this.signal.aborted) {
      this.emit(++count);
      await new Promise((resolve) => {
        setTimeout(resolve, pause);
      });
    }
    return count;
  },
  data: () => workerData as unknown,
  giveFunction: () => ({ call: () => undefined }),
  process: () => process.pid,
  throwLater: (message) =>
    new Promise(() =>
      setImmediate(() => {
        throw new Error(message);
      }),
    ),
});
