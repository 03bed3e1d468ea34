import { join } from 'node:path';
import { ModelError, type ModelFiles } from '../models/model';
import { WorkerError, WorkerHost } from '../workers/host';
import { Batches } from './batches';
import type { EngineData, EngineMethods } from './engine-worker';
import type { ModelInfo } from './network';
import { toPrediction, type Prediction } from './prediction';

/** A digit takes a millisecond here and some on a Pi, so a batch that takes so long is stuck; milliseconds. */
const PATIENCE = 1000;

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
      data: (): EngineData => ({ path, ...(this.#files && { files: this.#files }) }),
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
