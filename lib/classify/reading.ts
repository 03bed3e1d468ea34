import type { Digit, ExtractedDigit } from '../extract/digit';
import { readingOrder } from '../extract/lines';
import { bestPath } from './path';
import type { Prediction } from './prediction';
import { areRivals } from './rivals';
import { at, zip } from '../lists';

/** What stands in a picture. */
export interface Reading {
  /** The digits in reading order, a newline between lines of writing; "" where there is none. */
  text: string;
  /**
   * Probability that the text is what stands there, no digit wrong and none left out, 0 to 1; 0 where there is none.
   */
  confidence: number;
  digits: Digit[];
  /** True where there is ink but no digit: letters, drawings and the like. */
  otherWriting: boolean;
}

/** Whether the network takes a shape rather for one digit than for none. */
export function isDigit({ confidence, notDigit }: Prediction): boolean {
  return confidence > notDigit;
}

/** Shapes are of like size when the smaller is at least this share of the larger. */
const LIKE_SIZE = 0.5;

/**
 * Where several digits are found, and more than so many times as many other shapes of any size, they are letters that
 * look like digits.
 */
const OUTNUMBERED = 2;

/**
 * Puts predictions together to a reading: the best path through the shapes. Where those of like size that are rather
 * "not a digit" outnumber the digits, the picture holds other writing, in which a few letters look like digits, and
 * nothing is read: without this rule three times as many words of letters are accepted as numbers (17 of 600 for 7),
 * and on drawn pages one number in a hundred more is read.
 */
export function toReading(shapes: ExtractedDigit[], predictions: Prediction[]): Reading {
  const judged = zip(shapes, predictions).map(([shape, prediction]) => ({ shape, prediction }));
  const { taken, confidence } = bestPath(judged.map(({ shape, prediction }) => ({ ...shape, ...prediction })));
  const found = inOrder(judged.filter((_, i) => taken[i]));
  // What a rule has doubts about is mostly no writing at all, and of the rest the network tells.
  const isOther = ({ shape, prediction: { isWriting = true } }: Judged): boolean =>
    isWriting && shape.doubt === undefined && !found.some((digit) => areRivals(digit.shape, shape));
  const others = judged.filter((each, i) => !taken[i] && isOther(each));
  const alike = others.filter(({ shape }) => found.some((digit) => likeSize(shape, digit.shape)));
  if (alike.length > found.length || (found.length > 1 && others.length > found.length * OUTNUMBERED)) {
    return { text: '', confidence: 0, digits: [], otherWriting: true };
  }
  const digits = found.map(
    ({ shape: { image, box, line }, prediction: { digit, confidence: own, probabilities } }): Digit => ({
      image,
      box,
      line,
      digit,
      confidence: own,
      probabilities,
    }),
  );
  const isSomething = shapes.some(({ doubt }) => doubt === undefined);
  return {
    text: textOf(digits),
    confidence: digits.length > 0 ? confidence : 0,
    digits,
    otherWriting: digits.length === 0 && isSomething,
  };
}

/** Digits in reading order as a text, with a newline between lines of writing. */
export function textOf(digits: readonly Pick<Digit, 'digit' | 'line'>[]): string {
  return digits
    .map(({ digit, line }, i) => (i > 0 && line !== digits[i - 1]?.line ? '\n' : '') + String(digit))
    .join('');
}

/** A shape and what the network made of it. */
export interface Judged {
  shape: ExtractedDigit;
  prediction: Prediction;
}

/** A doubtful shape was put into no line: where it is a digit after all, the lines are found anew. */
function inOrder(found: Judged[]): Judged[] {
  if (found.every(({ shape }) => shape.doubt === undefined)) return found;
  return readingOrder(found.map(({ shape }) => shape.box)).flatMap((line, number) =>
    line.map((index) => {
      const { shape, prediction } = at(found, index);
      return { shape: { ...shape, line: number }, prediction };
    }),
  );
}

function likeSize(a: ExtractedDigit, b: ExtractedDigit): boolean {
  return Math.min(a.box.height, b.box.height) >= Math.max(a.box.height, b.box.height) * LIKE_SIZE;
}
