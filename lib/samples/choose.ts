import { describe } from '../pictures/picture';
import { parseLabel, SamplesError, UNSURE } from './labels';

/** Which digits are kept that nobody has given a label. */
export const KEEPS = ['labelled', 'unsure', 'all'] as const;
export type Keep = (typeof KEEPS)[number];

/** A reading, as far as it decides about the samples; it may come from anywhere. */
export interface ReadingToKeep {
  digits: readonly { digit?: unknown }[];
  /** One label for all digits, or an array with one for each. */
  label?: unknown;
  accepted?: unknown;
  reason?: unknown;
}

/** Reasons of the filter for rejecting what it is sure of. */
const SURE = /^(reading \d|unchanged$|gone: )/;

/**
 * The label of each digit, and whether a person gave it; undefined for a digit that is not to be kept.
 * @param keep `labelled`: only with a given label; `unsure`: also what was rejected; `all`: also what was accepted, or
 *   judged by nobody, under the label that was read
 * @throws SamplesError for what is no label
 */
export function chooseLabels(
  { digits, label, accepted, reason }: ReadingToKeep,
  keep: Keep,
): ({ label: string; given: boolean } | undefined)[] {
  if (label !== undefined && label !== null) {
    if (Array.isArray(label) && label.length !== digits.length) {
      throw new SamplesError(
        `expected a label for each of ${digits.length} digits, got ${describe(label)}`,
        'bad-label',
        'bad label',
      );
    }
    const labels: unknown[] = Array.isArray(label) ? label : digits.map(() => label);
    return labels.map((one) =>
      one === null || one === undefined ? undefined : { label: parseLabel(one), given: true },
    );
  }
  if (keep === 'labelled' || (typeof reason === 'string' && accepted === false && SURE.test(reason)))
    return digits.map(() => undefined);
  if (accepted === false) return digits.map(() => ({ label: UNSURE, given: false }));
  return digits.map(({ digit }) => (keep === 'all' ? { label: parseLabel(digit), given: false } : undefined));
}
