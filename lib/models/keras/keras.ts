import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { TEMPORARY_SUFFIX, writeFileWhole } from '../../write-file';
import { checkMetadata, codeOf, isRecord, ModelError, type ModelFiles, type ModelMetadata } from '../model';
import { MAX_BYTES, pack, unpack } from './archive';
import { fromKeras } from './from-keras';
import { toKeras, weightsByName } from './to-keras';
import { readWeights, writeWeights } from './weights';
import { weightsFromKeras } from './weights-from-keras';

/** Keras' version whose files these are like. */
const KERAS_VERSION = '3.15.1';

/** The network's description may be no longer than this, bytes. */
const MAX_JSON = 1024 * 1024;

/**
 * Reads a .keras file of Keras 3: a zip of config.json, metadata.json and model.weights.h5.
 * @throws (rejects) ModelError
 */
export async function readKeras(file: string): Promise<ModelFiles> {
  const parts = unpack(file, await readLimited(file));
  const { layers, modelTopology } = fromKeras(file, parseJson(file, 'config.json', parts['config.json']));
  const metadata = checkMetadata(file, parseJson(file, 'metadata.json', parts['metadata.json']));
  const { weightSpecs, weightData } = await readWeights(file, parts['model.weights.h5'], (reader) => weightsFromKeras(file, layers, reader));
  return { path: file, artifacts: { modelTopology, weightSpecs, weightData }, metadata };
}

/** Writes a .keras file that Keras 3 reads, in one go; see `saveModel`. Our own metadata goes into metadata.json, where Keras ignores it. */
export async function saveKeras(file: string, artifacts: io.ModelArtifacts, metadata: ModelMetadata): Promise<void> {
  const { config, weights } = toKeras(file, artifacts.modelTopology, weightsByName(file, artifacts));
  const date_saved = new Date().toISOString().slice(0, 19).replace('T', '@');
  const data = pack({
    'config.json': Buffer.from(JSON.stringify(config)),
    'metadata.json': Buffer.from(JSON.stringify({ keras_version: KERAS_VERSION, date_saved, inkcam: metadata })),
    'model.weights.h5': await writeWeights(weights),
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFileWhole(file, data);
  const name = basename(file);
  for (const other of await readdir(dirname(file))) {
    if (other.startsWith(`${name}.`) && TEMPORARY_SUFFIX.test(other)) await rm(join(dirname(file), other), { force: true });
  }
}

async function readLimited(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new ModelError(`${file}: expected at most ${MAX_BYTES / 1024 / 1024} MB in a .keras file, got ${Math.ceil(size / 1024 / 1024)} MB`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${file} cannot be read (${codeOf(error)})`, { cause: error });
  }
}

function parseJson(file: string, name: string, data: Uint8Array): Record<string, unknown> {
  if (data.length > MAX_JSON) throw new ModelError(`${file}: expected at most ${MAX_JSON} bytes in ${name}, got ${data.length}`);
  try {
    const value = JSON.parse(Buffer.from(data).toString()) as unknown;
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new ModelError(`${file}: expected ${name} to hold a JSON object, as Keras 3 writes it`);
}
