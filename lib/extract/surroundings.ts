import type { Box } from '../pictures/picture';
import type { Component } from './components';
import { sizeOf, strokeOf, strokesAcross } from './measures';
import { DOUBTS, type Doubt } from './doubts';

/** Side of the picture of what stands about a shape, pixels, and how many times the shape's longer side that shows. */
export const SURROUNDINGS_SIZE = 48;
export const REACH = 3;

/** Brightness; the shape itself; all ink, and what lies outside the picture. */
export const SURROUNDINGS_CHANNELS = 3;

/** Smaller shapes are shown with more about them, pixels of the picture. */
const LEAST_REACH = 24;

/** A cell of the picture is a mean over at most so many pixels in each direction: more tell hardly more. */
const MOST_SAMPLES = 3;

/** What a network sees of a shape and of what stands about it. */
export interface Surroundings {
  /** `SURROUNDINGS_SIZE`² pixels of `SURROUNDINGS_CHANNELS` bytes. */
  picture: Uint8Array;
  /** `MEASURES` numbers, most of them from -1 to 1; see `measuresOf`. */
  measures: number[];
}

/** The picture that shapes were found in, `width * height` bytes each. */
export interface View {
  width: number;
  height: number;
  /** 255 = ink. */
  mask: Uint8Array;
  /** Brightness, dark ink on bright paper. */
  grey: Uint8Array;
  /** See `Mask`. */
  border?: Uint8Array | undefined;
}

/**
 * What shapes are compared with: the strongest ink, the longest side in pixels and the number of all that may be
 * digits.
 */
export interface Population {
  strongest: number;
  tallest: number;
  count: number;
}

/** Shows a shape in the middle of what stands about it, evened so that the brightest paper is white. */
export function showSurroundings(shape: Component, view: View): Uint8Array {
  const size = SURROUNDINGS_SIZE;
  const { box } = shape;
  const reach = Math.max(LEAST_REACH, sizeOf(shape) * REACH);
  const cell = reach / size;
  const left = box.x + (box.width - reach) / 2;
  const top = box.y + (box.height - reach) / 2;
  const out = new Uint8Array(size * size * SURROUNDINGS_CHANNELS);
  showPicture(out, view, left, top, cell);
  showShape(out, shape, left, top, cell);
  return out;
}

function showPicture(
  out: Uint8Array,
  { width, height, mask, grey, border }: View,
  left: number,
  top: number,
  cell: number,
): void {
  const size = SURROUNDINGS_SIZE;
  const samples = Math.min(MOST_SAMPLES, Math.ceil(cell));
  const step = cell / samples;
  const brightness = new Float32Array(size * size);
  const histogram = new Uint32Array(256);
  const xs = sampled(left, cell, step, samples, width);
  const ys = sampled(top, cell, step, samples, height);
  let inside = 0;
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      let seen = 0;
      let bright = 0;
      let ink = 0;
      for (let i = row * samples; i < (row + 1) * samples; i++) {
        if (ys[i] < 0) continue;
        const first = ys[i] * width;
        for (let k = column * samples; k < (column + 1) * samples; k++) {
          const pixel = first + xs[k];
          if (xs[k] < 0 || border?.[pixel]) continue;
          seen++;
          bright += grey[pixel];
          ink += mask[pixel];
        }
      }
      brightness[at] = seen > 0 ? bright / seen : -1;
      if (seen > 0) {
        inside++;
        histogram[Math.round(bright / seen)]++;
      }
      out[at * SURROUNDINGS_CHANNELS + 2] = seen > 0 ? ink / seen : 255;
    }
  }
  const white = Math.max(1, percentile(histogram, inside, 0.95));
  for (let at = 0; at < brightness.length; at++) {
    out[at * SURROUNDINGS_CHANNELS] = brightness[at] < 0 ? 0 : Math.min(255, (brightness[at] / white) * 255);
  }
}

/** The pixels that the cells of a row or column are sampled at, `samples` for each cell; -1 beyond the picture. */
function sampled(first: number, cell: number, step: number, samples: number, length: number): Int32Array {
  return Int32Array.from({ length: SURROUNDINGS_SIZE * samples }, (_, i) => {
    const k = i % samples;
    const at = Math.floor(first + ((i - k) / samples) * cell + (k + 0.5) * step);
    return at < length ? Math.max(-1, at) : -1;
  });
}

/** The share of each cell that the shape covers. */
function showShape(out: Uint8Array, { runs }: Component, left: number, top: number, cell: number): void {
  const size = SURROUNDINGS_SIZE;
  const covered = new Float32Array(size * size);
  for (const { y, start, end } of runs) {
    const row = Math.floor((y + 0.5 - top) / cell);
    if (row < 0 || row >= size) continue;
    for (let x = start; x < end;) {
      const column = Math.floor((x + 0.5 - left) / cell);
      const next = Math.min(end, Math.max(x + 1, Math.ceil(left + (column + 1) * cell - 0.5)));
      if (column >= 0 && column < size) covered[row * size + column] += next - x;
      x = next;
    }
  }
  const share = 255 / Math.max(1, cell * cell);
  for (let at = 0; at < covered.length; at++) out[at * SURROUNDINGS_CHANNELS + 1] = Math.min(255, covered[at] * share);
}

function percentile(histogram: Uint32Array, total: number, share: number): number {
  let seen = 0;
  for (let value = 0; value < 256; value++) {
    seen += histogram[value];
    if (seen >= total * share) return value;
  }
  return 255;
}

/** Numbers beside the doubts. */
const PLAIN_MEASURES = 10;
export const MEASURES = PLAIN_MEASURES + DOUBTS.length;

/** What pixels tell in numbers, of the order of 1; the last ones are 1 for each doubt that a rule has. */
export function measuresOf(
  shape: Component,
  doubt: Doubt | undefined,
  { width, height }: View,
  company: Population,
): number[] {
  const { box, strength } = shape;
  const size = sizeOf(shape);
  return [
    Math.log2(size / Math.min(width, height)) / 4,
    Math.log2(box.width / box.height) / 2,
    strength / 255,
    (4 * strokeOf(shape)) / size,
    contactWithEdge(box, shape, width, height) / size,
    company.strongest > 0 ? strength / company.strongest - 1 : 0,
    company.tallest > 0 ? Math.log2(size / company.tallest) / 4 : 0,
    Math.log2(1 + company.count) / 8,
    strokesAcross(shape) / 4,
    shape.area / (box.width * box.height),
    ...DOUBTS.map((each) => (each === doubt ? 1 : 0)),
  ].map((value) => Math.max(-2, Math.min(2, value)));
}

/** Pixels of the shape that lie along the picture's border. */
function contactWithEdge(
  { x, y, width: w, height: h }: Box,
  { runs }: Component,
  width: number,
  height: number,
): number {
  if (x > 0 && y > 0 && x + w < width && y + h < height) return 0;
  let contact = 0;
  for (const run of runs) {
    if (run.y === 0 || run.y === height - 1) contact += run.end - run.start;
    else contact += (run.start === 0 ? 1 : 0) + (run.end === width ? 1 : 0);
  }
  return contact;
}
