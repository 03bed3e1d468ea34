import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Classifier } from '../../lib/engine/classifier';
import type { Reading } from '../../lib/classify/reading';
import { thresholdFor, type Threshold } from '../../lib/evaluate/threshold';
import { FILTER_DEFAULTS } from '../../lib/filter/filter';
import { decodePicture } from '../../lib/pictures/decode';
import type { RawPicture } from '../../lib/pictures/picture';
import { readText } from '../../lib/pipeline/reader';
import { acquireInk } from '../../lib/ink/ink';
import { union } from '../../lib/extract/boxes';
import type { Field } from '../scenes/field';
import { isRight, readPhotoLabels, type LabelledPhoto, type PhotoResult } from './photos';
import { byteOf, VARIANTS } from './variants';
import { NOT_A_DIGIT } from '../../lib/digit';

export interface PhotoOptions {
  /** Which photographs, by their place in the list; default: all. */
  only?: (photo: LabelledPhoto, index: number) => boolean;
  onProgress?: (done: number, total: number) => void;
}

/** Labelled photographs through every step, with the default settings. */
export async function evaluatePhotos(
  classifier: Classifier,
  folder: string,
  { only = () => true, onProgress }: PhotoOptions = {},
): Promise<PhotoResult[]> {
  const ink = acquireInk();
  try {
    const results: PhotoResult[] = [];
    const photos = (await readPhotoLabels(folder)).filter(only);
    for (const photo of photos) {
      const { reading } = await readText(ink, classifier, await readFile(join(folder, photo.path)));
      results.push({ ...photo, text: textOf(reading), confidence: reading.confidence, accepted: isAccepted(reading) });
      onProgress?.(results.length, photos.length);
    }
    return results;
  } finally {
    await ink.release();
  }
}

/** What became of photographs that are read right when another camera, hand or light gives them. */
export interface VariantFigures {
  photographs: number;
  right: number;
  acceptedButWrong: number;
}

/**
 * Reads photographs of digits again in every variant, those that are read right as they are.
 * @returns figures by variant
 */
export async function evaluateVariants(
  classifier: Classifier,
  folders: readonly string[],
  onProgress?: (done: number, total: number) => void,
): Promise<Record<string, VariantFigures>> {
  const ink = acquireInk();
  const tried = Object.entries(VARIANTS).map(([name, vary]) => ({
    name,
    vary,
    own: { photographs: 0, right: 0, acceptedButWrong: 0 },
  }));
  try {
    const photos: (LabelledPhoto & { folder: string })[] = [];
    for (const folder of folders) {
      const own = (await readPhotoLabels(folder)).filter(({ kind }) => kind !== 'negative');
      photos.push(...own.map((photo) => ({ ...photo, folder })));
    }
    for (const [i, { folder, path, label }] of photos.entries()) {
      const { picture } = await decodePicture(await readFile(join(folder, path)));
      const { reading } = await readText(ink, classifier, picture);
      if (textOf(reading) === label) {
        const digits = reading.digits.map(({ box }) => box).reduce((a, b) => union(a, b));
        for (const { vary, own } of tried) {
          const field = { width: picture.width, height: picture.height, data: Float32Array.from(picture.data) };
          const changed = asPicture(await vary({ field, digits }));
          const again = await readText(ink, classifier, changed);
          const isSame = textOf(again.reading) === label;
          own.photographs++;
          if (isSame) own.right++;
          else if (isAccepted(again.reading)) own.acceptedButWrong++;
        }
      }
      onProgress?.(i + 1, photos.length);
    }
    return Object.fromEntries(tried.map(({ name, own }) => [name, own]));
  } finally {
    await ink.release();
  }
}

function asPicture({ width, height, data }: Field): RawPicture {
  return { data: Uint8Array.from(data, byteOf), width, height, channels: 1 };
}

/** Without white space. */
function textOf({ text }: Reading): string {
  return text.replace(/\s/g, '');
}

/** By the filter with its default settings. */
function isAccepted({ text, confidence }: Reading): boolean {
  return text !== '' && confidence >= FILTER_DEFAULTS.minimumConfidence;
}

/**
 * The least confidence in the filter with which `precision` of the photographs' readings that pass are right to the
 * last digit.
 */
export function photoThreshold(results: readonly PhotoResult[], precision: number): Threshold {
  const right = 1;
  const wrong = 0;
  const judgements = results.map((result) => ({
    read: result.text === '' ? NOT_A_DIGIT : isRight(result) ? right : wrong,
    confidence: result.confidence,
  }));
  return thresholdFor(
    judgements,
    results.map(() => right),
    precision,
  );
}
