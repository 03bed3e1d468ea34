import { SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE, MEASURES, type Surroundings } from '../extract/surroundings';
import { describe, isBytes, isList } from '../pictures/picture';
import { neighboursOf } from './neighbours';
import { FOUND, type Prediction } from './prediction';
import type { Inked } from './rivals';
import { at, zip } from '../lists';

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
 * How what stands about a shape is put together with its own form: weights of `featuresOf`, then of `onPage`, that it
 * is a digit; and of `likenessOf`, that it is the one which it looks like most, where it is a digit. Logistic
 * regression on drawn pages, by hands that were not trained with: `scripts/surroundings/fuse.ts` prints them.
 */
const FUSION = {
  own: [
    0.221, 0.189, -0.008, 0.454, 0.061, -0.038, 0.168, -3.074, -3.589, -3.152, -2.91, -2.517, -3.44, -2.751, -2.998,
    -2.866, -2.854,
  ],
  page: [0.096, 0.94, -0.068, 0.342, -0.087, -0.013, 0.141, 0.4, -0.021, 0.016, -0.07, 0.01],
  right: [-0.292, 1.09, -0.022, 0.068],
};

/** A probability so near to 0 or 1 says no more than that. */
const LEAST = 1e-4;

/** @throws TypeError where these are no surroundings; what comes from a message has no type. */
export function assertSurroundings(value: unknown): asserts value is Surroundings {
  const { picture, measures } = (value ?? {}) as Partial<Record<keyof Surroundings, unknown>>;
  if (
    isBytes(picture) &&
    picture.length === PICTURE_BYTES &&
    isList(measures) &&
    measures.length === MEASURES &&
    measures.every(Number.isFinite)
  )
    return;
  throw new TypeError(
    `expected surroundings of ${PICTURE_BYTES} bytes and ${MEASURES} numbers, got ${describe(value)}`,
  );
}

/** @throws TypeError where these are not five probabilities; what comes from a message has no type. */
export function assertJudgement(value: unknown): asserts value is Judgement {
  const isProbability = (each: unknown): boolean => typeof each === 'number' && each >= 0 && each <= 1;
  if (isList(value) && value.length === CANDIDATES.length && value.every(isProbability)) return;
  throw new TypeError(`expected a judgement of ${CANDIDATES.length} probabilities, got ${describe(value)}`);
}

/** A shape, what its own form says of it and what its surroundings say. */
export interface JudgedShape extends Inked {
  prediction: Prediction;
  judgement: Judgement;
}

/** Features by their weights, in sum: log-odds. */
export function weightedSum(features: readonly number[], weights: readonly number[]): number {
  return zip(features, weights).reduce((sum, [value, weight]) => sum + value * weight, 0);
}

/**
 * What both networks tell of a shape, in numbers: the form's log-odds; how much likelier a digit is than each of the
 * other things that it may be; the form's log-odds and the last of these once more for what looks like a 1, which a bar
 * does, too; and which digit it looks like.
 */
export function featuresOf({
  prediction: { digit, notDigit },
  judgement,
}: Pick<JudgedShape, 'prediction' | 'judgement'>): number[] {
  const form = formOf(notDigit);
  const [isDigit = 0, ...others] = judgement;
  const rivals = others.map((other) => logRatio(isDigit, other));
  const isBar = digit === 1 ? 1 : 0;
  return [
    form,
    ...rivals,
    isBar * form,
    isBar * at(rivals, rivals.length - 1),
    ...Array.from({ length: 10 }, (_, i) => Number(i === digit)),
  ];
}

/**
 * What tells whether it is the digit which it looks like most: how clearly so, and how clearly it is a digit at all.
 */
export function likenessOf({ prediction, judgement }: Pick<JudgedShape, 'prediction' | 'judgement'>): number[] {
  const { digit, notDigit, probabilities } = prediction;
  const sum = probabilities.reduce((a, b) => a + b);
  return [1, logOdds(sum > 0 ? at(probabilities, digit) / sum : 0), formOf(notDigit), logOdds(at(judgement, 0))];
}

/** Of two probabilities, bounded. */
function logRatio(a: number, b: number): number {
  return Math.log(Math.max(LEAST, a) / Math.max(LEAST, b));
}

/** What is known of a shape's form: log-odds that it is a digit. A network of ten classes does not tell. */
function formOf(notDigit: number): number {
  return logOdds(1 - (notDigit === 0 ? FOUND : notDigit));
}

/**
 * The shapes' own scores with what the rest of the page tells: their neighbours, how crowded the page is, and how much
 * of its writing is digits; each once more for what looks like a 1, of which clutter is full.
 * @param scores log-odds of each
 * @returns features of each
 */
export function onPage(
  shapes: readonly (Inked & Pick<JudgedShape, 'prediction'>)[],
  scores: readonly number[],
): number[][] {
  const neighbours = neighboursOf(shapes, scores);
  const crowd = Math.log2(shapes.length);
  const writing = zip(shapes, scores)
    .filter(([{ doubt }]) => doubt === undefined)
    .map(([, score]) => probabilityOf(score));
  const digits = writing.reduce((sum, each) => sum + each, 0);
  const share = Math.log((digits + 0.5) / (writing.length - digits + 0.5));
  return zip(zip(shapes, scores), neighbours).map(([[{ prediction }, score], [has, mean, greatest]]) => {
    const isBar = prediction.digit === 1 ? 1 : 0;
    return [
      1,
      score,
      has,
      mean,
      greatest,
      crowd,
      share,
      isBar,
      isBar * score,
      isBar * mean,
      isBar * crowd,
      isBar * share,
    ];
  });
}

/** The predictions of shapes that stand on one page: the digits share the probability that it is one. */
export function fuse(shapes: readonly JudgedShape[]): Prediction[] {
  const pages = onPage(
    shapes,
    shapes.map((shape) => weightedSum(featuresOf(shape), FUSION.own)),
  );
  return zip(shapes, pages).map(([shape, page]) => {
    const {
      prediction: { digit, probabilities },
      judgement,
    } = shape;
    const isDigit = probabilityOf(weightedSum(page, FUSION.page));
    const confidence = isDigit * probabilityOf(weightedSum(likenessOf(shape), FUSION.right));
    // The other digits share what is left of it.
    const others = probabilities.reduce((a, b) => a + b) - at(probabilities, digit);
    const scale = others > 0 ? (isDigit - confidence) / others : 0;
    const scaled = probabilities.map((probability, k) => (k === digit ? confidence : probability * scale));
    const isWriting = at(judgement, CANDIDATES.indexOf('no writing')) < 0.5;
    return { digit, confidence, probabilities: scaled, notDigit: 1 - isDigit, isWriting };
  });
}

/** Of log-odds. */
export function probabilityOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/** Of a probability, bounded. */
function logOdds(probability: number): number {
  const bounded = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(bounded / (1 - bounded));
}
