import { asHandedIn, type Prediction } from '../classify/prediction';
import { isDigit } from '../classify/reading';

/** How a model did on labelled 28×28 pictures, each handed in as one digit. Shares from 0 to 1. */
export interface DigitFigures {
  n: number;
  /** Share that was read right; a digit taken for "not a digit" is wrong. */
  accuracy: number;
  /** Share that was taken for "not a digit". */
  rejected: number;
  /** Accuracy on each digit, 0 to 9; NaN for one that does not occur. */
  byDigit: number[];
  /** `confusion[label][read]`; column 10 is "not a digit". */
  confusion: number[][];
  /**
   * Expected calibration error over 15 bins of equal width (Guo et al. 2017): how far confidence is from
   * accuracy, among what was taken for a digit: for the rest no confidence is given.
   */
  calibrationError: number;
}

const CLASSES = 11, NOT_A_DIGIT = 10, BINS = 15;

/** @param labels 0 to 9, one for each prediction */
export function digitFigures(predictions: Prediction[], labels: ArrayLike<number>): DigitFigures {
  const confusion = Array.from({ length: 10 }, () => new Array<number>(CLASSES).fill(0));
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  predictions.map(asHandedIn).forEach((prediction, i) => {
    const read = isDigit(prediction) ? prediction.digit : NOT_A_DIGIT;
    confusion[labels[i]][read]++;
    if (read === NOT_A_DIGIT) return;
    const bin = bins[Math.min(BINS - 1, Math.floor(prediction.confidence * BINS))];
    bin.count++;
    bin.confidence += prediction.confidence;
    if (prediction.digit === labels[i]) bin.right++;
  });
  const n = predictions.length;
  const count = (row: number[]) => row.reduce((a, b) => a + b, 0);
  return {
    n,
    accuracy: confusion.reduce((sum, row, label) => sum + row[label], 0) / n,
    rejected: confusion.reduce((sum, row) => sum + row[NOT_A_DIGIT], 0) / n,
    byDigit: confusion.map((row, label) => row[label] / count(row)),
    confusion,
    calibrationError: bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / bins.reduce((sum, { count }) => sum + count, 0),
  };
}
