import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { TEMPORARY_SUFFIX, writeFileWhole } from '../write-file';
import { checkMetadata, codeOf, isRecord, ModelError, type ModelFiles, type ModelMetadata } from './model';

/**
 * Reads a model in the TensorFlow.js layers format.
 * @param file model.json
 * @throws (rejects) ModelError
 */
export async function readModelFolder(file: string): Promise<ModelFiles> {
  const json = await readJson(file);
  const { modelTopology, weightsManifest, format, userDefinedMetadata } = json;
  if (format !== undefined && format !== 'layers-model') {
    throw new ModelError(`${file}: expected a TensorFlow.js model of the format "layers-model", got ${JSON.stringify(format)}`);
  }
  if (!isRecord(modelTopology) || !Array.isArray(weightsManifest)) {
    throw new ModelError(`${file}: expected a TensorFlow.js model, got JSON without modelTopology and weightsManifest`);
  }
  const { weightSpecs, weightData } = await readWeights(file, weightsManifest);
  const metadata = checkMetadata(file, isRecord(userDefinedMetadata) ? userDefinedMetadata : {});
  return { path: file, artifacts: { modelTopology, weightSpecs, weightData }, metadata };
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ModelError(`there is no model at ${dirname(file)}: ${basename(file)} cannot be read (${codeOf(error)})`, { cause: error });
  }
  try {
    const value = JSON.parse(text) as unknown;
    if (isRecord(value)) return value;
  } catch {
    // Said below, without the parser's words, which quote what may be a binary file.
  }
  throw new ModelError(`${file}: expected a model.json of TensorFlow.js, got a file that is no JSON object`);
}

async function readWeights(file: string, manifest: unknown[]): Promise<{ weightSpecs: io.WeightsManifestEntry[]; weightData: ArrayBuffer }> {
  const weightSpecs: io.WeightsManifestEntry[] = [];
  const shards: Uint8Array[] = [];
  for (const group of manifest) {
    if (!isGroup(group)) throw new ModelError(`${file}: expected weightsManifest to hold groups of paths and weights, got ${JSON.stringify(group).slice(0, 80)}`);
    let expected = 0;
    for (const spec of group.weights) expected += byteLength(file, spec);
    weightSpecs.push(...group.weights);
    const paths = group.paths.map((path) => insideFolder(file, path));
    // The sizes are looked at first: nothing is read into memory that does not belong there.
    let found = 0;
    for (const path of paths) found += await sizeOf(path);
    if (found !== expected) {
      throw new ModelError(`${paths.join(', ')}: expected ${expected} bytes of weights, got ${found}; the file is damaged or of another model`);
    }
    for (const path of paths) shards.push(await readFile(path));
  }
  const weightData = new ArrayBuffer(shards.reduce((sum, shard) => sum + shard.length, 0));
  let offset = 0;
  for (const shard of shards) {
    new Uint8Array(weightData).set(shard, offset);
    offset += shard.length;
  }
  return { weightSpecs, weightData };
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

function byteLength(file: string, { name, shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const stored = quantization?.dtype ?? dtype;
  if (!(stored in BYTES)) throw new ModelError(`${file}: expected the weight ${name} to be of ${Object.keys(BYTES).join(', ')}, got ${stored}`);
  return shape.reduce((product, side) => product * side, BYTES[stored]);
}

function insideFolder(file: string, path: string): string {
  const clean = normalize(path);
  if (isAbsolute(clean) || clean.startsWith('..')) throw new ModelError(`${file}: expected its weight files beside it, got ${path}`);
  return join(dirname(file), clean);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw new ModelError(`the weight file ${path} is missing (${codeOf(error)})`, { cause: error });
  }
}

/**
 * Writes a model in the TensorFlow.js layers format, so that a reader finds the whole old or the whole new one at every
 * moment, also after a power cut: weights go into a file of a new name, then model.json is replaced by renaming. The
 * weights of the model before are left for those who are just reading it, older ones are removed.
 *
 * @param artifacts as a save handler of TensorFlow.js gets them; the weights unquantised, in one piece or several
 */
export async function saveModelFolder(folder: string, artifacts: io.ModelArtifacts, metadata: ModelMetadata): Promise<void> {
  const { modelTopology, weightSpecs = [], weightData = [] } = artifacts;
  const pieces = Array.isArray(weightData) ? weightData : [weightData];
  const weights = Buffer.concat(pieces.map((piece) => new Uint8Array(piece)));
  const weightsName = `weights-${createHash('sha256').update(weights).digest('hex').slice(0, 12)}.bin`;
  const json = {
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    modelTopology,
    weightsManifest: [{ paths: [weightsName], weights: weightSpecs }],
    userDefinedMetadata: { inkcam: metadata },
  };
  await mkdir(folder, { recursive: true });
  const before = await referencedWeights(folder);
  await writeFileWhole(join(folder, weightsName), weights);
  await writeFileWhole(join(folder, 'model.json'), JSON.stringify(json));
  for (const name of await readdir(folder)) {
    const stale = /^weights-[0-9a-f]{12}\.bin$/.test(name) && name !== weightsName && !before.includes(name);
    if (stale || (/^(weights-|model\.json)/.test(name) && TEMPORARY_SUFFIX.test(name))) await rm(join(folder, name), { force: true });
  }
}

async function referencedWeights(folder: string): Promise<string[]> {
  try {
    const { weightsManifest } = await readJson(join(folder, 'model.json'));
    return Array.isArray(weightsManifest) ? weightsManifest.filter(isGroup).flatMap(({ paths }) => paths) : [];
  } catch {
    return [];
  }
}

function isGroup(value: unknown): value is io.WeightsManifestConfig[number] {
  return isRecord(value)
    && Array.isArray(value.paths) && value.paths.every((path) => typeof path === 'string')
    && Array.isArray(value.weights) && value.weights.every(isWeight);
}

function isWeight(value: unknown): value is io.WeightsManifestEntry {
  return isRecord(value) && typeof value.name === 'string' && typeof value.dtype === 'string'
    && Array.isArray(value.shape) && value.shape.every((side) => Number.isInteger(side) && (side as number) >= 0);
}
