import { join } from 'node:path';
import { WorkerError, WorkerHost } from '../../workers/host';
import { EngineError, loadNativeTensorFlow } from './native';
import type { ProofMethods } from './native-proof';
import type { TensorFlow } from './network';
import type { EngineChoice, EngineName } from '../common/settings';

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
 * Proves in a child process that native TensorFlow loads and computes here: on a processor that it was not built for,
 * it would end this one. Once it has, it is taken to go on so.
 *
 * @throws (rejects) EngineError
 */
export function proveNative(deadline = DEADLINE): Promise<void> {
  if (!proof) {
    proof = prove(deadline);
    // It may be installed meanwhile.
    proof.catch(() => {
      proof = undefined;
    });
  }
  return proof;
}

async function prove(deadline: number): Promise<void> {
  try {
    require.resolve('@tensorflow/tfjs-node');
  } catch (error) {
    throw new EngineError(
      'native TensorFlow is not installed; in the folder where this package is installed, "npm install ' +
        '@tensorflow/tfjs-node" adds it where there is one for this computer',
      { cause: error },
    );
  }
  const host = new WorkerHost<ProofMethods>({
    name: 'its process',
    script: join(__dirname, 'native-proof.js'),
    kind: 'process',
    deadline,
    errors: [EngineError],
  });
  try {
    await host.exec('prove', []);
  } catch (error) {
    throw new EngineError(
      `native TensorFlow is installed but does not work here: ${reasonOf(error as Error, deadline)}`,
      { cause: error },
    );
  } finally {
    await host.close();
  }
}

function reasonOf(error: Error, deadline: number): string {
  if (!(error instanceof WorkerError)) return error.message;
  return error.code === 'late'
    ? `it does not answer within ${deadline / 1000} s, or too little memory is left`
    : (error.how ?? error.message);
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
