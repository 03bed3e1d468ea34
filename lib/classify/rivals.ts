import { common } from '../extract/boxes';
import type { ExtractedDigit } from '../extract/digit';
import type { Box } from '../pictures/picture';

/** What tells whether two shapes are made of the same ink. */
export type Inked = Pick<ExtractedDigit, 'box' | 'part' | 'doubt'>;

/**
 * Shapes of which one covers so much of the other's box are two ways to see the same ink; neighbours that lean cover
 * less.
 */
const SAME_INK = 0.7;

/**
 * Whether two shapes cannot both be digits, as they share ink. Likely shapes share none, wherever their boxes stand: in
 * lists that people make, several may have the same.
 */
export function areRivals(a: Inked, b: Inked): boolean {
  if (a.doubt === undefined && b.doubt === undefined) return false;
  if (a.part && b.part && isSameBox(a.part.of, b.part.of))
    return a.part.first <= b.part.last && b.part.first <= a.part.last;
  return common(a.box, b.box) >= SAME_INK * Math.min(a.box.width * a.box.height, b.box.width * b.box.height);
}

function isSameBox(a: Box, b: Box): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** For each shape the indices of its rivals. */
export function rivalsOf(shapes: readonly Inked[]): number[][] {
  return shapes.map((shape, i) => shapes.flatMap((other, k) => (k !== i && areRivals(shape, other) ? [k] : [])));
}
