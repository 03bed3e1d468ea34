import { join } from 'node:path';
import type { Surroundings } from '../extract/surroundings';
import { ModelError, type ModelFiles } from '../models/model';
import { WorkerError, WorkerHost } from '../workers/host';
import { Batches } from './batches';
import type { EngineData, EngineMethods } from './engine-worker';
import { CANDIDATES, PICTURE_BYTES, type Judgement } from './judgement';
import type { ModelInfo } from './network';
import { toPrediction, type Prediction } from './prediction';

/** A digit takes a millisecond here and some on a Pi, so a batch that takes so long is stuck; milliseconds. */
const PATIENCE = 1000;

/** The network that looks at what stands about shapes; it comes with the package, whatever model reads the digits. */
const SURROUNDINGS_MODEL = join(__dirname, '..', '..', '..', 'models', 'surroundings', 'model.json');

/** Shapes judged at once: a request has a deadline. */
const TOGETHER = 64;

/** One model in a worker of its own. */
export class ModelWorker {
  /** What the model was read from: a new worker goes on with it, whatever has become of the files meanwhile. */
  #files: ModelFiles | undefined;
  /** Of the model, once it has been loaded. */
  info: ModelInfo | undefined;
  #opened: Promise<ModelInfo> | undefined;
  readonly #host: WorkerHost<EngineMethods>;
  readonly #batches = new Batches((images) => this.#compute(images));

  constructor(path: string) {
    this.#host = new WorkerHost<EngineMethods>({
      name: 'the digit engine', script: join(__dirname, 'engine-worker.js'), patience: PATIENCE, errors: [ModelError],
      data: (): EngineData => ({ path, surroundings: SURROUNDINGS_MODEL, ...(this.#files && { files: this.#files }) }),
    });
  }

  /**
   * Loads the model, unless it is loaded.
   * @throws (rejects) ModelError or WorkerError; the next call tries again
   */
  open(): Promise<ModelInfo> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<ModelInfo> {
    try {
      const { info, files } = await this.#host.exec('open', []);
      this.#files = files;
      this.info = info;
      return info;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /**
   * @param images n·784 bytes
   * @returns n predictions, all by this model
   * @throws (rejects) ModelError or WorkerError
   */
  classify(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    return this.#batches.add(images);
  }

  async #compute(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    const { classes, temperature } = await this.open();
    try {
      const logits = await this.#host.exec('classify', [images]);
      return Array.from({ length: logits.length / classes }, (_, i) => toPrediction(logits.subarray(i * classes, (i + 1) * classes), temperature));
    } catch (error) {
      if (isWorkerLost(error)) this.#opened = undefined;
      throw error;
    }
  }

  /**
   * Tells what shapes are from what stands about them.
   * @throws (rejects) ModelError or WorkerError
   */
  async judge(shapes: readonly Surroundings[]): Promise<Judgement[]> {
    const judgements: Judgement[] = [];
    for (let first = 0; first < shapes.length; first += TOGETHER) {
      const part = shapes.slice(first, first + TOGETHER);
      const pictures = new Uint8Array(part.length * PICTURE_BYTES);
      part.forEach(({ picture }, i) => { pictures.set(picture, i * PICTURE_BYTES); });
      const measures = Float32Array.from(part.flatMap((shape) => shape.measures));
      const probabilities = await this.#host.exec('judge', [pictures, measures]);
      for (let i = 0; i < part.length; i++) {
        judgements.push(Array.from(probabilities.subarray(i * CANDIDATES.length, (i + 1) * CANDIDATES.length)));
      }
    }
    return judgements;
  }

  /** Ends the worker when it has answered all that it was asked. */
  async retire(): Promise<void> {
    await this.#batches.idle();
    await this.close();
  }

  /** Ends the worker at once; what is running or waiting fails with a WorkerError. */
  close(): Promise<void> {
    return this.#host.close();
  }
}

/** Whether an error tells that a worker has ended, of itself or because it took too long. */
export function isWorkerLost(error: unknown): boolean {
  return error instanceof WorkerError && (error.reason === 'crashed' || error.reason === 'late');
}
