import { basename, dirname, join, resolve } from 'node:path';
import { describe as describeValue } from '../pictures/picture';
import { WorkerError, WorkerHost } from '../workers/host';
import { Shared } from '../workers/shared';
import { Batches } from './batches';
import type { EngineMethods } from './engine-worker';
import type { ModelInfo } from './network';
import { toPrediction, type Prediction } from './prediction';

export type { ModelInfo, Prediction };

/** The model that comes with the package. */
export const SHIPPED_MODEL = join(__dirname, '..', '..', '..', 'models', 'digits', 'model.json');

/**
 * How it stands with a model: not yet asked for, being loaded, answering, or not to be had. With a `problem`, the files have
 * changed and cannot be read, and the model that was loaded before goes on.
 */
export type ModelStatus = { state: 'idle' | 'loading' } | { state: 'ready'; info: ModelInfo; problem?: Error } | { state: 'failed'; error: Error };

/** One user's hold on a model. Everybody who uses the same model shares one worker thread. */
export interface Classifier {
  /** Absolute path of the model. */
  readonly modelPath: string;
  readonly status: ModelStatus;
  /** The model that reads now; undefined before it is loaded. */
  readonly info: ModelInfo | undefined;
  /**
   * Classifies pictures; the first call starts the worker and loads the model. What calls ask for while the worker computes is
   * computed together.
   *
   * @param images each of 784 bytes, 28×28, white ink (255) on black (0); they are copied
   * @returns one prediction for each picture, in their order
   * @throws (rejects) TypeError for a picture of another size; ModelError, by its name and message, where the model
   *   cannot be read; WorkerError where the worker dies, is overloaded, or is closed meanwhile.
   */
  classify(images: readonly Uint8Array[]): Promise<Prediction[]>;
  /** Loads the model if need be and tells what it is. Rejects as `classify` does. */
  describe(): Promise<ModelInfo>;
  /**
   * Reads the model's files again. From then on everybody's pictures are read by the new model; each call of `classify` is
   * answered by one model, the old or the new. Does nothing where no model has been asked for yet.
   *
   * @returns the model that reads now
   * @throws (rejects) as `classify` does; the model that was loaded goes on then
   */
  reload(): Promise<ModelInfo | undefined>;
  /** Calls the listener at each change of the status, until `release` or until the function returned is called. */
  onStatus(listener: (status: ModelStatus) => void): () => void;
  /** Lets go of the model. The last one out ends the worker, fails what it has not answered, and waits until it has gone. */
  release(): Promise<void>;
}

/** The worker of one model, with its status. */
class Engine {
  readonly listeners = new Set<(status: ModelStatus) => void>();
  status: ModelStatus = { state: 'idle' };
  readonly #host = new WorkerHost<EngineMethods>({ name: 'the digit engine', script: join(__dirname, 'engine-worker.js') });

  readonly #batches = new Batches((images) => this.#classify(images));

  constructor(private readonly modelPath: string) {}

  classify(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    return this.#batches.add(images);
  }

  async #classify(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    const { logits, info: { classes, temperature } } = await this.#watch(this.#host.exec('classify', [this.modelPath, images], [images.buffer]), ({ info }) => info);
    return Array.from({ length: logits.length / classes }, (_, i) => toPrediction(logits.subarray(i * classes, (i + 1) * classes), temperature));
  }

  describe(): Promise<ModelInfo> {
    return this.#watch(this.#host.exec('describe', [this.modelPath]), (info) => info);
  }

  async reload(): Promise<ModelInfo | undefined> {
    if (this.status.state === 'idle') return undefined;
    try {
      const info = await this.#host.exec('reload', [this.modelPath]);
      this.#change({ state: 'ready', info });
      return info;
    } catch (error) {
      if (error instanceof WorkerError && error.reason !== 'crashed') throw error;
      const { info } = this;
      this.#change(info && !(error instanceof WorkerError) ? { state: 'ready', info, problem: error as Error } : { state: 'failed', error: error as Error });
      throw error;
    }
  }

  get info(): ModelInfo | undefined {
    return this.status.state === 'ready' ? this.status.info : undefined;
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  async #watch<T>(answer: Promise<T>, infoOf: (result: T) => ModelInfo): Promise<T> {
    if (this.status.state !== 'ready') this.#change({ state: 'loading' });
    try {
      const result = await answer;
      const info = infoOf(result);
      if (info.checksum !== this.info?.checksum) this.#change({ state: 'ready', info });
      return result;
    } catch (error) {
      // An overloaded worker says nothing about the model, and a closed one has no users.
      if (!(error instanceof WorkerError) || error.reason === 'crashed') this.#change({ state: 'failed', error: error as Error });
      throw error;
    }
  }

  #change(status: ModelStatus): void {
    if (status.state === 'loading' && this.status.state === 'loading') return;
    this.status = status;
    for (const listener of [...this.listeners]) listener(status);
  }
}

const engines = new Shared<Engine>();

/**
 * Takes hold of a model. Nothing is loaded or started before it is first used; everyone who acquires has to release.
 * @param modelPath a .keras file, model.json, or the folder that holds it; default: the shipped model
 */
export function acquireClassifier(modelPath: string = SHIPPED_MODEL): Classifier {
  const path = resolve(modelPath);
  const key = basename(path) === 'model.json' ? dirname(path) : path;
  const { value: engine, release } = engines.acquire(key, () => new Engine(path));
  const listeners = new Set<(status: ModelStatus) => void>();
  let released = false;
  const assertHeld = (): void => {
    if (released) throw new WorkerError('closed', 'the classifier has been released');
  };
  const removeListener = (listener: (status: ModelStatus) => void): void => {
    listeners.delete(listener);
    engine.listeners.delete(listener);
  };
  return {
    modelPath: path,
    get status() { return engine.status; },
    get info() { return engine.info; },
    async classify(images) {
      assertHeld();
      return images.length === 0 ? [] : engine.classify(pack(images));
    },
    async describe() {
      assertHeld();
      return engine.describe();
    },
    async reload() {
      assertHeld();
      return engine.reload();
    },
    onStatus(listener) {
      // One of its own, so that two users may pass the same function.
      const own = (status: ModelStatus): void => { listener(status); };
      listeners.add(own);
      engine.listeners.add(own);
      return () => { removeListener(own); };
    },
    release() {
      released = true;
      listeners.forEach(removeListener);
      return release();
    },
  };
}

const PIXELS = 28 * 28;

function pack(images: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(images.length * PIXELS);
  images.forEach((image, i) => {
    // Checked here because what comes from a message has no type.
    if (!((image as unknown) instanceof Uint8Array) || image.length !== PIXELS) {
      throw new TypeError(`expected a picture of ${PIXELS} bytes (28×28) for each digit, got ${describeValue(image)} for number ${i + 1}`);
    }
    packed.set(image, i * PIXELS);
  });
  return packed;
}
