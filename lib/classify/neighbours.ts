import type { Box } from '../pictures/picture';
import { areRivals, type Inked } from './rivals';

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
  const byScore = [...shapes.keys()].sort((a, b) => scores[b] - scores[a]);
  return shapes.map((shape, i) => {
    const near: number[] = [];
    for (const k of byScore) {
      if (k === i || !isBeside(shape.box, shapes[k].box) || areRivals(shape, shapes[k])) continue;
      if (near.every((other) => !areRivals(shapes[other], shapes[k]))) near.push(k);
    }
    if (near.length === 0) return [0, 0, 0];
    const odds = near.map((k) => Math.max(-MOST, Math.min(MOST, scores[k])));
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
