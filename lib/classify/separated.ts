/**
 * Decides with the network's help where the shape alone cannot tell: whether a shape that could be two digits that
 * touch is two, or one wide digit, such as a 0 that is not quite closed.
 */
import type { ExtractedDigit, Whole } from '../extract/digit';
import type { Prediction } from './prediction';
import { isDigit, type Judged } from './reading';
import { at, zip } from '../lists';

/**
 * The pictures that a network has to see to read these digits: each one's own, then those of the shapes that some are
 * parts of.
 */
export function picturesOf(digits: readonly ExtractedDigit[]): Uint8Array[] {
  return [...digits.map(({ image }) => image), ...wholesOf(digits).map(({ image }) => image)];
}

/**
 * @param predictions one for each of `picturesOf(digits)`
 * @returns the digits in their order, and what was made of each; those that are rather one than several stand as one
 */
export function chooseReading(
  digits: readonly ExtractedDigit[],
  predictions: readonly Prediction[],
): { digits: ExtractedDigit[]; predictions: Prediction[] } {
  let judged: Judged[] = digits.map((shape, i) => ({ shape, prediction: at(predictions, i) }));
  for (const [whole, prediction] of zip(wholesOf(digits), predictions.slice(digits.length))) {
    const isPart = ({ shape }: Judged): boolean => shape.whole !== undefined && keyOf(shape.whole) === keyOf(whole);
    const parts = judged.filter(isPart);
    const [first] = parts;
    if (!first || probabilityOf([prediction]) <= probabilityOf(parts.map((part) => part.prediction))) continue;
    const one = { shape: { ...whole, line: first.shape.line }, prediction };
    judged = judged.flatMap((each) => (each === first ? [one] : isPart(each) ? [] : [each]));
  }
  return { digits: judged.map(({ shape }) => withoutWhole(shape)), predictions: judged.map((each) => each.prediction) };
}

/** The shape by itself. */
export function withoutWhole(shape: ExtractedDigit): ExtractedDigit {
  const copy = { ...shape };
  delete copy.whole;
  return copy;
}

/** That all of them are digits, and the right ones. */
function probabilityOf(predictions: readonly Prediction[]): number {
  return predictions.reduce((product, prediction) => product * (isDigit(prediction) ? prediction.confidence : 0), 1);
}

/** The shapes that some of these are parts of, each once. */
export function wholesOf(digits: readonly ExtractedDigit[]): Whole[] {
  return [...new Map(digits.flatMap(({ whole }) => (whole ? [[keyOf(whole), whole] as const] : []))).values()];
}

/** Tells one shape from another: messages are copied, so the same box is the same shape. */
export function keyOf({ box: { x, y, width, height } }: Pick<Whole, 'box'>): string {
  return [x, y, width, height].join();
}
