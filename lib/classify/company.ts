import type { Box } from '../pictures/picture';

/**
 * Two shapes stand beside each other when the lower is at least so high as a share of the higher, their middles are no
 * further apart than that in height, and the gap between them is no wider (in heights of the higher one): digits of one
 * number. What it tells was learnt with the same figures.
 */
const LIKE_HEIGHT = 0.5, LEVEL = 0.5, WIDEST_GAP = 2.5;

/** Log-odds beyond this say no more. */
const MOST = 5;

/**
 * What the neighbours of each shape tell of it: whether there is one, and the mean and the greatest of their log-odds of
 * being a digit. Digits among digits support each other.
 * @param scores log-odds of each box's shape
 */
export function companyOf(boxes: readonly Box[], scores: readonly number[]): [has: number, mean: number, greatest: number][] {
  return boxes.map((box, i) => {
    const near = scores.filter((_, k) => k !== i && isBeside(box, boxes[k])).map((score) => Math.max(-MOST, Math.min(MOST, score)));
    if (near.length === 0) return [0, 0, 0];
    return [1, near.reduce((a, b) => a + b) / near.length, Math.max(...near)];
  });
}

function isBeside(a: Box, b: Box): boolean {
  const high = Math.max(a.height, b.height), low = Math.min(a.height, b.height);
  const apart = Math.abs(a.y + a.height / 2 - b.y - b.height / 2);
  const gap = Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width);
  // What covers the other is another cut of the same ink.
  return low >= LIKE_HEIGHT * high && apart <= LEVEL * high && gap <= WIDEST_GAP * high && gap > -0.5 * Math.min(a.width, b.width);
}
