// npm run evaluate: how well the product reads labelled digits (IDX files) or labelled photographs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { acquireClassifier, type Classifier } from '../lib/classify/classifier';
import { digitFigures } from '../lib/evaluate/digits';
import { isRight, photoFigures, readPhotoLabels, type PhotoResult } from '../lib/evaluate/photos';
import { FILTER_DEFAULTS } from '../lib/filter/filter';
import { readText } from '../lib/reader';
import { PIXELS, readLabelledDigits } from '../lib/train/idx';
import { acquireInk } from '../lib/workers/ink';

const USAGE = `usage: npm run evaluate -- [--model PATH] (--images FILE --labels FILE | --photos DIR) [--json]

  --model PATH    folder of a model, or its model.json; default: the shipped one
  --images FILE   IDX file of 28×28 pictures, gzip or not
  --labels FILE   IDX file of their labels
  --photos DIR    folder of photographs with labels.csv
  --json          one JSON object instead of a table`;

/** Pictures sent to the engine at a time. */
const BATCH = 256;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { model: { type: 'string' }, images: { type: 'string' }, labels: { type: 'string' }, photos: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const { model, images, labels, photos } = values;
  const chosen = [images && labels, photos].filter(Boolean).length;
  if (values.help || chosen !== 1 || Boolean(images) !== Boolean(labels)) {
    if (!values.help) process.exitCode = 2;
    console.error(USAGE);
    return;
  }
  const classifier = acquireClassifier(model);
  try {
    const figures = photos ? await evaluatePhotos(classifier, photos) : await evaluateDigits(classifier, images as string, labels as string);
    print(figures, values.json === true);
  } finally {
    await classifier.release();
  }
}

async function evaluateDigits(classifier: Classifier, imagesFile: string, labelsFile: string) {
  const { images, labels } = await readLabelledDigits(imagesFile, labelsFile);
  const predictions = [];
  for (let i = 0; i < labels.length; i += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, labels.length - i) }, (_, k) => images.slice((i + k) * PIXELS, (i + k + 1) * PIXELS));
    predictions.push(...await classifier.classify(batch));
  }
  return digitFigures(predictions, labels);
}

async function evaluatePhotos(classifier: Classifier, folder: string) {
  const ink = acquireInk();
  const results: PhotoResult[] = [];
  try {
    for (const photo of await readPhotoLabels(folder)) {
      const { reading } = await readText(ink, classifier, await readFile(join(folder, photo.path)));
      const accepted = reading.text !== '' && reading.confidence >= FILTER_DEFAULTS.minimumConfidence;
      results.push({ ...photo, text: reading.text.replace(/\s/g, ''), confidence: reading.confidence, accepted });
    }
  } finally {
    await ink.release();
  }
  const wrong = results.filter((result) => (result.kind === 'negative' ? result.accepted : !isRight(result)));
  return { ...photoFigures(results), wrong: wrong.map(({ path, label, text, confidence, accepted }) => ({ path, label, text, confidence, accepted })) };
}

function print(figures: object, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(figures));
    return;
  }
  for (const [name, value] of Object.entries(figures) as [string, unknown][]) {
    if (typeof value === 'object') {
      console.log(`${name}:`);
      console.table(value);
    } else {
      console.log(name.padEnd(18), typeof value === 'number' && value <= 1 ? `${(100 * value).toFixed(2)} %` : value);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
