import type { Judgement } from './digits';
import { NOT_A_DIGIT } from '../digit';

/** What a least confidence in the filter would let pass. Shares from 0 to 1. */
export interface Threshold {
  /** The precision that was wanted. */
  wanted: number;
  /** The least confidence with which it is reached, for the filter; null where no confidence does. */
  minimumConfidence: number | null;
  /** Share of what passes that is right; null where nothing would pass. */
  precision: number | null;
  /** Share of all that passes. */
  coverage: number;
}

/**
 * Finds the least confidence at which at least `wanted` of what passes is right: the one that lets most pass. Of the
 * numbers that part the same digits, it is the one with the fewest decimals.
 *
 * @param labels 0 to 9 or `NOT_A_DIGIT`, one for each judgement
 * @param wanted 0 to 1
 */
export function thresholdFor(judgements: readonly Judgement[], labels: ArrayLike<number>, wanted: number): Threshold {
  // Numbers in typed arrays are sorted without calling back, tens of thousands of them in a few milliseconds.
  const right: number[] = [];
  const wrong: number[] = [];
  judgements.forEach(({ read, confidence }, i) => {
    if (read !== NOT_A_DIGIT) (read === labels[i] ? right : wrong).push(confidence);
  });
  const rights = Float64Array.from(right).sort().reverse();
  const wrongs = Float64Array.from(wrong).sort().reverse();

  let best: Threshold = { wanted, minimumConfidence: null, precision: null, coverage: 0 };
  let passed = 0;
  let mistakes = 0;
  while (passed < rights.length || mistakes < wrongs.length) {
    const confidence = Math.max(rights[passed] ?? 0, wrongs[mistakes] ?? 0);
    while (rights[passed] >= confidence) passed++;
    while (wrongs[mistakes] >= confidence) mistakes++;
    const precision = passed / (passed + mistakes);
    if (precision < wanted) continue;
    const next = Math.max(rights[passed] ?? 0, wrongs[mistakes] ?? 0);
    best = {
      wanted,
      minimumConfidence: shortest(next, confidence),
      precision,
      coverage: (passed + mistakes) / judgements.length,
    };
  }
  return best;
}

/** The number with the fewest decimals that is above `low` and at most `high`; 0 where nothing is below. */
function shortest(low: number, high: number): number {
  if (low === 0) return 0;
  for (let scale = 10; scale <= 1e12; scale *= 10) {
    const candidate = (Math.floor(low * scale) + 1) / scale;
    if (candidate > low && candidate <= high) return candidate;
  }
  return high;
}
