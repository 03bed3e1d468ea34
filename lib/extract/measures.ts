import type { Component } from './components';

/** Longer side of the bounding box, pixels. */
export function sizeOf({ box }: Component): number {
  return Math.max(box.width, box.height);
}

/** Strength of the strongest of several, 0 to 255; 0 where there is none. */
export function strongestOf(shapes: readonly Component[]): number {
  return Math.max(0, ...shapes.map(({ strength }) => strength));
}

/** Stroke width, pixels: each row of a digit has one or two runs, so the ink over the number of runs is about it. */
export function strokeOf({ area, runs, box }: Component): number {
  return area / Math.max(runs.length, box.width);
}

/** Strokes side by side, as a mean over its rows: a digit has one to three. */
export function strokesAcross({ runs, box }: Component): number {
  return runs.length / box.height;
}
