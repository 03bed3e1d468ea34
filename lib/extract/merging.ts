import { memoize } from '../memoize';
import { join, type Component, type Run } from './components';
import { sizeOf, strokeOf } from './measures';
import { at } from '../lists';

/** The pieces of a digit are about equally strong. */
const PIECE_RATIO = 0.4;

/** The pieces of a digit are about equally broad: what is broader is a blot, a shadow or a reflection. */
const BROADER_RATIO = 3;

/**
 * Puts parts together until no two belong to one digit: a 5's bar, a stroke that the pen skipped.
 * @param least longer side, pixels, of what may be a digit: smaller parts join one, but they make none
 */
export function mergePieces(parts: Component[], least: number, ink: Uint8Array, width: number): Component[] {
  let groups = [...parts].sort((a, b) => b.area - a.area);
  for (let i = 0; i < groups.length; i++) {
    if (sizeOf(at(groups, i)) < least) continue;
    // All that belong to it join at once: one by one, the specks of a noisy picture would take seconds.
    for (;;) {
      const group = at(groups, i);
      const later = groups.slice(i + 1);
      const pieces = new Set(later.filter((other) => belong(group, other)));
      if (pieces.size === 0) break;
      const whole = join([group, ...pieces], ink, width);
      groups = [...groups.slice(0, i), whole, ...later.filter((other) => !pieces.has(other))];
    }
  }
  return groups;
}

/** Whether the smaller part `b` is a piece of the same digit as `a`. */
function belong(a: Component, b: Component): boolean {
  const overlap = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
  const gap = Math.max(a.box.y, b.box.y) - Math.min(a.box.y + a.box.height, b.box.y + b.box.height);
  const tall = Math.max(a.box.height, b.box.height);
  const thinner = Math.min(strokeOf(a), strokeOf(b));
  const broader = Math.max(strokeOf(a), strokeOf(b));
  const stroke = (thinner + broader) / 2;
  if (gap > tall * 0.2 + stroke * 1.5 || -overlap > stroke || broader > thinner * BROADER_RATIO) return false;
  if (Math.min(a.strength, b.strength) < Math.max(a.strength, b.strength) * PIECE_RATIO) return false;
  // One above the other: two digits of two lines are alike in height and further apart than a stroke is wide.
  if (overlap >= Math.min(a.box.width, b.box.width) * 0.4) {
    const reach =
      b.box.height < a.box.height * 0.5 ? Math.max(stroke * 1.5, Math.min(tall * 0.2, sizeOf(b) * 0.4)) : stroke;
    return gap <= reach && distanceWithin(a, b, reach);
  }
  // Side by side: only a small piece that nearly touches.
  return b.box.height < a.box.height * 0.6 && b.area < a.area * 0.35 && distanceWithin(a, b, stroke * 0.8);
}

/** Whether two parts come within `reach` pixels of each other. */
function distanceWithin(a: Component, b: Component, reach: number): boolean {
  const distance = Math.max(1.5, reach);
  const rows = rowsOf(a);
  const { y: top } = a.box;
  return b.runs.some(({ y, start, end }) => {
    const first = Math.max(0, Math.ceil(y - distance) - top);
    const last = Math.min(rows.length - 1, y + distance - top);
    for (let row = first; row <= last; row++) {
      const across = Math.sqrt(distance ** 2 - (top + row - y) ** 2);
      if (rows[row]?.some((run) => start - run.end + 1 <= across && run.start - end + 1 <= across)) return true;
    }
    return false;
  });
}

/** A component's runs by row: a blot that hundreds of specks join is asked for its runs near each of them. */
const rowsOf = memoize(({ runs, box }: Component): Run[][] => {
  const rows: Run[][] = Array.from({ length: box.height }, () => []);
  for (const run of runs) at(rows, run.y - box.y).push(run);
  return rows;
});
