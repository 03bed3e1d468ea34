/**
 * The engine's worker: the only place where TensorFlow.js is loaded to classify. The build makes one file of it, with the
 * .wasm files beside it. Being a thread of its own, it shares no state with other versions of TensorFlow.js in the process.
 */
import { sep } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { enableProdMode, memory, setBackend, tensor, tidy } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { serve, transferring } from '../workers/serve';
import { readModel } from '../models/model-files';
import { Network, type ModelInfo } from './network';

/** What a batch of pictures gives: n·classes logits, and what turns them into probabilities (`classes`, `temperature`). */
export interface EngineAnswer {
  logits: Float32Array<ArrayBuffer>;
  /** The model that read them. */
  info: ModelInfo;
}

/** Every call says which model it means, so that a worker that has just been started answers like one that had been running. */
export interface EngineMethods {
  /** @param images n·784 bytes, see `Network.logits` */
  classify(modelPath: string, images: Uint8Array): Promise<EngineAnswer>;
  describe(modelPath: string): Promise<ModelInfo>;
  /** Reads the model's files again and puts what they hold in place of what was loaded; where that fails, what was loaded stays. */
  reload(modelPath: string): Promise<ModelInfo>;
  /** Number of tensors that exist, and their bytes. */
  memory(): { tensors: number; bytes: number };
}

// No advice and no checks for developers: what the worker prints stands in the users' logs.
enableProdMode();
setWasmPaths(__dirname + sep);

const networks = new Map<string, Promise<Network>>();

function networkOf(modelPath: string): Promise<Network> {
  let network = networks.get(modelPath);
  if (!network) {
    network = load(modelPath);
    networks.set(modelPath, network);
    // Tried again at the next call: somebody may have put the file right.
    network.catch(() => networks.delete(modelPath));
  }
  return network;
}

async function load(modelPath: string): Promise<Network> {
  const files = await readModel(modelPath);
  if (!await setBackend('wasm')) throw new Error(`the wasm files of the engine in ${__dirname} cannot be loaded; is the installation complete?`);
  return Network.load({ tidy, tensor, loadLayersModel }, files);
}

serve<EngineMethods>({
  async classify(modelPath, images) {
    const network = await networkOf(modelPath);
    const logits = network.logits(images);
    return transferring({ logits, info: network.info }, [logits.buffer]);
  },
  describe: async (modelPath) => (await networkOf(modelPath)).info,
  async reload(modelPath) {
    const before = await networks.get(modelPath)?.catch(() => undefined);
    const network = await load(modelPath);
    if (before?.info.checksum === network.info.checksum) {
      network.dispose();
      return before.info;
    }
    networks.set(modelPath, Promise.resolve(network));
    before?.dispose();
    return network.info;
  },
  memory() {
    const { numTensors, numBytes } = memory();
    return { tensors: numTensors, bytes: numBytes };
  },
});
