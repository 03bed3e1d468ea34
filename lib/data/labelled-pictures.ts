import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { wholesOf } from '../classify/separated';
import type { ExtractedDigit } from '../extract/digit';
import { digitPicture, isDigitSized } from '../extract/digit-picture';
import { decodePicture } from '../pictures/decode';
import { PictureError } from '../pictures/picture';
import { acquireInk, type InkReader } from '../ink/ink';
import { DataSetError, type LabelledDigits } from './idx';
import { EXPECTED_PICTURES, findLabelledPictures, type LabelledPicture, type SkippedPicture } from './picture-labels';
import { DIGIT_PIXELS } from '../digit';

export interface LabelledPicturesOptions {
  signal?: AbortSignal | undefined;
  /** @param total of the pictures that were found */
  onProgress?: ((read: number, total: number) => void) | undefined;
}

/** Pictures in work at a time: as many as keep the threads busy, few enough to leave the others some. */
const AT_ONCE = 4;

/** Larger files are skipped, bytes. */
const MAX_BYTES = 96 * 2 ** 20;

/** What is less than this high beside the tallest shape of a picture, as a share, is taken for a speck or a crumb. */
const LIKE_SIZE = 0.5;

/** So many skipped pictures are named in an error. */
const NAMED = 3;

/**
 * Reads a folder of labelled pictures; see `findLabelledPictures` for where their labels stand. A picture of 28×28
 * pixels is taken for a digit as it is, dark ink on light paper turned round; any other goes through the steps that the
 * camera's take.
 *
 * @returns the digits by label and then by name, and the pictures that could not be used
 * @throws (rejects) DataSetError where the folder cannot be read or none of its pictures can be used; the signal's
 *   reason where that is aborted
 */
export async function readLabelledPictures(
  folder: string,
  { signal, onProgress }: LabelledPicturesOptions = {},
): Promise<{ digits: LabelledDigits; skipped: SkippedPicture[] }> {
  const { pictures, skipped } = await findLabelledPictures(folder, signal);
  const images = new Uint8Array(pictures.length * DIGIT_PIXELS);
  const labels = new Uint8Array(pictures.length);
  const unusable = new Map<number, SkippedPicture>();
  const ink = acquireInk();
  try {
    const waiting = oneByOne(pictures.entries());
    let read = 0;
    const work = async (): Promise<void> => {
      for (const [i, { file }] of waiting) {
        signal?.throwIfAborted();
        const found = await readPicture(ink, join(folder, file));
        if (typeof found === 'string') unusable.set(i, { file, reason: found });
        else images.set(found, i * DIGIT_PIXELS);
        onProgress?.(++read, pictures.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await ink.release();
  }
  const count = await closeGaps(pictures, unusable, images, labels);
  for (const [, picture] of [...unusable].sort(([a], [b]) => a - b)) skipped.push(picture);
  if (count === 0) throw new DataSetError(`${folder}: ${EXPECTED_PICTURES}, got ${whatCame(skipped)}`);
  return { digits: { images: images.subarray(0, count * DIGIT_PIXELS), labels: labels.subarray(0, count) }, skipped };
}

/** To be shared by several: a loop that is left early closes it for all of them. */
function* oneByOne<T>(items: Iterable<T>): Generator<T> {
  yield* items;
}

/** @returns 784 bytes, or why there are none */
async function readPicture(ink: InkReader, file: string): Promise<Uint8Array | string> {
  try {
    const { size } = await stat(file);
    if (size === 0) return 'it is empty';
    if (size > MAX_BYTES) return `it is larger than ${MAX_BYTES / 2 ** 20} MB`;
    const { picture, width, height } = await decodePicture(await readFile(file));
    if (isDigitSized({ width, height })) return onlyDigit(digitPicture(picture));
    return onlyDigit(await ink.extract(await ink.threshold(picture)));
  } catch (error) {
    // What decoding says to people who send Buffers means little to those who have files.
    if (error instanceof PictureError)
      return /in no picture format/.test(error.message) ? 'it is in no picture format that is known' : error.message;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `it cannot be read (${code})`;
  }
}

/** The one digit of a picture: the only shape, or the only one that is not much lower than the tallest. */
function onlyDigit(digits: readonly ExtractedDigit[]): Uint8Array | string {
  const tallest = digits.reduce((height, { box }) => Math.max(height, box.height), 0);
  const tall = digits.filter(({ box }) => box.height >= tallest * LIKE_SIZE);
  // What could be several digits that touch is one here: it has one label.
  const only = onlyOne(tall) ?? (tall.every(({ whole }) => whole !== undefined) ? onlyOne(wholesOf(tall)) : undefined);
  if (only) return only.image;
  return tall.length === 0 ? 'no digit was found in it' : `expected one digit in it, got ${tall.length}`;
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items.at(0) : undefined;
}

/** Moves the pictures that could be used together, with their labels, and counts them. */
async function closeGaps(
  pictures: LabelledPicture[],
  unusable: ReadonlyMap<number, unknown>,
  images: Uint8Array,
  labels: Uint8Array,
): Promise<number> {
  let count = 0;
  for (const [i, { label }] of pictures.entries()) {
    if (i % 4096 === 0) await setImmediate();
    if (unusable.has(i)) continue;
    if (count < i) images.copyWithin(count * DIGIT_PIXELS, i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS);
    labels[count++] = label;
  }
  return count;
}

function whatCame(skipped: SkippedPicture[]): string {
  if (skipped.length === 0) return 'none';
  const named = skipped
    .slice(0, NAMED)
    .map(({ file, reason }) => `${file} (${reason})`)
    .join(', ');
  return `only what cannot be used: ${named}${skipped.length > NAMED ? ` and ${skipped.length - NAMED} more` : ''}`;
}
