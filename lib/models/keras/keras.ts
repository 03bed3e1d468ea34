import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { makeFolder, TEMPORARY_SUFFIX, writeFileWhole } from '../../write-file';
import { checkMetadata, ModelError, type ModelFiles, type ModelMetadata } from '../model';
import { MAX_BYTES, parseJson, readLimited } from '../read';
import { checkTopology } from '../topology';
import { pack, unpack } from './archive';
import { fromKeras } from './from-keras';
import { toKeras, weightsByName } from './to-keras';
import { readWeights, writeWeights } from './weights';
import { weightsFromKeras } from './weights-from-keras';
import { codeOf } from '../../file-errors';

/** Keras' version whose files these are like. */
const KERAS_VERSION = '3.15.1';

/**
 * Reads a .keras file of Keras 3: a zip of config.json, metadata.json and model.weights.h5.
 * @throws (rejects) ModelError
 */
export async function readKeras(file: string): Promise<ModelFiles> {
  const parts = unpack(file, await readArchive(file));
  const json = (name: 'config.json' | 'metadata.json') =>
    parseJson(`${name} of ${file}`, 'a JSON object as Keras 3 writes it', parts[name]);
  const { layers, modelTopology } = fromKeras(file, json('config.json'));
  checkTopology(file, modelTopology);
  const metadata = checkMetadata(file, json('metadata.json'));
  const { weightSpecs, weightData } = await readWeights(file, parts['model.weights.h5'], (reader) =>
    weightsFromKeras(file, layers, reader),
  );
  return { path: file, artifacts: { modelTopology, weightSpecs, weightData }, metadata };
}

/**
 * Writes a .keras file that Keras 3 reads, in one go; see `saveModel`. Our own metadata goes into metadata.json, where
 * Keras ignores it.
 */
export async function saveKeras(file: string, artifacts: io.ModelArtifacts, metadata: ModelMetadata): Promise<void> {
  const { config, weights } = toKeras(file, artifacts.modelTopology, weightsByName(file, artifacts));
  const date_saved = new Date().toISOString().slice(0, 19).replace('T', '@');
  const data = pack({
    'config.json': Buffer.from(JSON.stringify(config)),
    'metadata.json': Buffer.from(JSON.stringify({ keras_version: KERAS_VERSION, date_saved, inkcam: metadata })),
    'model.weights.h5': await writeWeights(weights),
  });
  await makeFolder(dirname(file));
  await writeFileWhole(file, data);
  const name = basename(file);
  for (const other of await readdir(dirname(file))) {
    if (other.startsWith(`${name}.`) && TEMPORARY_SUFFIX.test(other))
      await rm(join(dirname(file), other), { force: true });
  }
}

async function readArchive(file: string): Promise<Uint8Array> {
  try {
    return await readLimited(file, MAX_BYTES);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${file} cannot be read (${codeOf(error)})`, { cause: error });
  }
}
