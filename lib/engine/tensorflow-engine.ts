/**
 * TensorFlow.js, for models that our own kernels do not know. The build makes one file of it, with the .wasm files
 * beside it; the engine's worker loads it when it is needed. Being in a thread of its own, it shares no state with
 * other versions of TensorFlow.js in the process.
 */
import { sep } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { enableProdMode, engine, memory, setBackend, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { ModelFiles } from '../models/model-files';
import { watchKernels } from './kernel-failures';
import { Network } from './network';

// No advice and no checks for developers: what the worker prints stands in the users' logs.
enableProdMode();
watchKernels();
setWasmPaths(__dirname + sep);

const tf = { tidy, tensor, engine, loadLayersModel, layers };

/** @throws (rejects) as `Network.load` does, or an Error where the package is not complete */
export async function loadNetwork(files: ModelFiles): Promise<Network> {
  if (!(await setBackend('wasm'))) {
    throw new Error(`the wasm files of the engine in ${__dirname} cannot be loaded; is the installation complete?`);
  }
  return Network.load(tf, files);
}

/** Number of tensors that exist, and their bytes. */
export function tensorsInMemory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = memory();
  return { tensors: numTensors, bytes: numBytes };
}
