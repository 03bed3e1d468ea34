// Model files, damaged and hostile ones, in the real engine.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, truncate as resize, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { acquireClassifier, SHIPPED_MODEL, type Classifier, type Prediction } from '../../lib/classify/classifier';
import { ModelError } from '../../lib/models/model-files';
import { drawDigit } from '../../lib/train/drawn-digits';
import { Random } from '../../lib/train/random';
import { WorkerError } from '../../lib/workers/host';
import { accepted, beginning, refusal, type FuzzCase, type OpenArea, type Outcome } from './case';
import { predictionProblem } from './checks';
import type { Dice } from './dice';
import { mutateJson } from './json';
import { mutate } from './mutate';

const ROOT = join(__dirname, '../../..');
const FIXTURES = ['functional', 'many', 'mlp', 'sequential'].map((name) => join(ROOT, 'test/models/fixtures', `${name}.keras`));

/** Further files of Keras, where they are at hand; what is larger takes too long. */
const MORE = join(process.env.DIGITS_DATA ?? join(ROOT, '../shared/data'), 'keras'), MOST_BYTES = 1e6;

/** A model as its files: one of Keras, or those of a folder. */
interface Model {
  name: string;
  files: Record<string, Buffer>;
  keras: boolean;
  predictions: Prediction[];
}

/** What is tried in place of a model. */
interface Trial {
  name: string;
  model: Model;
  /** Its files, changed. */
  files: Record<string, Buffer>;
  /** What may be said where it is loaded all the same: it has to read as before, or must not be loaded at all. */
  rule?: 'same' | 'refused' | undefined;
  /** Makes what is no file. */
  prepare?: (path: string) => Promise<void>;
}

const IMAGES = Array.from({ length: 5 }, (_, i) => drawDigit(new Random(1, i)).image);

export const open: OpenArea = async ({ folder }) => {
  const fixtures = await Promise.all(FIXTURES.map((path) => kerasModel(path)));
  const shipped = await folderModel(dirname(SHIPPED_MODEL));
  const more = existsSync(MORE) ? await Promise.all((await readdir(MORE)).filter((name) => name.endsWith('.keras') && statSync(join(MORE, name)).size < MOST_BYTES).sort().map((name) => kerasModel(join(MORE, name)))) : [];
  const kerases = (dice: Dice): Model => dice.pick(dice.chance(1 / 8) && more.length > 0 ? more : fixtures);

  const trials: Record<string, (dice: Dice) => Trial> = {
    weights(dice) {
      const name = Object.keys(shipped.files).find((each) => each.endsWith('.bin')) ?? '', { bytes, how } = mutate(shipped.files[name], dice);
      return { name: `weights of the shipped model, ${how}`, model: shipped, files: { ...shipped.files, [name]: bytes }, rule: bytes.equals(shipped.files[name]) ? 'same' : 'refused' };
    },
    badNumbers(dice) {
      // Under a name that tells no checksum.
      const [json, bin] = partsOf(shipped), weights = Buffer.from(bin.data), value = dice.pick([NaN, Infinity, -Infinity]), count = dice.pick([1, 10, 1000]);
      for (let i = 0; i < count; i++) weights.writeFloatLE(value, 4 * dice.whole(0, weights.length / 4 - 1));
      const files = { 'model.json': Buffer.from(json.toString().replace(bin.name, 'weights.bin')), 'weights.bin': weights };
      return { name: `weights of the shipped model without a checksum, ${count} of them ${value}`, model: shipped, files, rule: 'refused' };
    },
    json(dice) {
      const { value, how } = mutateJson(JSON.parse(shipped.files['model.json'].toString()), dice);
      return { name: `model.json of the shipped model, ${how}`, model: shipped, files: { ...shipped.files, 'model.json': Buffer.from(JSON.stringify(value)) } };
    },
    jsonBytes(dice) {
      const { bytes, how } = mutate(shipped.files['model.json'], dice);
      return { name: `model.json of the shipped model, ${how}`, model: shipped, files: { ...shipped.files, 'model.json': bytes } };
    },
    archive(dice) {
      const model = kerases(dice), { bytes, how } = mutate(model.files['model.keras'], dice, kerases(dice).files['model.keras']);
      // Every part has its CRC-32 in the archive.
      return { name: `${model.name}, ${how}`, model, files: { 'model.keras': bytes }, rule: 'same' };
    },
    config(dice) {
      const model = kerases(dice), parts = unzipSync(model.files['model.keras']), part = dice.weighted([[9, 'config.json'], [1, 'metadata.json']] as const);
      const { value, how } = mutateJson(JSON.parse(Buffer.from(parts[part]).toString()), dice);
      return { name: `${part} of ${model.name}, ${how}`, model, files: { 'model.keras': zip({ ...parts, [part]: Buffer.from(JSON.stringify(value)) }) } };
    },
    kerasWeights(dice) {
      const model = kerases(dice), parts = unzipSync(model.files['model.keras']), h5 = Buffer.from(parts['model.weights.h5']);
      const value = dice.pick([NaN, Infinity, -Infinity]), numbers = dice.chance(0.5);
      // Arrays of numbers lie behind one another, so that many in a row are sure to hit some.
      if (numbers) for (let i = 0, at = 4 * dice.whole(Math.floor(h5.length / 16), Math.floor(h5.length / 4) - 600); i < 500; i++) h5.writeFloatLE(value, at + 4 * i);
      const { bytes, how } = numbers ? { bytes: h5, how: `500 numbers of it ${value}` } : mutate(h5, dice);
      return { name: `model.weights.h5 of ${model.name}, ${how}`, model, files: { 'model.keras': zip({ ...parts, 'model.weights.h5': bytes }) } };
    },
    odd: (dice) => oddModel(dice, kerases(dice), shipped),
  };
  const kinds = [[2, 'weights'], [1, 'badNumbers'], [3, 'json'], [1, 'jsonBytes'], [3, 'archive'], [5, 'config'], [2, 'kerasWeights'], [2, 'odd']] as const;

  for (const model of [shipped, ...fixtures, ...more]) {
    const path = await put(join(folder, 'first'), model.files);
    const classifier = acquireClassifier(path);
    model.predictions = await classifier.classify(IMAGES);
    await classifier.release();
    await rm(join(folder, 'first'), { recursive: true, force: true });
  }
  const living = { folder: await startLiving(join(folder, 'living'), shipped), keras: await startLiving(join(folder, 'living'), fixtures[0]) };

  return {
    make(dice): FuzzCase {
      const trial = trials[dice.weighted(kinds)](dice), { name, model, files } = trial, alone = dice.chance(1 / 4);
      return {
        name: alone ? `${name}, alone` : name,
        input: Object.entries(files).find(([file, bytes]) => !(file in model.files && model.files[file].equals(bytes)))?.[1],
        run: () => (alone ? load(join(folder, 'alone'), trial) : swap(join(folder, 'living'), living[model.keras ? 'keras' : 'folder'], trial)),
      };
    },
    close: async () => { await Promise.all([living.folder.classifier.release(), living.keras.classifier.release()]); },
  };
};

/** A model that reads all the while. */
interface Living {
  classifier: Classifier;
  model: Model;
}

async function startLiving(folder: string, model: Model): Promise<Living> {
  const classifier = acquireClassifier(await put(folder, model.files));
  await classifier.describe();
  return { classifier, model };
}

/** In a worker of its own. */
async function load(folder: string, trial: Trial): Promise<Outcome> {
  const classifier = acquireClassifier(await putTrial(folder, trial));
  try {
    return judge(await classifier.classify(IMAGES), trial);
  } catch (error) {
    return refusal(error, [ModelError, WorkerError]);
  } finally {
    await classifier.release();
    await rm(folder, { recursive: true, force: true });
  }
}

/** In place of one that reads: where it is refused that one has to go on, and in any case it has to come back. */
async function swap(folder: string, { classifier, model }: Living, trial: Trial): Promise<Outcome> {
  const path = await putTrial(folder, trial);
  let outcome: Outcome;
  try {
    await classifier.reload();
    outcome = judge(await classifier.classify(IMAGES), trial);
  } catch (error) {
    outcome = refusal(error, [ModelError, WorkerError]);
    if (!await goesOn(classifier, model)) outcome.findings.push({ fault: 'wrong', detail: 'the model that read before does not go on' });
  }
  await rm(path, { recursive: true, force: true });
  await put(folder, model.files);
  await classifier.reload().catch(() => undefined);
  if (!await goesOn(classifier, model)) outcome.findings.push({ fault: 'wrong', detail: 'the model that read before is not loaded again' });
  return outcome;
}

async function goesOn(classifier: Classifier, { predictions }: Model): Promise<boolean> {
  try {
    return same(await classifier.classify(IMAGES), predictions);
  } catch {
    return false;
  }
}

function judge(predictions: Prediction[], { name, model, rule }: Trial): Outcome {
  if (predictions.length !== IMAGES.length) return accepted(`${predictions.length} predictions for ${IMAGES.length} pictures`);
  const problem = predictions.map((each) => predictionProblem(each)).find((each) => each !== undefined);
  if (problem) return accepted(`${beginning(name)}: ${problem}`);
  if (rule === 'refused') return accepted(`${beginning(name)}: damaged, as its checksum or its numbers tell, and loaded all the same`);
  return accepted(rule === 'same' && !same(predictions, model.predictions) ? `${beginning(name)}: damaged, as its checksum tells, and reads otherwise than before` : undefined);
}

function same(some: Prediction[], others: Prediction[]): boolean {
  return some.every(({ digit, confidence }, i) => digit === others[i].digit && Math.abs(confidence - others[i].confidence) < 1e-4);
}

function oddModel(dice: Dice, keras: Model, folder: Model): Trial {
  const parts = unzipSync(keras.files['model.keras']);
  const [json, bin] = partsOf(folder);
  const withPath = (path: string): Record<string, Buffer> => ({ ...folder.files, 'model.json': Buffer.from(json.toString().replace(bin.name, path)) });
  const zipped = (name: string, more: Zippable, level: 0 | 9 = 0): Trial => ({ name: `${keras.name} with ${name}`, model: keras, files: { 'model.keras': zip({ ...parts, ...more }, level) } });
  const file = (name: string, bytes: Buffer): Trial => ({ name, model: keras, files: { 'model.keras': bytes }, rule: 'refused' });
  const made = (name: string, prepare: (path: string) => Promise<void>, model = keras): Trial => ({ name, model, files: {}, prepare, rule: 'refused' });
  const makers: (() => Trial)[] = [
    () => zipped('a file for another folder', { '../../outside.txt': Buffer.from('x') }),
    () => zipped('1,000 more files', Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}.txt`, Buffer.from('x')]))),
    () => zipped('a description that unpacks to 60 MB', { 'config.json': Buffer.alloc(6e7, 32) }, 9),
    () => zipped('weights that unpack to 60 MB', { 'model.weights.h5': Buffer.alloc(6e7) }, 9),
    () => zipped('weights that unpack to 300 MB', { 'model.weights.h5': Buffer.alloc(3e8) }, 9),
    () => zipped('no weights', { 'model.weights.h5': Buffer.alloc(0) }),
    () => zipped('a description of 20,000 nested arrays', { 'config.json': Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)) }),
    () => file('an empty .keras file', Buffer.alloc(0)),
    () => file('a .keras file of zeros', Buffer.alloc(100_000)),
    () => file('HDF5 under the name of a .keras file', Buffer.from(parts['model.weights.h5'])),
    () => file('random bytes under the name of a .keras file', dice.bytes(5000)),
    () => made('a folder in place of a .keras file', async (path) => { await mkdir(path, { recursive: true }); }),
    () => made('a link to itself', (path) => symlink(path, path)),
    () => made('a link to nothing', (path) => symlink(`${path}.gone`, path)),
    () => made('a named pipe', pipe),
    () => made('a .keras file of 5 GB that has nothing in it', async (path) => {
      await writeFile(path, '');
      await resize(path, 5e9);
    }),
    () => made('an empty folder', async (path) => { await mkdir(path, { recursive: true }); }, folder),
    () => made('a named pipe for its description', async (path) => {
      await mkdir(path, { recursive: true });
      await pipe(join(path, 'model.json'));
    }, folder),
    ...['../outside.bin', '/etc/passwd', '/dev/zero', 'a\\u0000b', '.', '', '__proto__', bin.name.toUpperCase()].map((path) => () => (
      { name: `the shipped model with its weights at "${path}"`, model: folder, files: withPath(path), rule: 'refused' } as const)),
  ];
  return dice.pick(makers)();
}

function pipe(path: string): Promise<void> {
  spawnSync('mkfifo', [path]);
  return Promise.resolve();
}

/** @returns the model's path */
async function putTrial(folder: string, { model, files, prepare }: Trial): Promise<string> {
  const path = pathIn(folder, model.keras);
  if (!prepare) return put(folder, files);
  await mkdir(folder, { recursive: true });
  await rm(path, { recursive: true, force: true });
  await prepare(path);
  return path;
}

async function put(folder: string, files: Record<string, Buffer>): Promise<string> {
  const keras = 'model.keras' in files;
  await mkdir(keras ? folder : join(folder, 'model'), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, keras ? name : join('model', name)), bytes);
  return pathIn(folder, keras);
}

function pathIn(folder: string, keras: boolean): string {
  return join(folder, keras ? 'model.keras' : 'model');
}

async function kerasModel(path: string): Promise<Model> {
  return { name: path.split('/').at(-1) ?? '', files: { 'model.keras': await readFile(path) }, keras: true, predictions: [] };
}

async function folderModel(path: string): Promise<Model> {
  const names = (await readdir(path)).filter((name) => /\.(json|bin)$/.test(name));
  return { name: 'the shipped model', files: Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name))] as const))), keras: false, predictions: [] };
}

/** model.json and the weights of a folder. */
function partsOf({ files }: Model): [json: Buffer, weights: { name: string; data: Buffer }] {
  const name = Object.keys(files).find((each) => each.endsWith('.bin')) ?? '';
  return [files['model.json'], { name, data: files[name] }];
}

function zip(parts: Zippable, level: 0 | 9 = 0): Buffer {
  return Buffer.from(zipSync(parts, { level }));
}
