import { join } from 'node:path';
import { ModelError, type ModelFiles } from '../models/model';
import { WorkerError, WorkerHost } from '../workers/host';
import type { InkReader } from '../ink/ink';
import { Batches } from './batches';
import type { CompiledModel } from '../classify/compiled-model';
import type { EngineData, EngineMethods } from './engine-worker';
import type { ModelInfo } from '../classify/model-info';
import { toPredictions, type Prediction } from '../classify/prediction';

/** A digit takes a millisecond here and some on a Pi, so a batch that takes so long is stuck; milliseconds. */
const TIMEOUT = 1000;

/** One model: a compiled one is computed where pictures are read, any other by TensorFlow.js in a worker of its own. */
export class ModelWorker {
  /** What the model was read from: a new worker goes on with it, whatever has become of the files meanwhile. */
  #files: ModelFiles | undefined;
  /** Of the model, once it has been opened. */
  info: ModelInfo | undefined;
  #opened: Promise<CompiledModel | undefined> | undefined;
  readonly #host: WorkerHost<EngineMethods>;
  readonly #batches = new Batches((images) => this.#compute(images));

  #closed = false;

  constructor(
    path: string,
    private readonly ink: InkReader,
  ) {
    this.#host = new WorkerHost<EngineMethods>({
      name: 'the digit engine',
      script: join(__dirname, 'engine-worker.js'),
      timeout: TIMEOUT,
      errors: [ModelError],
      data: (): EngineData => ({ path, ...(this.#files && { files: this.#files }) }),
    });
  }

  /**
   * Opens the model, unless it is open.
   * @returns the model for our own kernels; undefined where it is one for TensorFlow.js
   * @throws (rejects) ModelError or WorkerError; the next call tries again
   */
  open(): Promise<CompiledModel | undefined> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<CompiledModel | undefined> {
    try {
      const opened = await this.#host.exec('open', []);
      this.info = opened.info;
      if (!('compiled' in opened)) {
        this.#files = opened.files;
        return undefined;
      }
      // It has done all that it was started for.
      void this.#host.close();
      return opened.compiled;
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
    const compiled = await this.open();
    const { classes, temperature } = this.info as ModelInfo;
    try {
      this.#assertOpen();
      const logits = compiled ? await this.ink.classify(compiled, images) : await this.#host.exec('classify', [images]);
      return toPredictions(logits, classes, temperature);
    } catch (error) {
      this.#assertOpen();
      if (!compiled && isWorkerLost(error)) this.#opened = undefined;
      throw error;
    }
  }

  /** Ends the worker when it has answered all that it was asked. */
  async retire(): Promise<void> {
    await this.#batches.idle();
    await this.close();
  }

  /** Ends the worker at once; what is running or waiting fails with a WorkerError. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#host.close();
  }

  #assertOpen(): void {
    if (this.#closed) throw new WorkerError('closed', 'the digit engine has been closed');
  }
}

/** Whether an error tells that a worker has ended, of itself or because it took too long. */
export function isWorkerLost(error: unknown): boolean {
  return error instanceof WorkerError && (error.code === 'crashed' || error.code === 'late');
}
