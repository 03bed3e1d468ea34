import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataSetError, packedOrNot, readLabelledDigits, type LabelledDigits } from '../../data/idx';
import { findIdxPairs, type IdxPair } from '../../data/idx-folder';
import { looksLikeDigit } from '../synthesis/look-alikes';
import { subset } from './split';
import { toDigit } from '../synthesis/strokes';
import { DIGIT_PIXELS, DIGIT_SIZE, NOT_A_DIGIT } from '../../digit';

/** What a picture is for: to train with; to choose the best epoch by and to calibrate; or kept, to measure with. */
export type Part = 'train' | 'choose' | 'measure';

/** A data set beside MNIST; what is kept of it to measure with has no part in a training. */
export interface FurtherSet {
  name: string;
  /** What it is, by whom, and its licence. */
  credit: string;
  /** What is kept. */
  kept: string;
  parts: Record<Part, LabelledDigits>;
}

/** Digits by other hands; letters, which are no digits; and shapes of drawn pages, which are either. */
export interface FurtherSets {
  hands: FurtherSet[];
  letters: FurtherSet[];
  pages: FurtherSet[];
}

/** The sets of digits that are trained with: all others only measure. */
const HANDS = new Map([
  [
    'pendigits-30',
    'digits by writers from Turkey, written on a tablet (Alpaydin, Alimoglu 1998: "Pen-Based\n  ' +
      'Recognition of Handwritten Digits", UCI; CC BY 4.0)',
  ],
  ['femnist', "digits of NIST's forms (Special Database 19; public domain)"],
]);

const LETTERS = new Map([
  ['letters-nist-az', "capitals of NIST's forms (Special Database 19; public domain)"],
  ['letters-omniglot-latin', 'small letters by twenty people (Lake, Salakhutdinov, Tenenbaum 2015: Omniglot; MIT)'],
  ['other-writing-omniglot', 'characters of seven other alphabets by twenty people (Omniglot; MIT)'],
]);

/**
 * Reads the digits of a folder that are by other hands, `pendigits-30` and `femnist`, as they are there. Where
 * NAME-writers.csv tells who wrote each, a third of the writers is kept.
 * @throws (rejects) DataSetError
 */
export async function readHands(folder: string): Promise<FurtherSet[]> {
  const pairs = (await findIdxPairs(folder)).flatMap((pair) => {
    const credit = HANDS.get(pair.name);
    return credit === undefined ? [] : [{ ...pair, credit }];
  });
  if (pairs.length === 0) {
    const known = [...HANDS.keys()].join(', ');
    throw new DataSetError(`${folder}: expected data sets of further hands (${known}), got none`);
  }
  return Promise.all(
    pairs.map(async ({ name, credit, images, labels }) => {
      const digits = await readLabelledDigits(images, labels);
      const base = { name, credit };
      const writersFile = packedOrNot(join(folder, `${name}-writers.csv`));
      if (!existsSync(writersFile)) {
        return { ...base, kept: 'every second digit; who wrote them is not known', parts: parted(digits, partOfNth) };
      }
      const writers = await readWriters(writersFile, digits.labels.length);
      const parts = partWriters(writers);
      const partOfEach = writers.map((writer) => parts.get(writer));
      const kept = [...parts.keys()].filter((writer) => parts.get(writer) === 'measure').sort();
      return {
        ...base,
        kept: `all by ${kept.length} of the ${parts.size} writers: ${kept.join(', ')}`,
        parts: parted(digits, (i) => partOfEach.at(i)),
      };
    }),
  );
}

/**
 * Reads letters, by their ASCII codes, and other writing, 255. Those that look like digits are left out.
 * @throws (rejects) DataSetError
 */
export async function readLetters(folder: string): Promise<FurtherSet[]> {
  const pairs = await findIdxPairs(folder);
  if (pairs.length === 0) throw new DataSetError(`${folder}: expected data sets of letters, got none`);
  return Promise.all(
    pairs.map(async ({ name, images, labels }: IdxPair) => {
      const letters = await readLabelledDigits(images, labels, 255);
      const parts = parted(letters, (i, code) =>
        looksLikeDigit(pictureAt(letters, i), code) ? undefined : partOfLetter(i),
      );
      for (const part of Object.values(parts)) part.labels.fill(NOT_A_DIGIT);
      return { name, credit: LETTERS.get(name) ?? name, kept: 'every tenth', parts };
    }),
  );
}

/** The name of the set of pages' shapes. */
export const PAGES = 'pages';

/**
 * Reads shapes of drawn pages as the steps of the camera's digits give them: 0 to 9, or 10 for what is none.
 * @throws (rejects) DataSetError
 */
export async function readPages(folder: string): Promise<FurtherSet[]> {
  const pair = (await findIdxPairs(folder)).find(({ name }) => name === PAGES);
  if (!pair) throw new DataSetError(`${folder}: expected a data set named ${PAGES}, got none`);
  const shapes = await readLabelledDigits(pair.images, pair.labels, NOT_A_DIGIT);
  const places = [...shapes.labels.keys()];
  const isChoosing = (i: number): boolean => i % ONE_CHOOSES === 0;
  const parts = {
    train: subset(
      shapes,
      places.filter((i) => !isChoosing(i)),
    ),
    choose: subset(shapes, places.filter(isChoosing)),
    measure: subset(shapes, []),
  };
  return [{ name: PAGES, credit: "shapes of the project's own drawn pages", kept: 'none', parts }];
}

/** Of all sets what is for one part. */
export function partOf(sets: readonly FurtherSet[], part: Part): LabelledDigits {
  const digits = sets.map(({ parts }) => parts[part]);
  return {
    images: Buffer.concat(digits.map(({ images }) => images)),
    labels: Buffer.concat(digits.map(({ labels }) => labels)),
  };
}

/**
 * Parts writers by what their names hash to, so that more of them leave the others where they are for the most part: a
 * third is kept, a fifteenth chooses.
 */
export function partWriters(writers: readonly string[]): Map<string, Part> {
  const hash = (writer: string): string => createHash('sha256').update(writer).digest('hex');
  const hashed = [...new Set(writers)].map((writer) => ({ writer, hash: hash(writer) }));
  const order = hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const kept = Math.round(order.length / 3);
  const choosing = Math.ceil(order.length / 15);
  const partAt = (i: number): Part => (i < kept ? 'measure' : i < kept + choosing ? 'choose' : 'train');
  return new Map(order.map(({ writer }, i) => [writer, partAt(i)]));
}

/** Of pages' shapes one in so many chooses: there are very many. */
const ONE_CHOOSES = 50;

/** Half is kept; of the other half a tenth chooses. */
const partOfNth = (i: number): Part => (i % 2 === 1 ? 'measure' : i % 20 === 0 ? 'choose' : 'train');

/** Twenty people wrote each character of Omniglot, one after the other: so the hands are parted too. */
const partOfLetter = (i: number): Part => (i % 10 === 9 ? 'measure' : i % 10 === 4 ? 'choose' : 'train');

function parted(
  digits: LabelledDigits,
  of: (i: number, label: number) => Part | undefined,
): Record<Part, LabelledDigits> {
  const places: Record<Part, number[]> = { train: [], choose: [], measure: [] };
  for (const [i, label] of digits.labels.entries()) {
    const part = of(i, label);
    if (part) places[part].push(i);
  }
  return {
    train: rendered(subset(digits, places.train)),
    choose: rendered(subset(digits, places.choose)),
    measure: subset(digits, places.measure),
  };
}

/**
 * As what is drawn and what MNIST has: every second one normalised by the steps of the camera's digits, the others
 * only moved to the middle. Were letters made otherwise than digits, a network would learn to tell the two ways apart.
 */
function rendered(digits: LabelledDigits): LabelledDigits {
  for (let i = 0; i < digits.labels.length; i++) {
    const image = pictureAt(digits, i);
    image.set(i % 2 === 0 ? toDigit({ data: image, width: DIGIT_SIZE, height: DIGIT_SIZE }) : centred(image));
  }
  return digits;
}

/** Moved by whole pixels, so that the centre of mass lies in the middle, unless ink would leave the picture. */
export function centred(image: Uint8Array): Uint8Array {
  let mass = 0;
  let x = 0;
  let y = 0;
  image.forEach((value, i) => {
    mass += value;
    x += value * ((i % DIGIT_SIZE) + 0.5);
    y += value * (Math.floor(i / DIGIT_SIZE) + 0.5);
  });
  const out = new Uint8Array(DIGIT_PIXELS);
  const right = Math.round(DIGIT_SIZE / 2 - x / mass);
  const down = Math.round(DIGIT_SIZE / 2 - y / mass);
  for (const [i, value] of image.entries()) {
    if (value === 0) continue;
    const column = (i % DIGIT_SIZE) + right;
    const row = Math.floor(i / DIGIT_SIZE) + down;
    if (column < 0 || column >= DIGIT_SIZE || row < 0 || row >= DIGIT_SIZE) return image;
    out[row * DIGIT_SIZE + column] = value;
  }
  return out;
}

function pictureAt({ images }: LabelledDigits, i: number): Uint8Array {
  return images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS);
}

/** A head, and then a name for each digit. */
async function readWriters(file: string, count: number): Promise<string[]> {
  const bytes = await readFile(file);
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = isPacked ? gunzipSync(bytes, { maxOutputLength: 2 ** 28 }) : bytes;
  const writers = text
    .toString('utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.trim());
  if (writers.length !== count) {
    throw new DataSetError(`${file}: expected a writer for each of ${count} digits, got ${writers.length}`);
  }
  return writers;
}
