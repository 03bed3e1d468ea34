// npm run evaluate: how well the product reads labelled digits (IDX files) and labelled photographs.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { acquireClassifier, type Classifier } from '../lib/classify/classifier';
import { readLabelledDigits, type LabelledDigits } from '../lib/data/idx';
import { findIdxPairs } from '../lib/data/idx-folder';
import { readLabelledPictures } from '../lib/data/labelled-pictures';
import { evaluateModel } from '../lib/evaluate/evaluate';
import { isRight, photoFigures, type PhotoResult } from './evaluate/photos';
import { printFigures } from './evaluate/print';
import { evaluatePhotos, photoThreshold } from './evaluate/run';
import { PHOTO_VARIANTS } from './evaluate/variants';
import { ProgressBar } from './progress-bar';

const USAGE = `usage: npm run evaluate -- [--model PATH] [--images FILE --labels FILE | --photos DIR | --samples DIR]
                           [--precision SHARE] [--variants] [--json]

  --model PATH    a model's folder, its model.json, or a .keras file; default: the shipped one
  --images FILE   IDX file of 28×28 pictures, gzip or not
  --labels FILE   IDX file of their labels
  --photos DIR    folder of photographs with labels.csv, each read as a whole
  --samples DIR   folder of pictures of one digit, named or sorted by label
  --precision P   what the threshold is to reach, 0 to 1; default 0.99
  --variants      the photographs also turned, darkened, inverted and scaled
  --json          one JSON object instead of a table

Without files: everything in the folder DIGITS_DATA (mnist, sets, photos).`;

const DATA = process.env.DIGITS_DATA ?? join(__dirname, '..', '..', '..', 'shared', 'data');

interface Options {
  precision: number;
  variants: boolean;
}

const bar = new ProgressBar();

async function main(): Promise<void> {
  const text = { type: 'string' } as const, flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: { model: text, images: text, labels: text, photos: text, samples: text, precision: { ...text, default: '0.99' }, variants: flag, json: flag, help: flag },
  });
  const { model, images, labels, photos, samples, variants = false } = values;
  const precision = values.precision.trim() === '' ? NaN : Number(values.precision);
  const sources = [images, photos, samples].filter(Boolean).length;
  if (values.help || Boolean(images) !== Boolean(labels) || sources > 1) {
    if (!values.help) process.exitCode = 2;
    console.error(USAGE);
    return;
  }
  if (!(precision >= 0 && precision <= 1)) throw new Error(`expected --precision to be a number from 0 to 1, got ${values.precision}`);
  const classifier = acquireClassifier(model), options = { precision, variants };
  try {
    const figures = images && labels ? await digits(classifier, basename(images), await readLabelledDigits(images, labels), options)
      : photos ? await photographs(classifier, photos, options)
        : samples ? await pictures(classifier, samples, options)
          : await everything(classifier, options);
    bar.clear();
    if (values.json) console.log(JSON.stringify(figures));
    else printFigures(figures);
  } finally {
    bar.clear();
    await classifier.release();
  }
}

async function digits(classifier: Classifier, name: string, data: LabelledDigits, { precision }: Options) {
  const figures = await evaluateModel(classifier, data, { precision, onProgress: (done, total) => { bar.show(name, done, total); } });
  const { n, accuracy, rejected, byDigit, confusion, calibrationError, calibration, threshold, digitsPerSecond } = figures;
  return { n, accuracy, rejected, byDigit, confusion, calibrationError, calibration, threshold, digitsPerSecond };
}

async function pictures(classifier: Classifier, folder: string, options: Options): Promise<Record<string, unknown>> {
  const { digits: data, skipped } = await readLabelledPictures(folder, { onProgress: (done, total) => { bar.show(`reading ${basename(folder)}`, done, total); } });
  return { ...await digits(classifier, basename(folder), data, options), ...(skipped.length > 0 && { skipped }) };
}

async function everything(classifier: Classifier, options: Options): Promise<Record<string, unknown>> {
  if (!existsSync(DATA)) throw new Error(`there is no folder ${DATA}; DIGITS_DATA names another one (see --help)`);
  const figures: Record<string, unknown> = {};
  for (const folder of ['mnist', 'sets'].map((name) => join(DATA, name)).filter(existsSync)) {
    for (const { name, images, labels } of await findIdxPairs(folder)) {
      if (name === 'train') continue;
      const { n, accuracy, rejected, calibrationError } = await digits(classifier, name, await readLabelledDigits(images, labels), options);
      figures[name] = { n, accuracy, rejected, calibrationError };
    }
  }
  const photos = join(DATA, 'photos');
  return existsSync(photos) ? { ...figures, ...await photographs(classifier, photos, options) } : figures;
}

async function photographs(classifier: Classifier, folder: string, { precision, variants }: Options): Promise<Record<string, unknown>> {
  const progress = (what: string) => (done: number, total: number): void => { bar.show(what, done, total); };
  const results = await evaluatePhotos(classifier, folder, { onProgress: progress('photographs') });
  const { bySource, ...figures } = photoFigures(results);
  const changed: Record<string, unknown> = {};
  if (variants) {
    for (const [name, change] of Object.entries(PHOTO_VARIANTS)) {
      const { single, strings, falseBlank, falseWriting } = photoFigures(await evaluatePhotos(classifier, folder, { change, onProgress: progress(name) }));
      changed[name] = { single, strings, falseBlank, falseWriting };
    }
  }
  return {
    ...figures, threshold: photoThreshold(results, precision), bySource,
    ...(variants ? { variants: changed } : {}), wrong: results.filter(isWrong).map(short),
  };
}

function isWrong(result: PhotoResult): boolean {
  return result.kind === 'negative' ? result.accepted : !isRight(result);
}

function short({ path, label, text, confidence, accepted }: PhotoResult): object {
  return { path, label, text, confidence, accepted };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
