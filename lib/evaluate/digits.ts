import { correctPrior, type Prediction } from '../classify/prediction';
import { isDigit } from '../classify/reading';
import { CLASSES, NOT_A_DIGIT } from '../digit';

/** How a model did on labelled 28×28 pictures, each handed in as one digit. Shares from 0 to 1. */
export interface DigitFigures {
  n: number;
  /** Share that was read right; a digit taken for "not a digit" is wrong. */
  accuracy: number;
  /** Share that was taken for "not a digit". */
  rejected: number;
  /** Accuracy on each digit, 0 to 9; null for one that does not occur. */
  byDigit: (number | null)[];
  /** `confusion[label][read]`; column 10 is "not a digit", and so is row 10, which is there where such pictures are. */
  confusion: number[][];
  /**
   * Expected calibration error over 15 bins of equal width (Guo et al. 2017): how far confidence is from
   * accuracy, among what was taken for a digit: for the rest no confidence is given. Null where nothing was.
   */
  calibrationError: number | null;
  /** The bins that are not empty, from the least confident on. */
  calibration: CalibrationBin[];
}

/** Pictures that were read with about the same confidence. */
export interface CalibrationBin {
  n: number;
  /** Their mean confidence, and the share of them that was read right. */
  confidence: number;
  accuracy: number;
}

const BINS = 15;

/** How sure something was, and whether it was right. */
export interface Outcome {
  /** 0 to 1. */
  confidence: number;
  isRight: boolean;
}

/**
 * How far confidence is from being right.
 * @returns expected calibration error over 15 bins of equal width (Guo et al. 2017), null of nothing; and the bins
 */
export function calibrationOf(outcomes: readonly Outcome[]): {
  calibrationError: number | null;
  calibration: CalibrationBin[];
} {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, isRight } of outcomes) {
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))];
    bin.count++;
    bin.confidence += confidence;
    if (isRight) bin.right++;
  }
  return {
    calibrationError: share(
      bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0),
      outcomes.length,
    ),
    calibration: bins
      .filter(({ count }) => count > 0)
      .map(({ count, confidence, right }) => ({ n: count, confidence: confidence / count, accuracy: right / count })),
  };
}

/** @param labels 0 to 9 or `NOT_A_DIGIT`, one for each prediction */
export function digitFigures(predictions: readonly Prediction[], labels: ArrayLike<number>): DigitFigures {
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  const outcomes: Outcome[] = [];
  judge(predictions, labels).forEach(({ read, confidence }, i) => {
    confusion[labels[i]][read]++;
    if (read !== NOT_A_DIGIT) outcomes.push({ confidence, isRight: read === labels[i] });
  });
  const n = predictions.length;
  const count = (row: number[]) => row.reduce((a, b) => a + b, 0);
  const digits = confusion.slice(0, NOT_A_DIGIT);
  return {
    n,
    accuracy: confusion.reduce((sum, row, label) => sum + row[label], 0) / n,
    rejected: confusion.reduce((sum, row) => sum + row[NOT_A_DIGIT], 0) / n,
    byDigit: digits.map((row, label) => share(row[label], count(row))),
    confusion: count(confusion[NOT_A_DIGIT]) > 0 ? confusion : digits,
    ...calibrationOf(outcomes),
  };
}

/** Not NaN, which JSON has no word for and which spreads into everything that is worked out with it. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** What is read of a picture. */
export interface Judgement {
  /** 0 to 9, or `NOT_A_DIGIT`. */
  read: number;
  /** Probability that it is that. */
  confidence: number;
}

/**
 * What the product reads of pictures that are handed in; where some of them are no digits, of shapes found on paper.
 */
export function judge(predictions: readonly Prediction[], labels: ArrayLike<number>): Judgement[] {
  const found = Array.prototype.includes.call(labels, NOT_A_DIGIT);
  return predictions.map((prediction) => {
    const own = found ? prediction : correctPrior(prediction);
    return isDigit(own)
      ? { read: own.digit, confidence: own.confidence }
      : { read: NOT_A_DIGIT, confidence: own.notDigit };
  });
}
