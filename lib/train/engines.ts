import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { EngineError, loadNativeTensorFlow } from './native';
import type { TensorFlow } from './network';
import type { EngineChoice, EngineName } from './settings';

/** How people name the engines. */
export const ENGINE_TITLES: Record<EngineName, string> = { wasm: 'WebAssembly', native: 'native TensorFlow' };

/**
 * TensorFlow.js on this engine. To be called in a thread or process of its own, see `startTraining`.
 * @throws (rejects) EngineError
 */
export async function loadTensorFlow(engine: EngineName): Promise<TensorFlow> {
  if (engine === 'native') return loadNativeTensorFlow();
  const tf = require('./wasm-tensorflow') as typeof import('./wasm-tensorflow');
  await tf.startWasm();
  return tf;
}

/** How long native TensorFlow may take to load and to compute one convolution, milliseconds. */
const DEADLINE = 60_000;

let proof: Promise<void> | undefined;

/**
 * Proves in a child process that native TensorFlow loads and computes here: on a processor that it was not built for, it
 * would end this one. Once it has, it is taken to go on so.
 *
 * @throws (rejects) EngineError
 */
export function proveNative(deadline = DEADLINE): Promise<void> {
  if (!proof) {
    proof = prove(deadline);
    // It may be installed meanwhile.
    proof.catch(() => { proof = undefined; });
  }
  return proof;
}

const PROOF = `
const tf = require(process.argv[1]).loadNativeTensorFlow();
const shape = tf.conv2d(tf.ones([1, 28, 28, 1]), tf.ones([3, 3, 1, 2]), 1, 'valid').shape.join();
process.exit(shape === '1,26,26,2' ? 0 : 1);`;

function prove(deadline: number): Promise<void> {
  try {
    require.resolve('@tensorflow/tfjs-node');
  } catch (error) {
    return Promise.reject(new EngineError('native TensorFlow is not installed; in the folder where Node-RED has its nodes, "npm install @tensorflow/tfjs-node" adds it where there is one for this computer', { cause: error }));
  }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', PROOF, join(__dirname, 'native')], { stdio: ['ignore', 'ignore', 'pipe'], timeout: deadline, killSignal: 'SIGKILL' });
    let printed = '';
    child.stderr.on('data', (data: Buffer) => { if (printed.length < 10_000) printed += data.toString(); });
    child.on('error', (error) => { reject(new EngineError(`native TensorFlow cannot be tried: ${error.message}`, { cause: error })); });
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve();
        return;
      }
      const [said] = /^\w*Error: .*/m.exec(printed) ?? [];
      const why = said ?? (signal === 'SIGKILL' ? `it does not answer within ${deadline / 1000} s, or too little memory is left` : `its process ends with ${signal ?? `exit code ${code}`}`);
      reject(new EngineError(`native TensorFlow is installed but does not work here: ${why}`));
    });
  });
}

/**
 * Which engine to train on.
 * @throws (rejects) EngineError where native is asked for and cannot be had
 */
export async function chooseEngine(choice: EngineChoice): Promise<EngineName> {
  if (choice === 'wasm') return 'wasm';
  try {
    await proveNative();
    return 'native';
  } catch (error) {
    if (choice === 'native') throw error;
    return 'wasm';
  }
}
