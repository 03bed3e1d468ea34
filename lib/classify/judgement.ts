import { SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE, MEASURES, type Surroundings } from '../extract/surroundings';
import type { Prediction } from './prediction';

/** What a shape may be, in the order of the surroundings network's outputs. */
export const CANDIDATES = ['digit', 'piece', 'several', 'other writing', 'no writing'] as const;
export type Candidate = (typeof CANDIDATES)[number];

/** How likely a shape is what, from what stands about it: probabilities in the order of `CANDIDATES`. */
export type Judgement = readonly number[];

/** Bytes and numbers of one shape's surroundings. */
export const PICTURE_BYTES = SURROUNDINGS_SIZE ** 2 * SURROUNDINGS_CHANNELS;

/** Less likely a digit than this, and a doubtful shape need not be looked at any closer. */
export const HARDLY = 0.02;

/**
 * How what stands about a shape is put together with its own form: weights of the two networks' log-odds, and a bias
 * for each digit, for many things look like a 1 or a 7, and few like a 3 (logistic regression, on drawn pages by hands that were not trained with: `scripts/surroundings/fuse.ts`).
 */
export const FUSION = {
  form: 0.307, surroundings: 0.673, bias: [-1.49, -2.69, -1.2, -0.53, -0.96, -1.59, -1.11, -2.19, -1.17, -1.29],
} as const;

/** A probability so near to 0 or 1 says no more than that. */
const LEAST = 1e-4;

/** @throws TypeError where these are no surroundings; what comes from a message has no type. */
export function assertSurroundings({ picture, measures }: Surroundings): void {
  if (!(picture instanceof Uint8Array) || picture.length !== PICTURE_BYTES || !Array.isArray(measures)
    || measures.length !== MEASURES || !measures.every(Number.isFinite)) {
    throw new TypeError(`expected surroundings of ${PICTURE_BYTES} bytes and ${MEASURES} numbers, got others`);
  }
}

/** The likeliest of what a shape may be. */
export function likeliest(judgement: Judgement): Candidate {
  return CANDIDATES[judgement.indexOf(Math.max(...judgement))];
}

/** The prediction of a shape whose surroundings are known: the digits share the probability that it is one. */
export function fuse(prediction: Prediction, judgement: Judgement): Prediction {
  const { digit, probabilities, notDigit } = prediction;
  const { form, surroundings, bias } = FUSION;
  // A network of ten classes says nothing of what is no digit.
  const own = notDigit === 0 ? 0 : form * logOdds(1 - notDigit);
  const isDigit = 1 / (1 + Math.exp(-(own + surroundings * logOdds(judgement[0]) + bias[digit])));
  const sum = probabilities.reduce((a, b) => a + b), scale = sum > 0 ? isDigit / sum : 0;
  const scaled = probabilities.map((probability) => probability * scale);
  return { digit, confidence: scaled[digit], probabilities: scaled, notDigit: 1 - isDigit };
}

/** Of a probability, bounded. */
export function logOdds(probability: number): number {
  const bounded = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(bounded / (1 - bounded));
}
