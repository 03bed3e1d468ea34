// Model files, damaged and hostile ones.
import { spawnSync } from 'node:child_process';
import { mkdir, symlink, truncate as resize, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import type { Prediction } from '../../lib/engine/classifier';
import type { Dice } from './dice';
import { mutateJson } from './json';
import { mutate } from './mutate';

/** A model as its files: one of Keras, or those of a folder. */
export interface Model {
  name: string;
  files: Record<string, Buffer>;
  keras: boolean;
  predictions: Prediction[];
}

/** What is tried in place of a model. */
export interface Trial {
  name: string;
  model: Model;
  /** Its files, changed. */
  files: Record<string, Buffer>;
  /** What may be said where it is loaded all the same: it has to read as before, or must not be loaded at all. */
  rule?: 'same' | 'refused' | undefined;
  /** Makes what is no file. */
  prepare?: (path: string) => Promise<void>;
}

/** What models are made of. */
interface Models {
  /** The one in a folder. */
  shipped: Model;
  /** Chooses one of Keras. */
  kerases: (dice: Dice) => Model;
}

const TRIALS: Record<(typeof KINDS)[number][1], (dice: Dice, models: Models) => Trial> = {
  weights(dice, { shipped }) {
    const name = Object.keys(shipped.files).find((each) => each.endsWith('.bin')) ?? '';
    const { bytes, how } = mutate(shipped.files[name]!, dice);
    return {
      name: `weights of the shipped model, ${how}`,
      model: shipped,
      files: { ...shipped.files, [name]: bytes },
      rule: bytes.equals(shipped.files[name]!) ? 'same' : 'refused',
    };
  },
  badNumbers(dice, { shipped }) {
    // Under a name that tells no checksum.
    const [json, bin] = partsOf(shipped);
    const weights = Buffer.from(bin.data);
    const value = dice.pick([NaN, Infinity, -Infinity]);
    const count = dice.pick([1, 10, 1000]);
    for (let i = 0; i < count; i++) weights.writeFloatLE(value, 4 * dice.whole(0, weights.length / 4 - 1));
    const files = {
      'model.json': Buffer.from(json.toString().replace(bin.name, 'weights.bin')),
      'weights.bin': weights,
    };
    return {
      name: `weights of the shipped model without a checksum, ${count} of them ${value}`,
      model: shipped,
      files,
      rule: 'refused',
    };
  },
  json(dice, { shipped }) {
    const { value, how } = mutateJson(JSON.parse(shipped.files['model.json']!.toString()), dice);
    return {
      name: `model.json of the shipped model, ${how}`,
      model: shipped,
      files: { ...shipped.files, 'model.json': Buffer.from(JSON.stringify(value)) },
    };
  },
  jsonBytes(dice, { shipped }) {
    const { bytes, how } = mutate(shipped.files['model.json']!, dice);
    return {
      name: `model.json of the shipped model, ${how}`,
      model: shipped,
      files: { ...shipped.files, 'model.json': bytes },
    };
  },
  archive(dice, { kerases }) {
    const model = kerases(dice);
    const { bytes, how } = mutate(model.files['model.keras']!, dice, kerases(dice).files['model.keras']);
    // Every part has its CRC-32 in the archive.
    return { name: `${model.name}, ${how}`, model, files: { 'model.keras': bytes }, rule: 'same' };
  },
  config(dice, { kerases }) {
    const model = kerases(dice);
    const parts = unzipSync(model.files['model.keras']!);
    const part = dice.weighted([
      [9, 'config.json'],
      [1, 'metadata.json'],
    ] as const);
    const { value, how } = mutateJson(JSON.parse(Buffer.from(parts[part]!).toString()), dice);
    return {
      name: `${part} of ${model.name}, ${how}`,
      model,
      files: { 'model.keras': zip({ ...parts, [part]: Buffer.from(JSON.stringify(value)) }) },
    };
  },
  kerasWeights(dice, { kerases }) {
    const model = kerases(dice);
    const parts = unzipSync(model.files['model.keras']!);
    const h5 = Buffer.from(parts['model.weights.h5']!);
    const value = dice.pick([NaN, Infinity, -Infinity]);
    const numbers = dice.chance(0.5);
    // Arrays of numbers lie behind one another, so that many in a row are sure to hit some.
    if (numbers)
      for (let i = 0, at = 4 * dice.whole(Math.floor(h5.length / 16), Math.floor(h5.length / 4) - 600); i < 500; i++)
        h5.writeFloatLE(value, at + 4 * i);
    const { bytes, how } = numbers ? { bytes: h5, how: `500 numbers of it ${value}` } : mutate(h5, dice);
    return {
      name: `model.weights.h5 of ${model.name}, ${how}`,
      model,
      files: { 'model.keras': zip({ ...parts, 'model.weights.h5': bytes }) },
    };
  },
  odd: (dice, { shipped, kerases }) => oddModel(dice, kerases(dice), shipped),
};

const KINDS = [
  [2, 'weights'],
  [1, 'badNumbers'],
  [3, 'json'],
  [1, 'jsonBytes'],
  [3, 'archive'],
  [5, 'config'],
  [2, 'kerasWeights'],
  [2, 'odd'],
] as const;

/**
 * @param shipped the model in a folder
 * @param kerases chooses one of Keras
 */
export function makeTrial(dice: Dice, shipped: Model, kerases: (dice: Dice) => Model): Trial {
  return TRIALS[dice.weighted(KINDS)](dice, { shipped, kerases });
}

type Makers = (() => Trial)[];

/** .keras files with something odd in them. */
function oddArchives(keras: Model, parts: Zippable): Makers {
  const zipped = (name: string, more: Zippable, level: 0 | 9 = 0): Trial => ({
    name: `${keras.name} with ${name}`,
    model: keras,
    files: { 'model.keras': zip({ ...parts, ...more }, level) },
  });
  return [
    () => zipped('a file for another folder', { '../../outside.txt': Buffer.from('x') }),
    () =>
      zipped(
        '1,000 more files',
        Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}.txt`, Buffer.from('x')])),
      ),
    () => zipped('a description that unpacks to 60 MB', { 'config.json': Buffer.alloc(6e7, 32) }, 9),
    () => zipped('weights that unpack to 60 MB', { 'model.weights.h5': Buffer.alloc(6e7) }, 9),
    () => zipped('weights that unpack to 300 MB', { 'model.weights.h5': Buffer.alloc(3e8) }, 9),
    () => zipped('no weights', { 'model.weights.h5': Buffer.alloc(0) }),
    () =>
      zipped('a description of 20,000 nested arrays', {
        'config.json': Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)),
      }),
  ];
}

/** Files that are called .keras and are something else. */
function oddFiles(dice: Dice, keras: Model, weights: Uint8Array): Makers {
  const file = (name: string, bytes: Buffer): Trial => ({
    name,
    model: keras,
    files: { 'model.keras': bytes },
    rule: 'refused',
  });
  return [
    () => file('an empty .keras file', Buffer.alloc(0)),
    () => file('a .keras file of zeros', Buffer.alloc(100_000)),
    () => file('HDF5 under the name of a .keras file', Buffer.from(weights)),
    () => file('random bytes under the name of a .keras file', dice.bytes(5000)),
  ];
}

/** What is no file, in place of a model or a part of it. */
function oddPlaces(keras: Model, folder: Model): Makers {
  const made = (name: string, prepare: (path: string) => Promise<void>, model = keras): Trial => ({
    name,
    model,
    files: {},
    prepare,
    rule: 'refused',
  });
  return [
    () =>
      made('a folder in place of a .keras file', async (path) => {
        await mkdir(path, { recursive: true });
      }),
    () => made('a link to itself', (path) => symlink(path, path)),
    () => made('a link to nothing', (path) => symlink(`${path}.gone`, path)),
    () => made('a named pipe', pipe),
    () =>
      made('a .keras file of 5 GB that has nothing in it', async (path) => {
        await writeFile(path, '');
        await resize(path, 5e9);
      }),
    () =>
      made(
        'an empty folder',
        async (path) => {
          await mkdir(path, { recursive: true });
        },
        folder,
      ),
    () =>
      made(
        'a named pipe for its description',
        async (path) => {
          await mkdir(path, { recursive: true });
          await pipe(join(path, 'model.json'));
        },
        folder,
      ),
  ];
}

/** The model in a folder, which says that its weights lie elsewhere. */
function oddWeightPaths(folder: Model): Makers {
  const [json, bin] = partsOf(folder);
  const withPath = (path: string): Record<string, Buffer> => ({
    ...folder.files,
    'model.json': Buffer.from(json.toString().replace(bin.name, path)),
  });
  return ['../outside.bin', '/etc/passwd', '/dev/zero', 'a\\u0000b', '.', '', '__proto__', bin.name.toUpperCase()].map(
    (path) => () =>
      ({
        name: `the shipped model with its weights at "${path}"`,
        model: folder,
        files: withPath(path),
        rule: 'refused',
      }) as const,
  );
}

function oddModel(dice: Dice, keras: Model, folder: Model): Trial {
  const parts = unzipSync(keras.files['model.keras']!);
  const makers = [
    ...oddArchives(keras, parts),
    ...oddFiles(dice, keras, parts['model.weights.h5']!),
    ...oddPlaces(keras, folder),
    ...oddWeightPaths(folder),
  ];
  return dice.pick(makers)();
}

function pipe(path: string): Promise<void> {
  spawnSync('mkfifo', [path]);
  return Promise.resolve();
}

/** model.json and the weights of a folder. */
function partsOf({ files }: Model): [json: Buffer, weights: { name: string; data: Buffer }] {
  const name = Object.keys(files).find((each) => each.endsWith('.bin')) ?? '';
  return [files['model.json']!, { name, data: files[name]! }];
}

function zip(parts: Zippable, level: 0 | 9 = 0): Buffer {
  return Buffer.from(zipSync(parts, { level }));
}
