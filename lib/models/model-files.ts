import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { readModelFolder, saveModelFolder } from './folder';
import { readKeras, saveKeras } from './keras/keras';
import { ModelError, type ModelFiles, type ModelMetadata } from './model';
import { codeOf } from '../file-errors';

export { ModelError, type ModelFiles, type ModelMetadata };

/** Formats that people may take for one of ours, by the ending of their files. */
const OTHER_FORMATS = ['.h5', '.hdf5', '.tflite', '.onnx', '.pb', '.pt'];

/** Whether a model of this name is one file of Keras, and not a folder of TensorFlow.js. */
export function isKerasFile(path: string): boolean {
  return extname(path).toLowerCase() === '.keras';
}

/**
 * Reads a model: a .keras file of Keras 3, or one in the TensorFlow.js layers format.
 * @param path a .keras file, a model.json, or the folder that holds it
 * @throws (rejects) ModelError
 */
export async function readModel(path: string): Promise<ModelFiles> {
  if (OTHER_FORMATS.includes(extname(path).toLowerCase())) {
    throw new ModelError(
      'expected a .keras file of Keras 3 or a TensorFlow.js model (a folder with model.json and its weights), ' +
        `got ${path}`,
    );
  }
  const folder = await isFolder(path);
  if (!folder && isKerasFile(path)) return readKeras(path);
  return readModelFolder(folder ? join(path, 'model.json') : path);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new ModelError(`there is no model at ${path} (${codeOf(error)})`, { cause: error });
  }
}

/**
 * Writes a model so that a reader finds the whole old or the whole new one at every moment, also after a power cut.
 *
 * @param path a name that ends in .keras gives one file, which Keras 3 reads too; any other is a folder for model.json
 *   and its weights. Folders that are missing are made.
 * @param artifacts as a save handler of TensorFlow.js gets them; the weights unquantised, in one piece or several
 * @throws (rejects) ModelError where Keras has no word for a layer; what the file system says
 */
export async function saveModel(path: string, artifacts: io.ModelArtifacts, metadata: ModelMetadata): Promise<void> {
  await (isKerasFile(path) ? saveKeras : saveModelFolder)(path, artifacts, metadata);
}
