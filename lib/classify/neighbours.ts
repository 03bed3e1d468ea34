import type { Box } from '../pictures/picture';
import { areRivals, type Inked } from './rivals';
import { zip } from '../lists';

/**
 * Two shapes stand beside each other when the lower is at least so high as a share of the higher, their middles are no
 * further apart than that in height, and the gap between them is no wider (in heights of the higher one): digits of one
 * number. What it tells was learnt with the same figures.
 */
const LIKE_HEIGHT = 0.5;
const LEVEL = 0.5;
const WIDEST_GAP = 2.5;

/** Log-odds beyond this say no more. */
const MOST = 5;

/**
 * What the neighbours of each shape tell of it: whether there is one, and the mean and the greatest of their log-odds
 * of being a digit. Digits among digits support each other. Of rivals the likeliest counts.
 * @param scores log-odds of each shape
 */
export function neighboursOf(
  shapes: readonly Inked[],
  scores: readonly number[],
): [has: number, mean: number, greatest: number][] {
  const byScore = zip(shapes, scores).sort(([, a], [, b]) => b - a);
  return shapes.map((shape) => {
    const near: [Inked, number][] = [];
    for (const each of byScore) {
      const [other] = each;
      if (other === shape || !isBeside(shape.box, other.box) || areRivals(shape, other)) continue;
      if (near.every(([taken]) => !areRivals(taken, other))) near.push(each);
    }
    if (near.length === 0) return [0, 0, 0];
    const odds = near.map(([, score]) => Math.max(-MOST, Math.min(MOST, score)));
    return [1, odds.reduce((a, b) => a + b) / odds.length, Math.max(...odds)];
  });
}

function isBeside(a: Box, b: Box): boolean {
  const high = Math.max(a.height, b.height);
  const low = Math.min(a.height, b.height);
  const apart = Math.abs(a.y + a.height / 2 - b.y - b.height / 2);
  const gap = Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width);
  return low >= LIKE_HEIGHT * high && apart <= LEVEL * high && gap <= WIDEST_GAP * high;
}
