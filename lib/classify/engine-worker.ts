/**
 * The engine's worker: the only place where TensorFlow.js is loaded to classify. The build makes one file of it, with the
 * .wasm files beside it. Being a thread of its own, it shares no state with other versions of TensorFlow.js in the process.
 */
import { sep } from 'node:path';
import { workerData } from 'node:worker_threads';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { enableProdMode, engine, memory, setBackend, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import { serve, transferring } from '../workers/serve';
import { readModel, type ModelFiles } from '../models/model-files';
import { watchKernels } from './kernel-failures';
import { Network, type ModelInfo } from './network';
import { SurroundingsNetwork } from './surroundings-network';

/** What a worker starts with. */
export interface EngineData {
  /** Of the model. */
  path: string;
  /** What was read from there before, to go on with the same model. */
  files?: ModelFiles;
  /** Of the network that looks at what stands about shapes: its model.json. */
  surroundings: string;
}

export interface EngineMethods {
  /** Loads the model, unless it is loaded; `files` are what it was made of. */
  open(): Promise<{ info: ModelInfo; files: ModelFiles }>;
  /**
   * @param images n·784 bytes, see `Network.logits`
   * @returns n·classes logits
   */
  classify(images: Uint8Array): Promise<Float32Array<ArrayBuffer>>;
  /**
   * @param pictures, measures of n surroundings, one after another
   * @returns n·5 probabilities, see `Judgement`
   */
  judge(pictures: Uint8Array, measures: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  /** Number of tensors that exist, and their bytes. */
  memory(): { tensors: number; bytes: number };
}

// No advice and no checks for developers: what the worker prints stands in the users' logs.
enableProdMode();
watchKernels();
setWasmPaths(__dirname + sep);

const { path, files: filesBefore, surroundings } = workerData as EngineData;

const tf = { tidy, tensor, engine, loadLayersModel, layers };

/** Reads once, and again at the next call where that has failed: somebody may have put the file right. */
function kept<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    if (!reading) {
      reading = read();
      reading.catch(() => { reading = undefined; });
    }
    return reading;
  };
}

const load = kept(async () => {
  const files = filesBefore ?? await readModel(path);
  await start();
  return { network: await Network.load(tf, files), files };
});

const loadSurroundings = kept(async () => {
  await start();
  return SurroundingsNetwork.load(tf, await readModel(surroundings));
});

async function start(): Promise<void> {
  if (!await setBackend('wasm')) throw new Error(`the wasm files of the engine in ${__dirname} cannot be loaded; is the installation complete?`);
}

serve<EngineMethods>({
  async open() {
    const { network: { info }, files } = await load();
    return { info, files };
  },
  async classify(images) {
    const logits = (await load()).network.logits(images);
    return transferring(logits, [logits.buffer]);
  },
  async judge(pictures, measures) {
    const probabilities = (await loadSurroundings()).judge(pictures, measures);
    return transferring(probabilities, [probabilities.buffer]);
  },
  memory() {
    const { numTensors, numBytes } = memory();
    return { tensors: numTensors, bytes: numBytes };
  },
});
