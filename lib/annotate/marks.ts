import { describe } from '../pictures/picture';
import type { Mark } from './overlay';

/**
 * What to draw about the digits of a message, which may come from anywhere.
 * @param digits as `extract` or `classify` make them; undefined for none
 * @throws TypeError
 */
export function marksOf(digits: unknown): Mark[] {
  if (digits === undefined || digits === null) return [];
  if (!Array.isArray(digits))
    throw new TypeError(`expected msg.digits to be an array of digits, got ${describe(digits)}`);
  return digits.map((value: unknown, i) => {
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
