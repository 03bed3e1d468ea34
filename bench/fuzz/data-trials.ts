// Data files and folders that are damaged, odd or far too large.
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink, truncate as resize, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { DataSet } from '../../lib/data/data-set';
import { loadDataSet } from '../../lib/data/sources';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';
import { idx } from '../../support/made-files';
import { notFinite } from './checks';
import type { Dice } from './dice';
import { mutate } from './mutate';
import { STRINGS } from './values';

/** What lies in a folder: bytes, or what makes something that is no file. */
export type Files = Record<string, Buffer | ((path: string) => unknown)>;

export interface Trial {
  name: string;
  files: Files;
  /** What reads it; answers with what is wrong with the result. */
  use: (folder: string) => Promise<string | undefined>;
  /** It has to be refused; or has to be read, and be these digits. */
  rule?: 'refused' | 'read' | undefined;
  /** Whether the file system's own errors are among those that may come. */
  anyClass?: boolean;
}

const COUNT = 40;
export const DRAWN = Array.from({ length: COUNT }, (_, i) => drawDigit(new Random(2, i)));
const IMAGES = Buffer.concat(DRAWN.map(({ image }) => Buffer.from(image)));
const LABELS = Uint8Array.from(DRAWN, ({ label }) => label);
const IMAGES_FILE = idx(2051, [COUNT, 28, 28], IMAGES);
const LABELS_FILE = idx(2049, [COUNT], LABELS);

export function setProblem(set: DataSet): string | undefined {
  if (set.size < 1 || set.images.length !== 784 * set.size)
    return `${set.images.length} bytes of pictures for ${set.size} labels`;
  const wrong = set.labels.find((label) => label > 10);
  return wrong === undefined ? notFinite(set.toJSON()) : `a label of ${wrong}`;
}

function sameDigits(set: DataSet): string | undefined {
  return (
    setProblem(set) ??
    (Buffer.from(set.images).equals(IMAGES) && Buffer.from(set.labels).equals(Buffer.from(LABELS))
      ? undefined
      : 'other digits than were written')
  );
}

/** One of a pair of IDX files, read as such a pair unless it says otherwise. */
type IdxTrial = Omit<Trial, 'use'> & { use?: Trial['use'] };

const loadIdx = (folder: string): Promise<DataSet> => loadDataSet({ kind: 'idx', folder, part: 'test' });
const readsSame = async (folder: string): Promise<string | undefined> => sameDigits(await loadIdx(folder));

const pair = (images: Files[string], labels: Files[string] = LABELS_FILE, ending = ''): Files => ({
  [`t10k-images-idx3-ubyte${ending}`]: images,
  [`t10k-labels-idx1-ubyte${ending}`]: labels,
});
const header = (sizes: number[], magic = 2051): Buffer => idx(magic, sizes, IMAGES);

/** What is tried, and how often. */
const IDX_MAKERS: readonly [number, (dice: Dice) => IdxTrial][] = [
  [
    8,
    (dice) => {
      // One flipped pixel is another picture, and nothing tells.
      const { bytes, how } = mutate(IMAGES_FILE, dice);
      return {
        name: `IDX of pictures, ${how}`,
        files: pair(bytes),
        rule: bytes.length === IMAGES_FILE.length ? undefined : 'refused',
      };
    },
  ],
  [
    4,
    (dice) => {
      const { bytes, how } = mutate(LABELS_FILE, dice);
      return {
        name: `IDX of labels, ${how}`,
        files: pair(IMAGES_FILE, bytes),
        rule: bytes.length === LABELS_FILE.length ? undefined : 'refused',
      };
    },
  ],
  [
    6,
    (dice) => {
      const whole = gzipSync(IMAGES_FILE);
      const { bytes, how } = mutate(whole, dice);
      return {
        name: `packed IDX of pictures, ${how}`,
        files: pair(bytes, gzipSync(LABELS_FILE), '.gz'),
        use: readsSame,
      };
    },
  ],
  [
    2,
    (dice) => {
      const sizes = dice.pick([
        [0, 28, 28],
        [0xffffffff, 28, 28],
        [COUNT, 0, 28],
        [COUNT, 27, 28],
        [2 ** 31, 2 ** 31, 2 ** 31],
        [COUNT * 28, 1, 28],
        [1, COUNT * 28, 28],
        [COUNT + 1, 28, 28],
        [COUNT, 28, 28, 1],
      ]);
      return {
        name: `IDX of ${sizes.join(' × ')} that has ${COUNT} pictures`,
        files: pair(header(sizes)),
        rule: 'refused',
      };
    },
  ],
  [
    1,
    (dice) => ({
      name: 'IDX of another magic number',
      files: pair(header([COUNT, 28, 28], dice.pick([0, 2049, 2052, 0x0b03, 0x0d03, 0xffffffff]))),
      rule: 'refused',
    }),
  ],
  [
    1,
    (dice) => ({
      name: 'IDX with labels above 9',
      files: pair(
        IMAGES_FILE,
        idx(
          2049,
          [COUNT],
          LABELS.map((label) => label + dice.pick([10, 200])),
        ),
      ),
      rule: 'refused',
    }),
  ],
  [
    1,
    () => ({
      name: 'IDX packed twice',
      files: pair(gzipSync(gzipSync(IMAGES_FILE)), gzipSync(LABELS_FILE), '.gz'),
      rule: 'refused',
    }),
  ],
  [
    1,
    () => ({
      name: 'IDX packed, in two pieces of gzip',
      files: pair(
        Buffer.concat([gzipSync(IMAGES_FILE.subarray(0, 900)), gzipSync(IMAGES_FILE.subarray(900))]),
        gzipSync(LABELS_FILE),
        '.gz',
      ),
      use: readsSame,
    }),
  ],
  [
    1,
    () => ({
      name: 'zeros that unpack to 1.2 GB',
      files: pair(gzipBomb(), gzipSync(LABELS_FILE), '.gz'),
      rule: 'refused',
    }),
  ],
  [
    1,
    () => ({
      name: 'IDX that unpacks to 1.2 GB',
      files: pair(gzipBomb(IMAGES_FILE), gzipSync(LABELS_FILE), '.gz'),
      rule: 'refused',
    }),
  ],
  [
    1,
    () => ({
      name: 'no IDX but a file of 5 GB that has nothing in it',
      files: pair((path) => writeFile(path, IMAGES_FILE).then(() => resize(path, 5e9))),
      rule: 'refused',
    }),
  ],
  [1, () => ({ name: 'a named pipe in place of IDX', files: pair(pipe), rule: 'refused' })],
  [1, () => ({ name: 'a folder in place of IDX', files: pair((path) => mkdir(path)), rule: 'refused' })],
  [
    1,
    () => ({ name: 'a link to itself in place of IDX', files: pair((path) => symlink(path, path)), rule: 'refused' }),
  ],
  [
    1,
    () => ({
      name: 'IDX that may not be read',
      files: pair((path) => writeFile(path, IMAGES_FILE).then(() => chmod(path, 0))),
    }),
  ],
  [
    1,
    () => ({
      name: 'good IDX',
      files: pair(IMAGES_FILE),
      rule: 'read',
      use: readsSame,
    }),
  ],
  [
    1,
    () => ({
      name: 'good IDX, packed',
      files: pair(gzipSync(IMAGES_FILE), gzipSync(LABELS_FILE), '.gz'),
      rule: 'read',
      use: readsSame,
    }),
  ],
  [
    1,
    (dice) => ({
      name: 'IDX under the name of another pair',
      files: {
        [`${dice.pick(STRINGS).replaceAll(/[/\0]/g, '_').slice(0, 200)}-images-idx3-ubyte`]: IMAGES_FILE,
        'other-labels-idx1-ubyte': LABELS_FILE,
      },
    }),
  ],
];

/** A pair of IDX files, one of which is changed. */
export function idxTrial(dice: Dice): Trial {
  return { use: async (folder) => setProblem(await loadIdx(folder)), ...dice.weighted(IDX_MAKERS)(dice) };
}

const bombs: Partial<Record<string, Buffer>> = {};
/** 1.2 MB of gzip that unpack to a thousand times as much. */
export function gzipBomb(begin: Buffer = Buffer.alloc(0)): Buffer {
  return (bombs[begin.length] ??= Buffer.concat([
    gzipSync(begin),
    ...Array<Buffer>(12).fill(gzipSync(Buffer.alloc(1e8))),
  ]));
}

export function pipe(path: string): void {
  spawnSync('mkfifo', [path]);
}
