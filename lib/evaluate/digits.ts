import { correctPrior, type Prediction } from '../classify/prediction';
import { isDigit } from '../classify/reading';
import { zip } from '../lists';
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

/** 0 to 9, and `NOT_A_DIGIT`. */
const CLASS_NUMBERS = Array.from({ length: CLASSES }, (_, each) => each);

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
  const binOf = ({ confidence }: Outcome): number => Math.min(BINS - 1, Math.floor(confidence * BINS));
  const bins = Array.from({ length: BINS }, (_, bin) => summed(outcomes.filter((outcome) => binOf(outcome) === bin)));
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

function summed(outcomes: readonly Outcome[]): { count: number; confidence: number; right: number } {
  return {
    count: outcomes.length,
    confidence: outcomes.reduce((sum, { confidence }) => sum + confidence, 0),
    right: outcomes.filter(({ isRight }) => isRight).length,
  };
}

/** @param labels 0 to 9 or `NOT_A_DIGIT`, one for each prediction */
export function digitFigures(predictions: readonly Prediction[], labels: ArrayLike<number>): DigitFigures {
  const readings = zip(judge(predictions, labels), labels).map(([{ read, confidence }, label]) => ({
    label,
    read,
    confidence,
    isRight: read === label,
  }));
  const byLabel = CLASS_NUMBERS.map((label) => readings.filter((reading) => reading.label === label));
  const confusion = byLabel.map((own) =>
    CLASS_NUMBERS.map((read) => own.filter((reading) => reading.read === read).length),
  );
  const digits = byLabel.slice(0, NOT_A_DIGIT);
  const others = byLabel.slice(NOT_A_DIGIT).flat();
  return {
    n: readings.length,
    accuracy: readings.filter(({ isRight }) => isRight).length / readings.length,
    rejected: readings.filter(({ read }) => read === NOT_A_DIGIT).length / readings.length,
    byDigit: digits.map((own) => share(own.filter(({ isRight }) => isRight).length, own.length)),
    confusion: others.length > 0 ? confusion : confusion.slice(0, NOT_A_DIGIT),
    ...calibrationOf(readings.filter(({ read }) => read !== NOT_A_DIGIT)),
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
