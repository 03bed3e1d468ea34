import { componentOf, type Component, type Run } from './components';
import { strokeOf } from './measures';

/** Wider than high by this: more than one digit, if the rest speaks for it. */
const WIDE = 1.1;

/** Where two digits touch, a column holds no more ink than this many stroke widths. */
const THINNEST = 4;

/** Each half must be at least this high, as a share of the whole: a foot of a 2 or a bar of a 5 is no digit. */
const HALF_HEIGHT = 0.65;

/** Horizontal shift per row of the cuts that are tried: writing leans. */
const SLANTS = [0, -0.2, 0.2, -0.4, 0.4];

/** A digit is at least this wide, as a share of the height. */
const LEAST_WIDTH = 0.2;

/** A half narrower than this, as a share of its height, is a bare stroke; two of them joined by a bar are an H, not 11. */
const BARE_STROKE = 0.4;

/**
 * Separates digits that touch, where the shape tells: a wide shape with a waist between two halves of full height.
 * @returns two or more parts from left to right, or the component itself
 */
export function separateTouching(component: Component, ink: Uint8Array, width: number): Component[] {
  const { box, runs } = component;
  if (box.width < box.height * WIDE) return [component];
  const { x, slant, thickness } = waist(component);
  if (thickness > strokeOf(component) * THINNEST) return [component];
  const cutAt = (y: number): number => Math.round(x + slant * (y - box.y - box.height / 2));
  const left = runs.map((run) => ({ ...run, end: Math.min(run.end, cutAt(run.y)) })).filter(notEmpty);
  const right = runs.map((run) => ({ ...run, start: Math.max(run.start, cutAt(run.y)) })).filter(notEmpty);
  if (left.length === 0 || right.length === 0) return [component];
  const parts = [left, right].map((part) => componentOf(part, ink, width));
  const plausible = parts.every((part) => part.box.height >= box.height * HALF_HEIGHT) && parts.some((part) => part.box.width >= part.box.height * BARE_STROKE);
  return plausible ? parts.flatMap((part) => separateTouching(part, ink, width)) : [component];
}

/**
 * The straight cut from top to bottom that meets least ink, in one place only (a 0 is met twice by any cut), and not too
 * near to either side; `x` is where it crosses the middle row.
 */
function waist({ box, runs }: Component): { x: number; slant: number; thickness: number } {
  const best = { x: 0, slant: 0, thickness: Infinity };
  const margin = Math.round(box.height * LEAST_WIDTH), middle = box.x + box.width / 2;
  for (const slant of SLANTS) {
    const columns = new Uint32Array(box.width), meetings = new Uint32Array(box.width), lastRow = new Int32Array(box.width).fill(-2);
    for (const { y, start, end } of runs) {
      const shift = Math.round(slant * (y - box.y - box.height / 2)) + box.x;
      for (let column = Math.max(0, start - shift); column < Math.min(box.width, end - shift); column++) {
        columns[column]++;
        if (lastRow[column] !== y - 1) meetings[column]++;
        lastRow[column] = y;
      }
    }
    for (let column = margin; column < box.width - margin; column++) {
      const x = box.x + column, thickness = meetings[column] === 1 ? columns[column] : Infinity;
      if (thickness < best.thickness || (thickness === best.thickness && Math.abs(x - middle) < Math.abs(best.x - middle))) Object.assign(best, { x, slant, thickness });
    }
  }
  return best;
}

function notEmpty({ start, end }: Run): boolean {
  return end > start;
}
