import type { Box } from '../pictures/picture';

/** A horizontal stretch of ink: `x` from `start` up to, not including, `end`, in row `y`. */
export interface Run {
  y: number;
  start: number;
  end: number;
}

/** Ink that hangs together (8-connected). */
export interface Component {
  box: Box;
  /** Pixels. */
  area: number;
  /** Mean strength of its ink, 0 to 255. */
  strength: number;
  runs: Run[];
  /** What it, or the shape that it is a part of, was put together of. */
  joined?: readonly Component[];
}

/**
 * Connected components of a mask, by runs with union-find: the cost grows with the ink, not with the picture.
 * @param mask 255 = ink; `ink` holds the strength of each pixel
 */
export function findComponents(mask: Uint8Array, ink: Uint8Array, width: number, height: number): Component[] {
  const runs: Run[] = [];
  const parent: number[] = [];
  const find = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  let row = -1;
  let rowFirst = 0;
  let above = 0;
  let aboveEnd = 0;
  for (let at = mask.indexOf(255); at >= 0 && at < width * height; at = mask.indexOf(255, at)) {
    const y = Math.floor(at / width);
    const start = at - y * width;
    if (y !== row) {
      above = y === row + 1 ? rowFirst : runs.length;
      aboveEnd = rowFirst = runs.length;
      row = y;
    }
    while (at < (y + 1) * width && mask[at] === 255) at++;
    const run = { y, start, end: at - y * width };
    const index = runs.length;
    runs.push(run);
    parent.push(index);
    // Diagonal neighbours count: runs touch when they overlap with one pixel of slack.
    while (above < aboveEnd && runs[above].end < start) above++;
    for (let k = above; k < aboveEnd && runs[k].start <= run.end; k++) parent[find(k)] = find(index);
  }
  const groups = new Map<number, Run[]>();
  for (let i = 0; i < runs.length; i++) {
    const root = find(i);
    const group = groups.get(root);
    if (group) group.push(runs[i]);
    else groups.set(root, [runs[i]]);
  }
  return Array.from(groups.values(), (own) => componentOf(own, ink, width));
}

/** Puts several components together to one. */
export function join(parts: readonly Component[], ink: Uint8Array, width: number): Component {
  return parts.length === 1
    ? parts[0]
    : {
        ...componentOf(
          parts.flatMap((part) => part.runs),
          ink,
          width,
        ),
        joined: parts.flatMap((part) => part.joined ?? [part]),
      };
}

/** Measures what runs make up. */
export function componentOf(runs: Run[], ink: Uint8Array, width: number): Component {
  let left = Infinity;
  let right = 0;
  let top = Infinity;
  let bottom = 0;
  let area = 0;
  let sum = 0;
  for (const { y, start, end } of runs) {
    if (start < left) left = start;
    if (end > right) right = end;
    if (y < top) top = y;
    if (y >= bottom) bottom = y + 1;
    area += end - start;
    for (let at = y * width + start; at < y * width + end; at++) sum += ink[at];
  }
  return { box: { x: left, y: top, width: right - left, height: bottom - top }, area, strength: sum / area, runs };
}
