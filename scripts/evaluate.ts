// npm run evaluate: how well the product reads labelled digits (IDX files) and labelled photographs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { acquireClassifier, type Classifier } from '../lib/classify/classifier';
import { findIdxPairs } from '../lib/data/idx-folder';
import { isRight, photoFigures, type PhotoResult } from './evaluate/photos';
import { evaluateDigits, evaluatePhotos } from './evaluate/run';
import { PHOTO_VARIANTS } from './evaluate/variants';

const USAGE = `usage: npm run evaluate -- [--model PATH] [--images FILE --labels FILE | --photos DIR] [--variants] [--json]

  --model PATH    folder of a model, or its model.json; default: the shipped one
  --images FILE   IDX file of 28×28 pictures, gzip or not
  --labels FILE   IDX file of their labels
  --photos DIR    folder of photographs with labels.csv
  --variants      the photographs also turned, darkened, inverted and scaled
  --json          one JSON object instead of a table

Without files: everything in the folder DIGITS_DATA (mnist, sets, photos).`;

const DATA = process.env.DIGITS_DATA ?? join(__dirname, '..', '..', '..', 'shared', 'data');

async function main(): Promise<void> {
  const text = { type: 'string' } as const, flag = { type: 'boolean' } as const;
  const { values } = parseArgs({ options: { model: text, images: text, labels: text, photos: text, variants: flag, json: flag, help: flag } });
  const { model, images, labels, photos, variants = false } = values;
  if (values.help || Boolean(images) !== Boolean(labels) || (images && photos)) {
    if (!values.help) process.exitCode = 2;
    console.error(USAGE);
    return;
  }
  const classifier = acquireClassifier(model);
  try {
    const figures = images && labels ? await evaluateDigits(classifier, images, labels)
      : photos ? await photographs(classifier, photos, variants)
        : await everything(classifier, variants);
    print(figures, values.json ?? false);
  } finally {
    await classifier.release();
  }
}

async function everything(classifier: Classifier, variants: boolean): Promise<Record<string, unknown>> {
  if (!existsSync(DATA)) throw new Error(`there is no folder ${DATA}; DIGITS_DATA names another one (see --help)`);
  const figures: Record<string, unknown> = {};
  for (const folder of ['mnist', 'sets'].map((name) => join(DATA, name)).filter(existsSync)) {
    for (const { name, images, labels } of await findIdxPairs(folder)) {
      if (name === 'train') continue;
      const { n, accuracy, rejected, calibrationError } = await evaluateDigits(classifier, images, labels);
      figures[name] = { n, accuracy, rejected, calibrationError };
    }
  }
  const photos = join(DATA, 'photos');
  return existsSync(photos) ? { ...figures, ...await photographs(classifier, photos, variants) } : figures;
}

async function photographs(classifier: Classifier, folder: string, variants: boolean): Promise<Record<string, unknown>> {
  const results = await evaluatePhotos(classifier, folder);
  const { bySource, ...figures } = photoFigures(results);
  const changed: Record<string, unknown> = {};
  if (variants) {
    for (const [name, change] of Object.entries(PHOTO_VARIANTS)) {
      const { single, strings, falseBlank, falseWriting } = photoFigures(await evaluatePhotos(classifier, folder, change));
      changed[name] = { single, strings, falseBlank, falseWriting };
    }
  }
  return { ...figures, bySource, ...(variants ? { variants: changed } : {}), wrong: results.filter(isWrong).map(short) };
}

function isWrong(result: PhotoResult): boolean {
  return result.kind === 'negative' ? result.accepted : !isRight(result);
}

function short({ path, label, text, confidence, accepted }: PhotoResult): object {
  return { path, label, text, confidence, accepted };
}

function print(figures: object, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(figures));
    return;
  }
  for (const [name, value] of Object.entries(figures) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) {
      console.log(`${name}:`);
      console.table(Object.values(value).some((inner) => typeof inner === 'object') ? value : [value]);
    } else {
      console.log(name.padEnd(18), typeof value === 'number' && value <= 1 ? `${(100 * value).toFixed(2)} %` : value);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
