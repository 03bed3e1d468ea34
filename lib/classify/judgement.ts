import { SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE, MEASURES, type Surroundings } from '../extract/surroundings';
import type { Box } from '../pictures/picture';
import { companyOf } from './company';
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
 * for each digit, for many things look like a 1 or a 7, and few like a 3; then what the neighbours tell, see `companyOf`.
 * Logistic regression on drawn pages, by hands that were not trained with: `scripts/surroundings/fuse.ts`.
 */
const FUSION = {
  form: 0.334, surroundings: 0.586,
  bias: [-1.225, -2.373, -1.099, -0.548, -1.025, -1.836, -1.108, -2.075, -0.606, -1.74],
  company: { bias: -0.448, own: 0.931, has: 0.223, mean: 0.358, greatest: 0.023 },
};

/** A network of ten classes does not tell what is no digit: this share of shapes on paper is one. */
const FOUND = 0.845;

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

/** A shape, what its own form says of it and what its surroundings say. */
export interface Seen {
  box: Box;
  prediction: Prediction;
  judgement: Judgement;
}

/** Log-odds that a shape is the digit that it looks like, by itself. */
export function scoreOf({ prediction: { digit, notDigit }, judgement }: Seen): number {
  const { form, surroundings, bias } = FUSION;
  return form * formOf(notDigit) + surroundings * logOdds(judgement[0]) + bias[digit];
}

/** What is known of a shape's form: log-odds that it is a digit. */
export function formOf(notDigit: number): number {
  return logOdds(notDigit === 0 ? FOUND : 1 - notDigit);
}

/** The predictions of shapes that stand on one page: the digits share the probability that it is one. */
export function fuse(shapes: readonly Seen[]): Prediction[] {
  const scores = shapes.map(scoreOf), company = companyOf(shapes.map(({ box }) => box), scores);
  return shapes.map(({ prediction: { digit, probabilities } }, i) => {
    const weights = FUSION.company, [has, mean, greatest] = company[i];
    const odds = weights.bias + weights.own * scores[i] + weights.has * has + weights.mean * mean + weights.greatest * greatest;
    const isDigit = 1 / (1 + Math.exp(-odds)), sum = probabilities.reduce((a, b) => a + b), scale = sum > 0 ? isDigit / sum : 0;
    const scaled = probabilities.map((probability) => probability * scale);
    return { digit, confidence: scaled[digit], probabilities: scaled, notDigit: 1 - isDigit };
  });
}

/** Of a probability, bounded. */
export function logOdds(probability: number): number {
  const bounded = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(bounded / (1 - bounded));
}
