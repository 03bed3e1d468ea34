import { WorkerError } from '../workers/host';
import type { Prediction } from './prediction';

const PIXELS = 28 * 28;

/** Pictures of one batch, unless one request has more by itself; more is hardly faster. */
const BATCH = 32;

/** Requests that may wait for the one before them. */
const MOST_WAITING = 256;

interface Request {
  images: Uint8Array<ArrayBuffer>;
  resolve: (predictions: Prediction[]) => void;
  reject: (error: Error) => void;
}

/** Computes requests in their order, those that have come meanwhile together: a picture of a batch takes half as long as one alone. */
export class Batches {
  readonly #waiting: Request[] = [];
  #running = false;

  /** @param compute predictions for n·784 bytes */
  constructor(private readonly compute: (images: Uint8Array<ArrayBuffer>) => Promise<Prediction[]>) {}

  /**
   * @param images n·784 bytes
   * @returns n predictions; rejects as `compute` does for the whole batch, or with a WorkerError where too many requests wait.
   */
  add(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new WorkerError('full', `the digit engine is too busy: ${MOST_WAITING} requests are waiting already`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ images, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      // Lengths first: what is computed may be moved to another thread.
      const counts = batch.map(({ images }) => images.length / PIXELS);
      try {
        const predictions = await this.compute(joined(batch));
        let first = 0;
        for (const [i, { resolve }] of batch.entries()) resolve(predictions.slice(first, first += counts[i]));
      } catch (error) {
        for (const { reject } of batch) reject(error as Error);
      }
    }
    this.#running = false;
  }

  #take(): Request[] {
    let count = 0, bytes = 0;
    for (const { images } of this.#waiting) {
      bytes += images.length;
      if (count > 0 && bytes > BATCH * PIXELS) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

function joined(batch: readonly Request[]): Uint8Array<ArrayBuffer> {
  if (batch.length === 1) return batch[0].images;
  const all = new Uint8Array(batch.reduce((bytes, { images }) => bytes + images.length, 0));
  let at = 0;
  for (const { images } of batch) {
    all.set(images, at);
    at += images.length;
  }
  return all;
}
