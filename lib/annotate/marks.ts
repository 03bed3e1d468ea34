import { describe } from '../pictures/picture';
import type { Mark } from './overlay';

/**
 * What to draw about digits, which may come from anywhere.
 * @param digits as `extract` or `classify` make them
 * @throws TypeError for one without a box
 */
export function marksOf(digits: readonly unknown[]): Mark[] {
  return digits.map((value, i) => {
    const { box, digit, confidence } = (typeof value === 'object' && value !== null ? value : {}) as Record<
      string,
      unknown
    >;
    if (!isBox(box))
      throw new TypeError(
        `expected digits with a box of { x, y, width, height }, got ${describe(box ?? value)} at position ${i}`,
      );
    return {
      box,
      digit: typeof digit === 'number' && Number.isInteger(digit) && digit >= 0 && digit <= 9 ? digit : undefined,
      confidence: typeof confidence === 'number' && confidence >= 0 && confidence <= 1 ? confidence : undefined,
    };
  });
}

function isBox(value: unknown): value is Mark['box'] {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Record<string, unknown>;
  return [x, y, width, height].every(Number.isFinite);
}
