// npm run evaluate: how well the product reads labelled digits (IDX files) and labelled photographs.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { acquireClassifier, type Classifier } from '../lib/engine/classifier';
import { readLabelledDigits, type LabelledDigits } from '../lib/data/idx';
import { findIdxPairs } from '../lib/data/idx-folder';
import { readLabelledPictures } from '../lib/data/labelled-pictures';
import { evaluateModel } from '../lib/evaluate/evaluate';
import { isRight, photoFigures, type PhotoResult } from './evaluate/photos';
import { printFigures } from './evaluate/print';
import { evaluatePages } from './evaluate/pages';
import { evaluateWords } from './evaluate/words';
import { evaluatePhotos, evaluateVariants, photoThreshold, type PhotoOptions } from './evaluate/run';
import { ProgressBar } from './progress-bar';

const USAGE = `usage: npm run evaluate -- [--model PATH] [--images FILE --labels FILE | --photos DIR | --samples DIR | --pages N | --words DIR]
                           [--precision SHARE] [--variants] [--json]

  --model PATH    a model's folder, its model.json, or a .keras file; default: the shipped one
  --images FILE   IDX file of 28×28 pictures, gzip or not
  --labels FILE   IDX file of their labels
  --photos DIR    folder of photographs with labels.csv, each read as a whole
  --samples DIR   folder of pictures of one digit, named or sorted by label
  --pages N       N drawn pages by hands, on papers and in lights that were not trained with
  --words DIR     words put together of sets of letters (IDX files), none of which is a number
  --seed N        other pages for every other whole number; default 1
  --precision P   what the threshold is to reach, 0 to 1; default 0.99
  --variants      those that are read right also cropped, turned, shaded, blurred, scaled and more
  --json          one JSON object instead of a table

Without files: everything in the folder DIGITS_DATA (mnist, sets, photos, photos-2; of photos-without-digits the half
that was not trained with).`;

const DATA = process.env.DIGITS_DATA ?? join(__dirname, '..', '..', '..', 'shared', 'data');

interface Options {
  precision: number;
  variants: boolean;
}

const bar = new ProgressBar();

function readArguments() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  return parseArgs({
    options: {
      model: text,
      images: text,
      labels: text,
      photos: text,
      samples: text,
      pages: text,
      words: text,
      seed: { ...text, default: '1' },
      precision: { ...text, default: '0.99' },
      variants: flag,
      json: flag,
      help: flag,
    },
  }).values;
}

type Arguments = ReturnType<typeof readArguments>;

async function main(): Promise<void> {
  const values = readArguments();
  const { model, images, labels, photos, samples, variants = false } = values;
  const precision = values.precision.trim() === '' ? NaN : Number(values.precision);
  const sources = [images, photos, samples, values.pages, values.words].filter(Boolean).length;
  if (values.help || Boolean(images) !== Boolean(labels) || sources > 1) {
    if (!values.help) process.exitCode = 2;
    console.error(USAGE);
    return;
  }
  if (!(precision >= 0 && precision <= 1))
    throw new Error(`expected --precision to be a number from 0 to 1, got ${values.precision}`);
  const classifier = acquireClassifier(model);
  const options = { precision, variants };
  try {
    const figures = await figuresOf(classifier, values, options);
    bar.clear();
    if (values.json) console.log(JSON.stringify(figures));
    else printFigures(figures);
  } finally {
    bar.clear();
    await classifier.release();
  }
}

/** Of what the arguments name, and of everything where they name nothing. */
async function figuresOf(
  classifier: Classifier,
  { images, labels, photos, samples, pages, words, seed }: Arguments,
  options: Options,
): Promise<Record<string, unknown>> {
  if (images && labels) return digits(classifier, basename(images), await readLabelledDigits(images, labels), options);
  if (photos) return photographs(classifier, [photos], options);
  if (samples) return pictures(classifier, samples, options);
  if (pages !== undefined) return drawn(classifier, wholeNumber('pages', pages, 1), wholeNumber('seed', seed, 0));
  if (words === undefined) return everything(classifier, options);
  const onProgress = (name: string, done: number, total: number): void => {
    bar.show(name, done, total);
  };
  return { words: await evaluateWords(classifier, words, onProgress) };
}

async function digits(classifier: Classifier, name: string, data: LabelledDigits, { precision }: Options) {
  const figures = await evaluateModel(classifier, data, {
    precision,
    onProgress: (done, total) => {
      bar.show(name, done, total);
    },
  });
  const { n, accuracy, rejected, byDigit, confusion, calibrationError, calibration, threshold, digitsPerSecond } =
    figures;
  return { n, accuracy, rejected, byDigit, confusion, calibrationError, calibration, threshold, digitsPerSecond };
}

async function pictures(classifier: Classifier, folder: string, options: Options): Promise<Record<string, unknown>> {
  const { digits: data, skipped } = await readLabelledPictures(folder, {
    onProgress: (done, total) => {
      bar.show(`reading ${basename(folder)}`, done, total);
    },
  });
  return { ...(await digits(classifier, basename(folder), data, options)), ...(skipped.length > 0 && { skipped }) };
}

async function drawn(classifier: Classifier, count: number, seed: number): Promise<Record<string, unknown>> {
  const onProgress = (done: number, total: number): void => {
    bar.show('pages', done, total);
  };
  return { pages: await evaluatePages(classifier, DATA, { count, seed, onProgress }) };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`expected --${name} to be a whole number from ${least} on, got ${text}`);
  return value;
}

async function everything(classifier: Classifier, options: Options): Promise<Record<string, unknown>> {
  if (!existsSync(DATA)) throw new Error(`there is no folder ${DATA}; DIGITS_DATA names another one (see --help)`);
  const figures: Record<string, unknown> = {};
  for (const folder of ['mnist', 'sets'].map((name) => join(DATA, name)).filter(existsSync)) {
    for (const { name, images, labels } of await findIdxPairs(folder)) {
      if (name === 'train') continue;
      const { n, accuracy, rejected, calibrationError } = await digits(
        classifier,
        name,
        await readLabelledDigits(images, labels),
        options,
      );
      figures[name] = { n, accuracy, rejected, calibrationError };
    }
  }
  const folders = ['photos', 'photos-2'].map((name) => join(DATA, name)).filter(existsSync);
  if (folders.length > 0) Object.assign(figures, await photographs(classifier, folders, options));
  const without = join(DATA, WITHOUT);
  return existsSync(without) ? { ...figures, ...(await withoutDigits(classifier, without)) } : figures;
}

/** Pictures without digits, the half of them that no page was drawn on: accepted readings, each of which is false. */
const WITHOUT = 'photos-without-digits';

async function withoutDigits(classifier: Classifier, folder: string): Promise<Record<string, unknown>> {
  const results = await evaluatePhotos(classifier, folder, {
    only: (_, i) => i % 2 === 1,
    onProgress: (done, total) => {
      bar.show('pictures without digits', done, total);
    },
  });
  const isTexture = ({ path }: PhotoResult): boolean => path.startsWith('textures');
  const counts = (list: PhotoResult[]): object => ({
    pictures: list.length,
    accepted: list.filter(({ accepted }) => accepted).length,
  });
  return {
    withoutDigits: {
      photographs: counts(results.filter((each) => !isTexture(each))),
      textures: counts(results.filter(isTexture)),
    },
    falselyAccepted: results.filter(isWrong).map(short),
  };
}

async function photographs(
  classifier: Classifier,
  folders: readonly string[],
  { precision, variants }: Options,
): Promise<Record<string, unknown>> {
  const progress =
    (what: string) =>
    (done: number, total: number): void => {
      bar.show(what, done, total);
    };
  const read = async (options: PhotoOptions): Promise<PhotoResult[]> => {
    const results: PhotoResult[] = [];
    for (const folder of folders) results.push(...(await evaluatePhotos(classifier, folder, options)));
    return results;
  };
  const results = await read({ onProgress: progress('photographs') });
  const { bySource, ...figures } = photoFigures(results);
  const changed = variants && { variants: await evaluateVariants(classifier, folders, progress('variants')) };
  return {
    ...figures,
    acceptedButWrong: results.filter(({ accepted, text, label }) => accepted && text !== label).length,
    threshold: photoThreshold(results, precision),
    bySource,
    ...changed,
    wrong: results.filter(isWrong).map(short),
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
