import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import type { Classifier } from '../../lib/classify/classifier';
import { NOT_A_DIGIT } from '../../lib/classify/prediction';
import { thresholdFor, type Threshold } from '../../lib/evaluate/threshold';
import { FILTER_DEFAULTS } from '../../lib/filter/filter';
import { loadSharp } from '../../lib/pictures/decode';
import { readText } from '../../lib/reader';
import { acquireInk } from '../../lib/workers/ink';
import { isRight, readPhotoLabels, type LabelledPhoto, type PhotoResult } from './photos';

export interface PhotoOptions {
  /** What to do to each photograph before; see `PHOTO_VARIANTS`. */
  change?: (photo: Sharp) => Sharp;
  /** Which photographs, by their place in the list; default: all. */
  only?: (photo: LabelledPhoto, index: number) => boolean;
  onProgress?: (done: number, total: number) => void;
}

/** Labelled photographs through every step, with the default settings. */
export async function evaluatePhotos(classifier: Classifier, folder: string, { change, only = () => true, onProgress }: PhotoOptions = {}): Promise<PhotoResult[]> {
  const ink = acquireInk();
  try {
    const results: PhotoResult[] = [], photos = (await readPhotoLabels(folder)).filter(only);
    for (const photo of photos) {
      const file = await readFile(join(folder, photo.path));
      const picture = change ? await change(loadSharp()(file).autoOrient()).jpeg({ quality: 92 }).toBuffer() : file;
      const { reading: { text, confidence } } = await readText(ink, classifier, picture);
      results.push({ ...photo, text: text.replace(/\s/g, ''), confidence, accepted: text !== '' && confidence >= FILTER_DEFAULTS.minimumConfidence });
      onProgress?.(results.length, photos.length);
    }
    return results;
  } finally {
    await ink.release();
  }
}

/** The least confidence in the filter with which `precision` of the photographs' readings that pass are right to the last digit. */
export function photoThreshold(results: readonly PhotoResult[], precision: number): Threshold {
  const right = 1, wrong = 0;
  const judgements = results.map((result) => ({ read: result.text === '' ? NOT_A_DIGIT : isRight(result) ? right : wrong, confidence: result.confidence }));
  return thresholdFor(judgements, results.map(() => right), precision);
}
