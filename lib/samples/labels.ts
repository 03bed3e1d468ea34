import { NOT_A_DIGIT_NAME, UNSURE } from '../data/picture-labels';
import { describe } from '../pictures/picture';
import { ExplainedError } from '../errors';

export { UNSURE };

/** The labels that samples may have, which are the names of their folders. */
export const SAMPLE_LABELS: readonly string[] = [
  ...Array.from({ length: 10 }, (_, digit) => String(digit)),
  NOT_A_DIGIT_NAME,
  UNSURE,
];

type SamplesErrorCode = 'bad-label' | 'no-sample' | 'full' | 'bad-request';

/** Something asked of the samples cannot be done; the message says why. */
export class SamplesError extends ExplainedError {
  override name = 'SamplesError';
  declare readonly code: SamplesErrorCode;
  declare readonly status: string;

  constructor(message: string, code: SamplesErrorCode, status: string) {
    super(message, { code, status });
  }
}

/**
 * The label that a message names: 0 to 9 as a number or a string, "not-a-digit" or "unsure".
 * @throws SamplesError for anything else, paths among them.
 */
export function parseLabel(value: unknown): string {
  const label = typeof value === 'number' ? String(value) : value;
  const known = SAMPLE_LABELS.find((name) => name === label);
  if (known === undefined)
    throw new SamplesError(
      `expected a label from 0 to 9, "${NOT_A_DIGIT_NAME}" or "${UNSURE}", got ${describe(value)}`,
      'bad-label',
      'bad label',
    );
  return known;
}
