import type { io } from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { makeFolder, TEMPORARY_SUFFIX, writeFileWhole } from '../write-file';
import { checkMetadata, isRecord, ModelError, type ModelFiles, type ModelMetadata, type WeightSpec } from './model';
import { MAX_BYTES, MAX_JSON, parseJson, readLimited, sizeOf } from './read';
import { checkTopology } from './topology';
import { codeOf } from '../file-errors';

/**
 * Reads a model in the TensorFlow.js layers format.
 * @param file model.json
 * @throws (rejects) ModelError
 */
export async function readModelFolder(file: string): Promise<ModelFiles> {
  const json = await readJson(file);
  const { modelTopology, weightsManifest, format, userDefinedMetadata, checksum } = json;
  if (format !== undefined && format !== 'layers-model') {
    throw new ModelError(
      `${file}: expected a TensorFlow.js model of the format "layers-model", got ${JSON.stringify(format)}`,
    );
  }
  if (!isRecord(modelTopology) || !Array.isArray(weightsManifest)) {
    throw new ModelError(`${file}: expected a TensorFlow.js model, got JSON without modelTopology and weightsManifest`);
  }
  if (checksum !== undefined && checksum !== checksumOf(json)) {
    throw new ModelError(
      `${file}: its checksum is wrong: it has been damaged, or changed by hand. Copy it again; or take ` +
        '"checksum" out of it, if it is as you want it',
    );
  }
  checkTopology(file, modelTopology);
  const { weightSpecs, weightData } = await readWeights(file, weightsManifest);
  const metadata = checkMetadata(file, isRecord(userDefinedMetadata) ? userDefinedMetadata : {});
  return { path: file, artifacts: { modelTopology, weightSpecs, weightData }, metadata };
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  let bytes: Uint8Array;
  try {
    bytes = await readLimited(file, MAX_JSON);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`there is no model at ${dirname(file)}: ${basename(file)} cannot be read (${codeOf(error)})`, {
      cause: error,
    });
  }
  return parseJson(file, 'a model.json of TensorFlow.js', bytes);
}

async function readWeights(
  file: string,
  manifest: unknown[],
): Promise<{ weightSpecs: WeightSpec[]; weightData: ArrayBuffer }> {
  const weightSpecs: WeightSpec[] = [];
  const paths: string[] = [];
  let total = 0;
  // The sizes are looked at first: nothing is read into memory that does not belong there.
  for (const group of manifest) {
    const found = await groupOf(file, group);
    total += found.bytes;
    if (total > MAX_BYTES)
      throw new ModelError(
        `${file}: expected at most ${MAX_BYTES / 1024 / 1024} MB of weights, ` +
          `got ${Math.ceil(total / 1024 / 1024)} MB or more`,
      );
    weightSpecs.push(...found.weights);
    paths.push(...found.paths);
  }
  const names = new Set(weightSpecs.map(({ name }) => name));
  if (names.size < weightSpecs.length)
    throw new ModelError(
      `${file}: expected every weight to have a name of its own, ` +
        `got ${weightSpecs.length} weights with ${names.size} names`,
    );
  return { weightSpecs, weightData: await readShards(paths, total) };
}

/** A group of the manifest, whose files are there and as long as its weights are. */
async function groupOf(
  file: string,
  group: unknown,
): Promise<{ weights: WeightSpec[]; paths: string[]; bytes: number }> {
  if (!isGroup(group))
    throw new ModelError(
      `${file}: expected weightsManifest to hold groups of paths and weights, got ${JSON.stringify(group).slice(0, 80)}`,
    );
  const { weights } = group;
  const expected = weights.reduce((sum, spec) => sum + byteLength(file, spec), 0);
  const paths = group.paths.map((path) => insideFolder(file, path));
  let bytes = 0;
  for (const path of paths) bytes += await aboutWeights(path, async () => (await sizeOf(path, MAX_BYTES)).size);
  if (bytes !== expected) {
    throw new ModelError(
      `${paths.join(', ')}: expected ${expected} bytes of weights, got ${bytes}; ` +
        'the file is damaged or of another model',
    );
  }
  return { weights, paths, bytes };
}

/** Reads files of weights one after the other, as one. */
async function readShards(paths: readonly string[], total: number): Promise<ArrayBuffer> {
  const data = new Uint8Array(total);
  let offset = 0;
  for (const path of paths) {
    const shard = await aboutWeights(path, () => readLimited(path, MAX_BYTES));
    if (offset + shard.length > total)
      throw new ModelError(`${path} changes while it is read; try again once it has been copied`);
    checkName(path, shard);
    data.set(shard, offset);
    offset += shard.length;
  }
  return data.buffer;
}

async function aboutWeights<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`the weight file ${path} is missing (${codeOf(error)})`, { cause: error });
  }
}

/**
 * What `saveModelFolder` calls a file of weights: a flipped bit in it would make other digits of them, and nothing else
 * tell.
 */
const CHECKED_NAME = /^weights-([0-9a-f]{12})\.bin$/;

function checkName(path: string, bytes: Uint8Array): void {
  const named = CHECKED_NAME.exec(basename(path));
  if (!named) return;
  const [, expected] = named;
  const found = hashOf(bytes);
  if (found !== expected) {
    throw new ModelError(
      `${path}: expected the contents with the checksum ${expected}, as its name says, got ${found}; it has been ` +
        'damaged: copy or save the model again',
    );
  }
}

/** The first 12 hexadecimal digits of the SHA-256. */
function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

/** Of all in a model.json that a reading depends on, in whatever way it is written down. */
function checksumOf({ modelTopology, weightsManifest, userDefinedMetadata }: Record<string, unknown>): string {
  return hashOf(JSON.stringify([modelTopology, weightsManifest, userDefinedMetadata]));
}

/** Of one number. */
const BYTES = new Map<string, number>([
  ['float32', 4],
  ['int32', 4],
  ['bool', 1],
  ['uint8', 1],
  ['uint16', 2],
  ['float16', 2],
]);

function byteLength(file: string, { name, shape, dtype, quantization }: WeightSpec): number {
  const stored = quantization?.dtype ?? dtype;
  const bytes = BYTES.get(stored);
  if (bytes === undefined)
    throw new ModelError(
      `${file}: expected the weight ${name} to be of ${[...BYTES.keys()].join(', ')}, got ${stored}`,
    );
  return shape.reduce((product, side) => product * side, bytes);
}

function insideFolder(file: string, path: string): string {
  const clean = normalize(path);
  if (isAbsolute(clean) || clean.startsWith('..'))
    throw new ModelError(`${file}: expected its weight files beside it, got ${path}`);
  return join(dirname(file), clean);
}

/**
 * Writes a model in the TensorFlow.js layers format, so that a reader finds the whole old or the whole new one at every
 * moment, also after a power cut: weights go into a file of a new name, then model.json is replaced by renaming. The
 * weights of the model before are left for those who are just reading it, older ones are removed.
 *
 * @param artifacts as a save handler of TensorFlow.js gets them; the weights unquantised, in one piece or several
 */
export async function saveModelFolder(
  folder: string,
  artifacts: io.ModelArtifacts,
  metadata: ModelMetadata,
): Promise<void> {
  const { modelTopology, weightSpecs = [], weightData = [] } = artifacts;
  const pieces = Array.isArray(weightData) ? weightData : [weightData];
  const weights = Buffer.concat(pieces.map((piece) => new Uint8Array(piece)));
  const weightsName = `weights-${hashOf(weights)}.bin`;
  // As a reader will find it: what is undefined is not written down.
  const written = JSON.parse(
    JSON.stringify({
      format: 'layers-model',
      generatedBy: artifacts.generatedBy,
      modelTopology,
      weightsManifest: [{ paths: [weightsName], weights: weightSpecs }],
      userDefinedMetadata: { inkcam: metadata },
    }),
  ) as Record<string, unknown>;
  const json = { ...written, checksum: checksumOf(written) };
  await makeFolder(folder);
  const before = await referencedWeights(folder);
  await writeFileWhole(join(folder, weightsName), weights);
  await writeFileWhole(join(folder, 'model.json'), JSON.stringify(json));
  for (const name of await readdir(folder)) {
    const stale = CHECKED_NAME.test(name) && name !== weightsName && !before.includes(name);
    if (stale || (/^(weights-|model\.json|MODEL_CARD\.md)/.test(name) && TEMPORARY_SUFFIX.test(name)))
      await rm(join(folder, name), { force: true });
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
  return (
    isRecord(value) &&
    Array.isArray(value.paths) &&
    value.paths.every((path) => typeof path === 'string') &&
    Array.isArray(value.weights) &&
    value.weights.every(isWeight)
  );
}

function isWeight(value: unknown): value is WeightSpec {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    typeof value.dtype === 'string' &&
    isQuantization(value.quantization) &&
    Array.isArray(value.shape) &&
    value.shape.every((side) => Number.isInteger(side) && (side as number) >= 0)
  );
}

/** Weights of fewer bits: their value is `scale * stored + min`, but for float16. */
function isQuantization(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    isRecord(value) &&
    (value.dtype === 'float16' ||
      (typeof value.dtype === 'string' && typeof value.scale === 'number' && typeof value.min === 'number'))
  );
}
