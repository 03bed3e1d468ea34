import type { Surroundings } from '../extract/surroundings';
import { WorkerError } from '../workers/host';
import { acquireInk } from '../ink/ink';
import type { CompiledModel } from '../classify/compiled-model';
import type { Judgement } from '../classify/judgement';
import { isWorkerLost, ModelWorker } from './model-worker';
import type { ModelInfo } from '../classify/model-info';
import type { Prediction } from '../classify/prediction';

/**
 * How it stands with a model: not yet asked for, being loaded, answering, or not to be had. With a `problem`, the files
 * have changed and cannot be read, and the model that was loaded before goes on.
 */
export type ModelStatus =
  | { state: 'idle' | 'loading' }
  | { state: 'ready'; info: ModelInfo; problem?: Error }
  | { state: 'failed'; error: Error };

/** The model that lies at one path, shared by all who read with it; its files may change while it reads. */
export class Engine {
  readonly listeners = new Set<(status: ModelStatus) => void>();
  status: ModelStatus = { state: 'idle' };
  /** The model that reads. */
  #model: ModelWorker;
  /** That one, those that answer what they were still asked, and one that is being tried. */
  readonly #workers = new Set<ModelWorker>();
  #reloading: Promise<unknown> = Promise.resolve();
  /** Where compiled models are computed. */
  readonly #ink = acquireInk();
  #closed = false;

  constructor(private readonly modelPath: string) {
    this.#model = this.#worker();
  }

  get info(): ModelInfo | undefined {
    return this.status.state === 'ready' ? this.status.info : undefined;
  }

  classify(images: Uint8Array<ArrayBuffer>): Promise<Prediction[]> {
    return this.#watch(this.#model, (model) => model.classify(images));
  }

  judge(shapes: readonly Surroundings[]): Promise<Judgement[]> {
    return this.#ink.judge(shapes);
  }

  compiled(): Promise<CompiledModel | undefined> {
    return this.#watch(this.#model, (model) => model.open());
  }

  async describe(): Promise<ModelInfo> {
    return this.#watch(this.#model, openedInfo);
  }

  /** See `Classifier.reload`. One after another: the last one finds the newest files. */
  reload(): Promise<ModelInfo | undefined> {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded.catch(() => undefined);
    return reloaded;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(Array.from(this.#workers, (model) => model.close()));
    await this.#ink.release();
  }

  /** Tries the files in a worker of their own, so that broken ones cannot disturb the model that reads. */
  async #reload(): Promise<ModelInfo | undefined> {
    if (this.status.state === 'idle') return undefined;
    if (this.#closed) throw new WorkerError('closed', 'the digit engine has been closed');
    const candidate = this.#worker();
    let unused: ModelWorker = candidate;
    try {
      const info = await openedInfo(candidate);
      if (info.checksum !== this.info?.checksum) {
        unused = this.#model;
        this.#model = candidate;
      }
      this.#change({ state: 'ready', info });
      return info;
    } catch (error) {
      // A closed worker has no users, and says nothing about the model.
      if (error instanceof WorkerError && !isWorkerLost(error)) throw error;
      const { info } = this;
      this.#change(
        info ? { state: 'ready', info, problem: error as Error } : { state: 'failed', error: error as Error },
      );
      throw error;
    } finally {
      void unused.retire().finally(() => this.#workers.delete(unused));
    }
  }

  #worker(): ModelWorker {
    const worker = new ModelWorker(this.modelPath, this.#ink);
    this.#workers.add(worker);
    return worker;
  }

  async #watch<T>(model: ModelWorker, ask: (model: ModelWorker) => Promise<T>): Promise<T> {
    if (this.status.state !== 'ready') this.#change({ state: 'loading' });
    try {
      const result = await ask(model);
      const { info } = model;
      if (info && model === this.#model && info.checksum !== this.info?.checksum)
        this.#change({ state: 'ready', info });
      return result;
    } catch (error) {
      // An overloaded worker says nothing about the model, and a closed one has no users.
      const isOfModel = !(error instanceof WorkerError) || isWorkerLost(error);
      if (isOfModel && model === this.#model) this.#change({ state: 'failed', error: error as Error });
      throw error;
    }
  }

  #change(status: ModelStatus): void {
    if (status.state === 'loading' && this.status.state === 'loading') return;
    this.status = status;
    for (const listener of [...this.listeners]) listener(status);
  }
}

async function openedInfo(model: ModelWorker): Promise<ModelInfo> {
  await model.open();
  return model.info as ModelInfo;
}
