import { basename, dirname, join, resolve } from 'node:path';
import type { Surroundings } from '../extract/surroundings';
import { describe as describeValue } from '../pictures/picture';
import { WorkerError } from '../workers/host';
import { Shared } from '../workers/shared';
import { Engine, type ModelStatus } from './engine';
import { assertSurroundings, type Judgement } from '../classify/judgement';
import type { CompiledModel } from '../classify/compiled-model';
import type { ModelInfo } from '../classify/model-info';
import type { Networks } from '../classify/predict';
import type { Prediction } from '../classify/prediction';
import { DIGIT_PIXELS } from '../digit';

export type { ModelInfo, ModelStatus, Prediction };

/** The model that comes with the package. */
export const SHIPPED_MODEL = join(__dirname, '..', '..', '..', 'models', 'digits', 'model.json');

/** One user's hold on a model, which all who use it share. */
export interface Classifier extends Networks {
  /** Absolute path of the model. */
  readonly modelPath: string;
  readonly status: ModelStatus;
  /** The model that reads now; undefined before it is loaded. */
  readonly info: ModelInfo | undefined;
  /**
   * Classifies pictures; the first call starts the worker and loads the model. What calls ask for while the worker
   * computes is computed together.
   *
   * @param images each of 784 bytes, 28×28, white ink (255) on black (0); they are copied
   * @returns one prediction for each picture, in their order
   * @throws (rejects) TypeError for a picture of another size; ModelError where the model cannot be read; WorkerError
   *   where the worker dies, takes too long, is overloaded, or is closed meanwhile.
   */
  classify(images: readonly Uint8Array[]): Promise<Prediction[]>;
  /**
   * Tells what shapes are from what stands about them, by the network that comes with the package.
   * @throws (rejects) TypeError for what are no surroundings; else as `classify` does
   */
  judge(shapes: readonly Surroundings[]): Promise<Judgement[]>;
  /**
   * The model for whoever computes it himself, where pictures are read; undefined where only TensorFlow.js can compute
   * it. Rejects as `classify` does.
   */
  compiled(): Promise<CompiledModel | undefined>;
  /** Loads the model if need be and tells what it is. Rejects as `classify` does. */
  describe(): Promise<ModelInfo>;
  /**
   * Reads the model's files again. From then on everybody's pictures are read by the new model; each call of `classify`
   * is answered by one model, the old or the new. Does nothing where no model has been asked for yet.
   *
   * @returns the model that reads now
   * @throws (rejects) as `classify` does; the model that was loaded goes on then
   */
  reload(): Promise<ModelInfo | undefined>;
  /** Calls the listener at each change of the status, until `release` or until the function returned is called. */
  onStatus(listener: (status: ModelStatus) => void): () => void;
  /**
   * Lets go of the model. The last one out ends the worker, fails what it has not answered, and waits until it has
   * gone.
   */
  release(): Promise<void>;
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
    get status() {
      return engine.status;
    },
    get info() {
      return engine.info;
    },
    async classify(images) {
      assertHeld();
      return images.length === 0 ? [] : engine.classify(pack(images));
    },
    async judge(shapes) {
      assertHeld();
      for (const shape of shapes) assertSurroundings(shape);
      return shapes.length === 0 ? [] : engine.judge(shapes);
    },
    async compiled() {
      assertHeld();
      return engine.compiled();
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
      const own = (status: ModelStatus): void => {
        listener(status);
      };
      listeners.add(own);
      engine.listeners.add(own);
      return () => {
        removeListener(own);
      };
    },
    release() {
      released = true;
      listeners.forEach(removeListener);
      return release();
    },
  };
}

function pack(images: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(images.length * DIGIT_PIXELS);
  images.forEach((image, i) => {
    // Checked here because what comes from a message has no type.
    if (!((image as unknown) instanceof Uint8Array) || image.length !== DIGIT_PIXELS) {
      throw new TypeError(
        `expected a picture of ${DIGIT_PIXELS} bytes (28×28) for each digit, got ${describeValue(image)} for number ${i + 1}`,
      );
    }
    packed.set(image, i * DIGIT_PIXELS);
  });
  return packed;
}
