import { findComponents } from '../../lib/extract/components';
import { memoize } from '../../lib/memoize';
import type { Point } from '../../lib/train/synthesis/strokes';
import type { Field } from './field';

/**
 * The ways of the pen that may have made a shape, to write it with a much finer pen: lines along the middle of its
 * strokes, in pixels of the field. Empty where a part is so thick that it is no single stroke, or would be lost.
 */
export const centreLines = memoize((field: Field): readonly (readonly Point[])[] => trace(field));

/** How many places without ink a shape goes all round. */
export const loopsOf = memoize(({ distance, width, height }: Field): number => {
  const paper = Uint8Array.from(distance, (value) => (value < 0 ? 0 : 255));
  // All paper outside hangs together, as there is a margin.
  return findComponents(paper, paper, width, height).length - 1;
});

function trace(field: Field): Point[][] {
  const { distance, width, height, half } = field;
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) {
    if (distance[i] < -1.45 * half) return [];
    if (distance[i] < 0) mask[i] = 1;
  }
  thin(mask, width, height);
  const steps = [1, -1, width, -width, 1 + width, 1 - width, -1 + width, -1 - width];
  const left = mask.slice();
  const free = (at: number): number => steps.reduce((sum, step) => sum + left[at + step], 0);
  const lines: Point[][] = [];
  const follow = (start: number): void => {
    const way = [start];
    left[start] = 0;
    for (let at = start, before = 0; ;) {
      // Straight on where there is a choice, and rather to a side than to a corner.
      const next = steps
        .filter((step) => left[at + step])
        .sort((a, b) => turn(a, before, width) - turn(b, before, width))[0] as number | undefined;
      if (next === undefined) break;
      at += next;
      before = next;
      left[at] = 0;
      way.push(at);
    }
    const [first, last] = [joint(way[0], way.slice(0, 4)), joint(way[way.length - 1], way.slice(-4))];
    // A short line with a free end is a spur that thinning has left; between two joints it closes a loop.
    const isSpur = first.length === 0 || last.length === 0;
    if (isSpur && way.length < 1.3 * half && lines.length > 0) return;
    const points = [...first, ...way, ...last].map((at) => ({
      x: (at % width) + 0.5,
      y: Math.floor(at / width) + 0.5,
    }));
    lines.push(smooth(points, first.length === 0, last.length === 0, 0.6 * half));
  };
  /** A neighbour that an earlier line has taken: there two lines meet. */
  const joint = (at: number, own: readonly number[]): number[] =>
    steps
      .filter((step) => mask[at + step] && !left[at + step] && !own.includes(at + step))
      .slice(0, 1)
      .map((step) => at + step);
  for (let ends = 0; ends < 2; ends++) {
    for (let i = 0; i < left.length; i++) if (left[i] && (ends === 1 || free(i) <= 1)) follow(i);
  }
  return follows(lines, field) ? lines : [];
}

/** Whether all ink lies as near to the lines as strokes are wide: else a stroke of the character was lost. */
function follows(lines: readonly (readonly Point[])[], { distance, width, half }: Field): boolean {
  const reach = (2 * half) ** 2;
  const segments = lines.flatMap((line) => line.map((point, i) => [point, line[i + 1] ?? point] as const));
  return distance.every(
    (depth, i) =>
      depth >= 0 ||
      segments.some(
        ([from, to]) => squaredDistance({ x: (i % width) + 0.5, y: Math.floor(i / width) + 0.5 }, from, to) <= reach,
      ),
  );
}

function squaredDistance(point: Point, from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return (point.x - from.x - share * dx) ** 2 + (point.y - from.y - share * dy) ** 2;
}

/** How much a step deviates from the one before, from 0; the first one is free. */
function turn(step: number, before: number, width: number): number {
  const [ax, ay] = parts(step, width);
  const [bx, by] = parts(before, width);
  return (before === 0 ? 0 : 2 - (ax * bx + ay * by) / Math.hypot(ax, ay) / Math.hypot(bx, by)) + (ax && ay ? 0.3 : 0);
}

function parts(step: number, width: number): [number, number] {
  const dy = Math.round(step / width);
  return [step - dy * width, dy];
}

/** Evens out the steps of the pixels; free ends are made longer by what thinning has taken. */
function smooth(points: Point[], freeStart: boolean, freeEnd: boolean, longer: number): Point[] {
  let line = points;
  for (let round = 0; round < 6; round++) {
    line = line.map((p, i) => {
      if (i === 0 || i === line.length - 1) return p;
      const a = line[i - 1];
      const b = line[i + 1];
      return { x: (a.x + 2 * p.x + b.x) / 4, y: (a.y + 2 * p.y + b.y) / 4 };
    });
  }
  const few = line.filter((_, i) => i % 3 === 0 || i === line.length - 1);
  const beyond = (end: Point, inner: Point): Point => {
    const length = Math.hypot(end.x - inner.x, end.y - inner.y) || 1;
    return { x: end.x + ((end.x - inner.x) / length) * longer, y: end.y + ((end.y - inner.y) / length) * longer };
  };
  if (few.length < 2) return few;
  if (freeStart) few.unshift(beyond(few[0], few[1]));
  if (freeEnd) few.push(beyond(few[few.length - 1], few[few.length - 2]));
  return few;
}

/** Thins strokes to lines of one pixel (Zhang and Suen 1984). */
function thin(mask: Uint8Array, width: number, height: number): void {
  const n = [-width, 1 - width, 1, 1 + width, width, width - 1, -1, -1 - width];
  // Only ink that is left is looked at again.
  let ink: number[] = [];
  for (let i = width; i < width * (height - 1); i++) if (mask[i]) ink.push(i);
  for (let odd = false, calm = 0; calm < 2; odd = !odd) {
    const gone = ink.filter((i) => {
      let count = 0;
      let rises = 0;
      let before = mask[i + n[7]];
      for (let k = 0; k < 8; k++) {
        const here = mask[i + n[k]];
        count += here;
        if (here && !before) rises++;
        before = here;
      }
      if (count < 2 || count > 6 || rises !== 1) return false;
      const up = mask[i + n[0]];
      const right = mask[i + n[2]];
      const down = mask[i + n[4]];
      const left = mask[i + n[6]];
      return odd ? !(up && left && (right || down)) : !(right && down && (up || left));
    });
    for (const i of gone) mask[i] = 0;
    if (gone.length > 0) ink = ink.filter((i) => mask[i]);
    calm = gone.length > 0 ? 0 : calm + 1;
  }
}
