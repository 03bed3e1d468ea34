/**
 * TensorFlow.js on its wasm backend, with what it needs to train. The build makes one file of it, to be loaded in a
 * thread of its own: several TensorFlow.js in one thread share what they should not. The .wasm files are the engine's.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { join, sep } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import { setKernelsFile } from './convolutions';
import { registerTrainingKernels } from './wasm-kernels';

export * from '@tensorflow/tfjs-core';
export { initializers, input, layers, loadLayersModel, model, sequential } from '@tensorflow/tfjs-layers';

/** @throws (rejects) where the .wasm files cannot be loaded */
export async function startWasm(): Promise<void> {
  // No advice and no checks for developers: what a worker prints stands in the users' logs.
  enableProdMode();
  const folder = join(__dirname, '..', '..', 'engine');
  setWasmPaths(folder + sep);
  setKernelsFile(join(__dirname, '..', '..', 'inference', 'kernels.wasm'));
  registerTrainingKernels();
  if (!(await setBackend('wasm')))
    throw new Error(`the wasm files of the engine in ${folder} cannot be loaded; is the installation complete?`);
}
