import { join, type Component } from './components';
import { sizeOf, strokeOf } from './measures';

/** The pieces of a digit are about equally strong. */
const PIECE_RATIO = 0.4;

/** The pieces of a digit are about equally broad: what is broader is a blot, a shadow or a reflection. */
const BROADER_RATIO = 3;

/**
 * Puts parts together until no two belong to one digit: a 5's bar, a stroke that the pen skipped.
 * @param least longer side, pixels, of what may be a digit: smaller parts join one, but they make none
 */
export function joinBroken(parts: Component[], least: number, ink: Uint8Array, width: number): Component[] {
  const groups = [...parts].sort((a, b) => b.area - a.area);
  for (let i = 0; i < groups.length; i++) {
    if (sizeOf(groups[i]) < least) continue;
    for (let j = i + 1; j < groups.length; j++) {
      if (!belong(groups[i], groups[j])) continue;
      groups[i] = join([groups[i], groups[j]], ink, width);
      groups.splice(j, 1);
      j = i;
    }
  }
  return groups;
}

/** Whether the smaller part `b` is a piece of the same digit as `a`. */
function belong(a: Component, b: Component): boolean {
  const overlap = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
  const gap = Math.max(a.box.y, b.box.y) - Math.min(a.box.y + a.box.height, b.box.y + b.box.height);
  const tall = Math.max(a.box.height, b.box.height);
  const thinner = Math.min(strokeOf(a), strokeOf(b)), broader = Math.max(strokeOf(a), strokeOf(b)), stroke = (thinner + broader) / 2;
  if (gap > tall * 0.2 + stroke * 1.5 || -overlap > stroke || broader > thinner * BROADER_RATIO) return false;
  if (Math.min(a.strength, b.strength) < Math.max(a.strength, b.strength) * PIECE_RATIO) return false;
  // One above the other: two digits of two lines are alike in height and further apart than a stroke is wide.
  if (overlap >= Math.min(a.box.width, b.box.width) * 0.4) {
    const reach = b.box.height < a.box.height * 0.5 ? Math.max(stroke * 1.5, Math.min(tall * 0.2, sizeOf(b) * 0.4)) : stroke;
    return gap <= reach && distanceWithin(a, b, reach);
  }
  // Side by side: only a small piece that nearly touches.
  return b.box.height < a.box.height * 0.6 && b.area < a.area * 0.35 && distanceWithin(a, b, stroke * 0.8);
}

/** Whether two parts come within `reach` pixels of each other. */
function distanceWithin(a: Component, b: Component, reach: number): boolean {
  const distance = Math.max(1.5, reach), squared = distance * distance;
  const { x, y, width, height } = b.box;
  const near = a.runs.filter((run) => run.y >= y - distance && run.y <= y + height + distance && run.end >= x - distance && run.start <= x + width + distance);
  return near.length > 0 && b.runs.some((p) => near.some((q) => {
    const dy = Math.abs(p.y - q.y), dx = Math.max(0, p.start - q.end + 1, q.start - p.end + 1);
    return dx * dx + dy * dy <= squared;
  }));
}
