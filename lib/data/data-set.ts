import { NOT_A_DIGIT_NAME, type SkippedPicture } from './picture-labels';
import { DataSetError, type LabelledDigits } from './idx';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../digit';

/** What a data set says of itself in a few words. */
export interface DataSetSummary {
  /** e.g. "MNIST, test" */
  name: string;
  /** How many digits it has. */
  digits: number;
  /** How many of each label, by its name: 0 to 9, and where there are any, not-a-digit. */
  byLabel: Record<string, number>;
  /** Pictures that could not be used: how many, and the first of them. */
  skipped: { count: number; first: SkippedPicture[] };
}

/** So many of the pictures that could not be used are named. */
const NAMED = 20;

/**
 * Labelled digits with a name. It may be large, so whoever passes it on means the same one: a clone of a
 * message keeps it, and where it is written as JSON, e.g. to be shown, its summary stands for it.
 */
export class DataSet implements LabelledDigits {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;

  constructor(
    readonly name: string,
    { images, labels }: LabelledDigits,
    readonly skipped: readonly SkippedPicture[] = [],
  ) {
    this.images = images;
    this.labels = labels;
  }

  /** How many digits it has. */
  get size(): number {
    return this.labels.length;
  }

  /** Cloning stops at objects of a kind of their own. */
  get [Symbol.toStringTag](): string {
    return 'DataSet';
  }

  /**
   * @param index from 0 on
   * @returns a copy of the picture's 784 bytes, and what it shows: 0 to 9, or "not-a-digit"
   * @throws DataSetError
   */
  sample(index: number): { image: Buffer; label: number | string } {
    const label = Number.isInteger(index) && index >= 0 ? this.labels.at(index) : undefined;
    if (label === undefined)
      throw new DataSetError(`expected the number of a digit from 0 to ${this.size - 1} (${this.name}), got ${index}`);
    return {
      image: Buffer.from(this.images.subarray(index * DIGIT_PIXELS, (index + 1) * DIGIT_PIXELS)),
      label: nameOf(label),
    };
  }

  toJSON(): DataSetSummary {
    const counts = new Map(Array.from({ length: NOT_A_DIGIT }, (_, digit) => [digit, 0]));
    for (const label of this.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    const byLabel = Object.fromEntries([...counts].map(([label, count]) => [String(nameOf(label)), count]));
    return {
      name: this.name,
      digits: this.size,
      byLabel,
      skipped: { count: this.skipped.length, first: this.skipped.slice(0, NAMED) },
    };
  }
}

/** What people call a label. */
function nameOf(label: number): number | string {
  return label === NOT_A_DIGIT ? NOT_A_DIGIT_NAME : label;
}
