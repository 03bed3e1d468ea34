import { isDigit } from '../../classify/reading';
import { digitFigures, type DigitFigures } from '../../evaluate/digits';
import { augment } from '../synthesis/augment';
import { type LabelledDigits } from '../../data/idx';
import { drawNegative } from '../synthesis/negatives';
import { Random } from '../../random';
import type { TrainableNetwork } from '../engine/trainable';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../../digit';

/** How good a trained network is. */
export interface Report {
  /** See `bestTemperature`. */
  temperature: number;
  test: DigitFigures;
  /** Test digits drawn by another pen and seen by a camera, see `augment`. */
  augmented?: DigitFigures;
  /** Share of drawn things that are no digits which the network knew as such. */
  negativesRejected?: number;
}

export interface MeasureOptions {
  temperature: number;
  /** Called in between, so that others get their turn; may throw to stop. */
  pause?: (() => Promise<void> | void) | undefined;
}

const NEGATIVES = 2000;

/** Pictures that are made before others get their turn. */
const PIECE = 200;

/** Measures a network on labelled digits: of a label above 9, which is no digit, nothing is told here. */
export async function measure(
  network: TrainableNetwork,
  digits: LabelledDigits,
  { temperature, pause }: MeasureOptions,
): Promise<DigitFigures> {
  return digitFigures(await network.predictionsOf(digits.images, temperature, pause), digits.labels);
}

/** How many of some pictures that show no digit are taken for one, shares from 0 to 1. */
export interface LetterFigures {
  n: number;
  /** Read as a digit. */
  read: number;
  /** … with a confidence of `SURE` or more. */
  sure: number;
}

export const SURE = 0.9;

/** How many letters a network takes for digits, and how many of them surely. */
export async function measureLetters(
  network: TrainableNetwork,
  { images }: LabelledDigits,
  { temperature, pause }: MeasureOptions,
): Promise<LetterFigures> {
  const predictions = await network.predictionsOf(images, temperature, pause);
  const n = predictions.length;
  return {
    n,
    read: predictions.filter(isDigit).length / n,
    sure: predictions.filter(({ confidence }) => confidence >= SURE).length / n,
  };
}

/**
 * Measures a network on `test`, as it is, as other pens and cameras would give it, and on drawn things that are no
 * digits.
 */
export async function reportOn(
  network: TrainableNetwork,
  test: LabelledDigits,
  seed: number,
  { temperature, pause }: MeasureOptions,
): Promise<Report> {
  const of = (images: Uint8Array): ReturnType<TrainableNetwork['predictionsOf']> =>
    network.predictionsOf(images, temperature, pause);
  const report: Report = { temperature, test: digitFigures(await of(test.images), test.labels) };
  report.augmented = digitFigures(await of(await augmentAll(test.images, seed, pause)), test.labels);
  if (network.classes > NOT_A_DIGIT) {
    const negatives = await of(await augmentAll(await drawNegatives(test, seed, pause), seed + 1, pause));
    report.negativesRejected = negatives.filter((prediction) => !isDigit(prediction)).length / NEGATIVES;
  }
  return report;
}

async function augmentAll(images: Uint8Array, seed: number, pause: MeasureOptions['pause']): Promise<Uint8Array> {
  const out = new Uint8Array(images.length);
  for (let at = 0; at < images.length; at += DIGIT_PIXELS) {
    augment(images.subarray(at, at + DIGIT_PIXELS), new Random(seed, -1, at), out.subarray(at, at + DIGIT_PIXELS));
    if (at % (PIECE * DIGIT_PIXELS) === 0) await pause?.();
  }
  return out;
}

/** Pieces and pairs are made of test digits, so that none was trained with. */
async function drawNegatives(test: LabelledDigits, seed: number, pause: MeasureOptions['pause']): Promise<Uint8Array> {
  const out = new Uint8Array(NEGATIVES * DIGIT_PIXELS);
  for (let i = 0; i < NEGATIVES; i++) {
    if (i % PIECE === 0) await pause?.();
    out.set(drawNegative(test, new Random(seed, -2, i)), i * DIGIT_PIXELS);
  }
  return out;
}
