import type { Component } from './components';

/** A ruled line is looked for where a component reaches over this share of the picture. */
const REACH = 0.9;

/** A line must be there in this share of the picture's columns. */
const COVERAGE = 0.4;

/**
 * Lines lean by at most this (pixels down per pixel to the right), in steps fine enough to stay within a pixel or two.
 */
const STEEPEST = 0.25;
const SLOPES = 101;

/** One column of so many votes: with 3, 5 or 6 as many digits of 250 choosing pages come through. */
const STEP = 5;

/** A crossing stroke is at least this many times as thick as the line where they meet. */
const CROSSING = 2;

/** Ink this many times as strong as the line's is a stroke that lies along it. */
const STRONGER_STROKE = 1.5;

/**
 * Takes ruled lines and squares out of a mask, where they reach right across the picture and so hang on to the writing.
 * Strokes that cross a line or lie along it stay whole, because there the ink is thicker or stronger than the line.
 *
 * The lines are found by a Hough transform (Duda and Hart 1972) of the thin vertical runs of ink.
 * @param ink strength of each pixel
 * @returns a new mask, or the same one where there is no ruling
 */
export function removeRuledLines(
  mask: Uint8Array,
  components: Component[],
  ink: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  const wide = components.some(({ box }) => box.width > width * REACH);
  const tall = components.some(({ box }) => box.height > height * REACH);
  let out = mask;
  if (wide) out = removeLines({ mask: out, ink, columns: width, rows: height, right: 1, down: width });
  // The same with columns for rows.
  if (tall) out = removeLines({ mask: out, ink, columns: height, rows: width, right: width, down: 1 });
  return out;
}

/** A mask, seen so that lines go from left to right: how far it is in memory to the next column and to the next row. */
interface View {
  mask: Uint8Array;
  ink: Uint8Array;
  columns: number;
  rows: number;
  right: number;
  down: number;
}

/** Middle and thickness of a vertical run of ink in column `x`. */
interface Crossing {
  x: number;
  y: number;
  thickness: number;
}

function removeLines(view: View): Uint8Array {
  const { mask, columns, rows } = view;
  const thickest = Math.max(3, Math.round(rows / 60));
  const thin: Crossing[] = [];
  for (let x = 0; x < columns; x += STEP) {
    for (const run of columnRuns(view, x)) if (run.thickness <= thickest) thin.push(run);
  }
  const voting = Math.ceil(columns / STEP);
  const lines = thin.length < voting * COVERAGE ? [] : findLines(thin, voting, view);
  if (lines.length === 0) return mask;
  const cleared: View = { ...view, mask: mask.slice() };
  for (const line of lines) {
    for (let x = 0; x < columns; x++) eraseAt(cleared, x, line);
  }
  return cleared.mask;
}

interface Line {
  slope: number;
  intercept: number;
  thickness: number;
  strength: number;
}

/** Votes for lines of one slope, by intercept. */
interface Votes {
  slope: number;
  counts: Int16Array;
}

/** A pair of neighbouring intercepts with enough votes for a line. */
interface Candidate {
  votes: Votes;
  bin: number;
}

/**
 * Takes the line with most votes, then the best of what is left, until none reaches across the picture.
 * @param voting how many columns the runs are of
 */
function findLines(runs: Crossing[], voting: number, { ink, columns, rows, right, down }: View): Line[] {
  const lines: Line[] = [];
  const needed = voting * COVERAGE;
  const margin = Math.ceil(STEEPEST * columns);
  const { votes, candidates: found } = vote(runs, rows + 2 * margin, margin, needed);
  let candidates = found;
  let left = runs;
  for (;;) {
    candidates = candidates.filter((candidate) => countOf(candidate) >= needed);
    if (candidates.length === 0) return lines;
    const {
      votes: { slope },
      bin,
    } = candidates.reduce((best, each) => (countOf(each) > countOf(best) ? each : best));
    const intercept = bin - margin + 0.5;
    const own: Crossing[] = [];
    const rest: Crossing[] = [];
    for (const run of left) (Math.abs(run.y - slope * run.x - intercept) <= 2.5 ? own : rest).push(run);
    const thickness = median(own.map((run) => run.thickness));
    const strength = median(own.map(({ x, y }) => ink[Math.floor(y) * down + x * right]));
    lines.push({ slope, intercept, thickness, strength });
    for (const each of votes) count(own, each, margin, -1);
    left = rest;
  }
}

/** Votes are only ever taken away, so only slopes that have candidates now are kept. */
function vote(
  runs: Crossing[],
  bins: number,
  margin: number,
  needed: number,
): { votes: Votes[]; candidates: Candidate[] } {
  const kept: Votes[] = [];
  const candidates: Candidate[] = [];
  let counts = new Int16Array(bins);
  for (let s = 0; s < SLOPES; s++) {
    const votes = { slope: slopeOf(s), counts };
    const before = candidates.length;
    count(runs, votes, margin, 1);
    for (let bin = 0; bin + 1 < bins; bin++) {
      if (counts[bin] + counts[bin + 1] >= needed) candidates.push({ votes, bin });
    }
    if (candidates.length > before) {
      kept.push(votes);
      counts = new Int16Array(bins);
    } else {
      counts.fill(0);
    }
  }
  return { votes: kept, candidates };
}

function count(runs: Crossing[], { slope, counts }: Votes, margin: number, by: number): void {
  // Rounds, as no bin is below 0.
  for (const { x, y } of runs) counts[(y - slope * x + margin + 0.5) | 0] += by;
}

/** Of two bins, because a line's middle jumps between two rows of pixels. */
function countOf({ votes: { counts }, bin }: Candidate): number {
  return counts[bin] + counts[bin + 1];
}

function slopeOf(index: number): number {
  return ((2 * index) / (SLOPES - 1) - 1) * STEEPEST;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** Erases the line's run of ink in a column, unless it is so thick or so strong that a stroke is there. */
function eraseAt(
  { mask, ink, rows, right, down }: View,
  x: number,
  { slope, intercept, thickness, strength }: Line,
): void {
  const y = Math.round(intercept + slope * x);
  const column = x * right;
  for (const near of [0, 1, -1, 2, -2]) {
    if (y + near < 0 || y + near >= rows || mask[(y + near) * down + column] === 0) continue;
    let top = y + near;
    let bottom = y + near + 1;
    while (top > 0 && mask[(top - 1) * down + column] !== 0) top--;
    while (bottom < rows && mask[bottom * down + column] !== 0) bottom++;
    const isThick = bottom - top > Math.max(thickness + 1, thickness * CROSSING);
    if (isThick || ink[((top + bottom - 1) >> 1) * down + column] > strength * STRONGER_STROKE) return;
    for (let row = top; row < bottom; row++) mask[row * down + column] = 0;
    return;
  }
}

function columnRuns({ mask, rows, right, down }: View, x: number): Crossing[] {
  const runs: Crossing[] = [];
  const end = x * right + rows * down;
  for (let y = 0, at = x * right; at < end; y++, at += down) {
    if (mask[at] === 0) continue;
    const top = y;
    while (at < end && mask[at] !== 0) {
      y++;
      at += down;
    }
    runs.push({ x, y: (top + y - 1) / 2, thickness: y - top });
  }
  return runs;
}
