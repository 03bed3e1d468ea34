import { componentOf, type Component } from './components';
import { LEAST_WIDTH, middleOf, piecesOf, profilesOf, type Cut } from './cuts';
import { strokeOf } from './measures';
import { at } from '../lists';

/** Wider than high by this: more than one digit, if the rest speaks for it. */
const WIDE = 1.1;

/** Where two digits touch, a column holds no more ink than this many stroke widths. */
const THINNEST = 4;

/** Each half must be at least this high, as a share of the whole: a foot of a 2 or a bar of a 5 is no digit. */
const HALF_HEIGHT = 0.65;

/**
 * A half narrower than this, as a share of its height, is a bare stroke; two of them joined by a bar are an H, not 11.
 */
const BARE_STROKE = 0.4;

/**
 * Finds where digits that touch are to be separated, where the shape tells: a wide shape with a waist between two
 * halves of full height.
 * @returns cuts from left to right, none where it is rather one digit
 */
export function cutsBetweenTouching(component: Component, ink: Uint8Array, width: number): Cut[] {
  const { box } = component;
  if (box.width < box.height * WIDE) return [];
  const { thickness, ...cut } = waist(component);
  if (thickness > strokeOf(component) * THINNEST) return [];
  const pieces = piecesOf(component, [cut]);
  if (pieces.some((runs) => runs.length === 0)) return [];
  const parts = pieces.map((runs) => componentOf(runs, ink, width));
  const isPlausible =
    parts.every((part) => part.box.height >= box.height * HALF_HEIGHT) &&
    parts.some((part) => part.box.width >= part.box.height * BARE_STROKE);
  if (!isPlausible) return [];
  const [left, right] = parts.map((part) => cutsBetweenTouching(part, ink, width));
  return [...(left ?? []), cut, ...(right ?? [])];
}

/**
 * The straight cut from top to bottom that meets least ink, in one place only (a 0 is met twice by any cut), and not
 * too near to either side.
 */
function waist(component: Component): Cut & { thickness: number } {
  const { box } = component;
  const best = { x: 0, y: middleOf(box), slant: 0, thickness: Infinity };
  const margin = Math.round(box.height * LEAST_WIDTH);
  const middle = box.x + box.width / 2;
  for (const { slant, ink, strokes } of profilesOf(component)) {
    for (let column = margin; column < box.width - margin; column++) {
      const x = box.x + column;
      const thickness = strokes[column] === 1 ? at(ink, column) : Infinity;
      const isNearer = thickness === best.thickness && Math.abs(x - middle) < Math.abs(best.x - middle);
      if (thickness < best.thickness || isNearer) Object.assign(best, { x, slant, thickness });
    }
  }
  return best;
}
