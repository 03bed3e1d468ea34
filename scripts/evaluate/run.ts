import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import type { Classifier } from '../../lib/classify/classifier';
import { FILTER_DEFAULTS } from '../../lib/filter/filter';
import { loadSharp } from '../../lib/pictures/decode';
import { readText } from '../../lib/reader';
import { PIXELS, readLabelledDigits } from '../../lib/data/idx';
import { acquireInk } from '../../lib/workers/ink';
import { digitFigures, type DigitFigures } from '../../lib/evaluate/digits';
import { readPhotoLabels, type PhotoResult } from './photos';

/** Pictures sent to the engine at a time. */
const BATCH = 256;

/**
 * Labelled 28×28 pictures from IDX files through a model.
 * @throws (rejects) DataSetError, ModelError
 */
export async function evaluateDigits(classifier: Classifier, imagesFile: string, labelsFile: string): Promise<DigitFigures> {
  const { images, labels } = await readLabelledDigits(imagesFile, labelsFile);
  const predictions = [];
  for (let i = 0; i < labels.length; i += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, labels.length - i) }, (_, k) => images.slice((i + k) * PIXELS, (i + k + 1) * PIXELS));
    predictions.push(...await classifier.classify(batch));
  }
  return digitFigures(predictions, labels);
}

/**
 * Labelled photographs through every step, with the default settings.
 * @param change what to do to each photograph before; see `PHOTO_VARIANTS`
 */
export async function evaluatePhotos(classifier: Classifier, folder: string, change?: (photo: Sharp) => Sharp): Promise<PhotoResult[]> {
  const ink = acquireInk();
  try {
    const results: PhotoResult[] = [];
    for (const photo of await readPhotoLabels(folder)) {
      const file = await readFile(join(folder, photo.path));
      const picture = change ? await change(loadSharp()(file).autoOrient()).jpeg({ quality: 92 }).toBuffer() : file;
      const { reading: { text, confidence } } = await readText(ink, classifier, picture);
      results.push({ ...photo, text: text.replace(/\s/g, ''), confidence, accepted: text !== '' && confidence >= FILTER_DEFAULTS.minimumConfidence });
    }
    return results;
  } finally {
    await ink.release();
  }
}
