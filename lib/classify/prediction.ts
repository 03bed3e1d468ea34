import { DIGITS } from '../digit';

/** What the network makes of one picture. `probabilities` and `notDigit` sum to 1. */
export interface Prediction {
  /** 0 to 9, the most probable one. */
  digit: number;
  /** Calibrated probability of `digit`, 0 to 1. */
  confidence: number;
  /** Ten calibrated probabilities, for 0 to 9. */
  probabilities: number[];
  /** Calibrated probability that the picture is no digit at all; 0 where the model does not tell. */
  notDigit: number;
  /** Whether it is rather writing of some kind than none; missing where it is not known what stands about it. */
  isWriting?: boolean;
}

/**
 * What is less probable is taken for this before a logarithm, wherever a network gives probabilities: in reading, in
 * training and in calibrating, which would fit a temperature to other numbers than are read with. Softmax in 32-bit
 * floats gives 0 for less than about 1e-38; a greater bound, as Keras' 1e-7, would hide how wrong the surest mistakes
 * are, and nothing would be learnt from them.
 */
export const LEAST_PROBABILITY = 1e-37;

/** How likely a picture of 28×28 that somebody hands in is to be no digit. */
const HANDED_IN = 0.02;

/** The same among the shapes that were trained with, and among those that are found on paper. */
export const FOUND = 0.196;

/**
 * The prediction for a picture that was handed in as one digit, not found on paper: the posterior is adjusted to the
 * other prior probability (Saerens, Latinne, Decaestecker 2002: "Adjusting the outputs of a classifier to new a priori
 * probabilities").
 */
export function correctPrior({ digit, confidence, probabilities, notDigit }: Prediction): Prediction {
  const rarer = (HANDED_IN / FOUND) * ((1 - FOUND) / (1 - HANDED_IN));
  const scale = 1 / (1 - notDigit + notDigit * rarer);
  return {
    digit,
    confidence: confidence * scale,
    probabilities: probabilities.map((probability) => probability * scale),
    notDigit: notDigit * rarer * scale,
  };
}

/**
 * Turns the logits of one picture into calibrated probabilities: softmax(logits / temperature).
 *
 * @param logits 10 or 11 numbers: 0 to 9, then "not a digit"
 * @param temperature above 0; 1 changes nothing, more makes the probabilities more modest
 */
export function toPrediction(logits: Float32Array, temperature: number): Prediction {
  const all = softmax(logits, temperature);
  const probabilities = all.slice(0, DIGITS);
  const confidence = Math.max(...probabilities);
  return { digit: probabilities.indexOf(confidence), confidence, probabilities, notDigit: all[DIGITS] ?? 0 };
}

/**
 * The same for the logits of several pictures, one after another.
 * @param logits n·classes numbers
 */
export function toPredictions(logits: Float32Array, classes: number, temperature: number): Prediction[] {
  return Array.from({ length: logits.length / classes }, (_, i) =>
    toPrediction(logits.subarray(i * classes, (i + 1) * classes), temperature),
  );
}

/** @returns softmax(logits / temperature): probabilities that sum to 1 */
export function softmax(logits: Float32Array, temperature = 1): number[] {
  const greatest = logits.reduce((a, b) => Math.max(a, b));
  const powers = Array.from(logits, (logit) => Math.exp((logit - greatest) / temperature));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
