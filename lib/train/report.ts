import type { Sequential } from '@tensorflow/tfjs-layers';
import { isDigit } from '../classify/reading';
import { digitFigures, type DigitFigures } from '../evaluate/digits';
import { augment } from './augment';
import { bestTemperature } from './calibrate';
import { PIXELS, type LabelledDigits } from '../data/idx';
import { logitsOf, predictionsOf } from './measure';
import { drawNegative } from './negatives';
import type { TensorFlow } from './network';
import { Random } from './random';
import { holdOut, validationSet } from './train';

/** How good a trained network is. */
export interface Report {
  /** See `bestTemperature`. */
  temperature: number;
  test: DigitFigures;
  /** Test digits drawn by another pen and seen by a camera, see `augment`. */
  augmented: DigitFigures;
  /** Share of drawn things that are no digits which the network knew as such. */
  negativesRejected: number;
}

const NEGATIVES = 2000;

/** Calibrates a trained network on what was held out of `training`, and measures it on `test`. */
export function reportOn(tf: TensorFlow, model: Sequential, training: LabelledDigits, test: LabelledDigits, seed: number): Report {
  const validation = validationSet(holdOut(training).heldOut, seed);
  const temperature = bestTemperature(logitsOf(tf, model, validation.images), validation.labels);
  const augmented = augmentAll(test.images, seed);
  const negatives = augmentAll(drawNegatives(test, seed), seed + 1);
  return {
    temperature,
    test: digitFigures(predictionsOf(tf, model, test.images, temperature), test.labels),
    augmented: digitFigures(predictionsOf(tf, model, augmented, temperature), test.labels),
    negativesRejected: predictionsOf(tf, model, negatives, temperature).filter((prediction) => !isDigit(prediction)).length / NEGATIVES,
  };
}

function augmentAll(images: Uint8Array, seed: number): Uint8Array {
  const out = new Uint8Array(images.length);
  for (let at = 0; at < images.length; at += PIXELS) augment(images.subarray(at, at + PIXELS), new Random(seed, -1, at), out.subarray(at, at + PIXELS));
  return out;
}

/** Pieces and pairs are made of test digits, so that none was trained with. */
function drawNegatives(test: LabelledDigits, seed: number): Uint8Array {
  const out = new Uint8Array(NEGATIVES * PIXELS);
  for (let i = 0; i < NEGATIVES; i++) out.set(drawNegative(test, new Random(seed, -2, i)), i * PIXELS);
  return out;
}
