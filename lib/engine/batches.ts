import { WorkerError } from '../workers/host';
import type { Prediction } from '../classify/prediction';
import { DIGIT_PIXELS } from '../digit';

/** Pictures of one batch: more together are hardly faster, and each batch has a deadline. */
const BATCH = 32;

/** Requests that may wait, those in work among them. */
const MOST_QUEUED = 256;

interface Request {
  images: Uint8Array<ArrayBuffer>;
  /** Of the first pictures; the others are still to be computed. */
  predictions: Prediction[];
  resolve: (predictions: Prediction[]) => void;
  reject: (error: Error) => void;
}

/** Some pictures of a request. */
interface Part {
  request: Request;
  images: Uint8Array<ArrayBuffer>;
}

/**
 * Computes requests in their order, in batches: of those that have come meanwhile several together, for a picture of a
 * batch takes half as long as one alone, and large ones in parts.
 */
export class Batches {
  readonly #queue: Request[] = [];
  #running: Promise<void> | undefined;

  /** @param compute predictions for n·784 bytes */
  constructor(private readonly compute: (images: Uint8Array<ArrayBuffer>) => Promise<Prediction[]>) {}

  /**
   * @param images n·784 bytes, n above 0
   * @returns n predictions; rejects as `compute` does for the whole batch, or with a WorkerError where too many
   *   requests wait.
   */
  add(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    if (this.#queue.length >= MOST_QUEUED) {
      return Promise.reject(
        new WorkerError('full', `the digit engine is too busy: ${MOST_QUEUED} requests are waiting already`),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ images, predictions: [], resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when every request has been settled. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      try {
        const predictions = await this.compute(joined(batch));
        let first = 0;
        for (const { request, images } of batch)
          request.predictions.push(...predictions.slice(first, (first += images.length / DIGIT_PIXELS)));
      } catch (error) {
        for (const { request } of batch)
          this.#remove(request, () => {
            request.reject(error as Error);
          });
      }
      for (const { request } of batch) {
        if (isComplete(request))
          this.#remove(request, () => {
            request.resolve(request.predictions);
          });
      }
    }
    this.#running = undefined;
  }

  #remove(request: Request, settle: () => void): void {
    const place = this.#queue.indexOf(request);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    settle();
  }

  /** The next pictures of those that have waited longest. */
  #take(): Part[] {
    const batch: Part[] = [];
    let room = BATCH * DIGIT_PIXELS;
    for (const request of this.#queue) {
      const from = request.predictions.length * DIGIT_PIXELS;
      // A request that fits in one batch is not torn apart.
      if (batch.length > 0 && request.images.length > room) break;
      const images = request.images.subarray(from, from + room);
      batch.push({ request, images });
      room -= images.length;
      if (room === 0) break;
    }
    return batch;
  }
}

function isComplete({ images, predictions }: Request): boolean {
  return predictions.length * DIGIT_PIXELS === images.length;
}

/** The pictures in memory of their own: with a part of a request, all of it would be sent to the worker. */
function joined(batch: readonly Part[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(batch.reduce((bytes, { images }) => bytes + images.length, 0));
  let at = 0;
  for (const { images } of batch) {
    all.set(images, at);
    at += images.length;
  }
  return all;
}
