/**
 * Opens models, away from the event loop. One that our own kernels know is compiled for them and computed where
 * pictures are read; of any other one this is also where TensorFlow.js computes it.
 */
import { workerData } from 'node:worker_threads';
import { readModel, type ModelFiles } from '../models/model-files';
import { loadOnce } from '../memoize';
import { serve, transferring } from '../workers/serve';
import { compileModel, type CompiledModel } from '../classify/compiled-model';
import type { ModelInfo } from '../classify/model-info';
import type { Network } from './network';

/** What a worker starts with. */
export interface EngineData {
  /** Of the model. */
  path: string;
  /** What was read from there before, to go on with the same model. */
  files?: ModelFiles;
}

/** What a model was made of, and what it became. */
export type OpenedModel = { info: ModelInfo; compiled: CompiledModel } | { info: ModelInfo; files: ModelFiles };

export interface EngineMethods {
  /** Reads the model, and loads it unless it is compiled. */
  open(): Promise<OpenedModel>;
  /**
   * @param images n·784 bytes, see `Network.logits`
   * @returns n·classes logits
   */
  classify(images: Uint8Array): Promise<Float32Array<ArrayBuffer>>;
  /** Number of tensors that exist, and their bytes. */
  memory(): { tensors: number; bytes: number };
}

const { path, files: filesBefore } = workerData as EngineData;

/** The bundle of TensorFlow.js, which is large: most models do without. */
const tensorflow = (): typeof import('./tensorflow-engine') =>
  require('./tensorflow-engine') as typeof import('./tensorflow-engine');

const open = loadOnce(load);

async function load(): Promise<OpenedModel & { network?: Network }> {
  const files = filesBefore ?? (await readModel(path));
  const compiled = compileModel(files);
  if (compiled) return { info: compiled.info, compiled };
  const network = await tensorflow().loadNetwork(files);
  return { info: network.info, files, network };
}

serve<EngineMethods>({
  async open() {
    const opened = await open();
    return 'compiled' in opened ? opened : { info: opened.info, files: opened.files };
  },
  async classify(images) {
    const { network } = await open();
    if (!network) throw new Error('expected a model that TensorFlow.js computes');
    const logits = network.logits(images);
    return transferring(logits, [logits.buffer]);
  },
  memory: () => tensorflow().tensorsInMemory(),
});
