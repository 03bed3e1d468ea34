import { coincide, union } from './boxes';
import { join, type Component } from './components';
import { sizeOf, strokeOf } from './measures';

/**
 * A piece that may be a digit without the rest is so large at least, as a share of the whole's height: an underline may
 * hold a whole number together.
 */
const LEAST_PIECE = 0.4;

/** Of more pieces than this no single ones are tried, and of more than that not all but one. */
const MOST_PIECES = 16;
const MOST_TOGETHER = 6;

/** What has this share of both boxes in common with the whole is the whole less a dot. */
const SAME = 0.8;

/**
 * Pieces that may be one digit come so near to each other, in strokes' widths and as a share of both together; both
 * together are no wider than this, as a share of their height.
 */
const GAP = 3;
const GAP_SHARE = 0.25;
const WIDEST = 1.1;

/** Neighbours are two digits rather than pieces of one, but for one above the other, or a small one beside a large. */
const HIGHER = 1.2;
const SMALLER = 0.6;

/** The pieces of a digit are about equally strong and broad: the weaker or thinner has this share of the other's. */
const ALIKE = 0.4;

/** Parts of which pairs are tried, the largest first. */
const MOST_PAIRED = 64;

/**
 * Other ways to put pieces together than `joinBroken` has: single pieces of a joined shape and all but one of them, as
 * an underline or a dot may be the rest; and two neighbours that may be one digit.
 * @param joined what `joinBroken` gave
 * @param least longer side of a digit, pixels
 */
export function otherJoins(joined: readonly Component[], least: number, ink: Uint8Array, width: number): Component[] {
  const pieces = joined.flatMap((whole) => piecesOf(whole, ink, width));
  return [...pieces, ...pairsOf(joined, ink, width)].filter((shape) => sizeOf(shape) >= least);
}

function piecesOf(whole: Component, ink: Uint8Array, width: number): Component[] {
  const { joined = [] } = whole;
  if (joined.length < 2 || joined.length > MOST_PIECES) return [];
  const without = (piece: Component): Component =>
    join(
      joined.filter((other) => other !== piece),
      ink,
      width,
    );
  const rests = joined.length === 2 || joined.length > MOST_TOGETHER ? [] : joined.map(without);
  return [...joined, ...rests].filter(
    (piece) => sizeOf(piece) >= LEAST_PIECE * whole.box.height && !coincide(piece.box, whole.box, SAME),
  );
}

function pairsOf(parts: readonly Component[], ink: Uint8Array, width: number): Component[] {
  const large = [...parts].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_PAIRED);
  return large.flatMap((a, i) => large.slice(i + 1).flatMap((b) => (mayBeOne(a, b) ? [join([a, b], ink, width)] : [])));
}

/** @param b the smaller one */
function mayBeOne(a: Component, b: Component): boolean {
  const { width: wide, height: high } = union(a.box, b.box);
  const tallest = Math.max(a.box.height, b.box.height);
  if (wide > high * WIDEST || (high < tallest * HIGHER && sizeOf(b) > sizeOf(a) * SMALLER)) return false;
  const gap = Math.max(wide - a.box.width - b.box.width, high - a.box.height - b.box.height);
  const broader = Math.max(strokeOf(a), strokeOf(b));
  return (
    gap <= Math.min(GAP * broader, GAP_SHARE * high) &&
    Math.min(strokeOf(a), strokeOf(b)) >= ALIKE * broader &&
    Math.min(a.strength, b.strength) >= ALIKE * Math.max(a.strength, b.strength)
  );
}
