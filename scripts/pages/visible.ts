import type { Box, RawPicture } from '../../lib/pictures/picture';
import type { InkLayer } from './ink-layer';
import type { Thing } from './writing';

/** How well a thing's ink stands out from what is bare beside it. */
export interface Sight {
  /** Difference of ink and bare ground, a share of the ground's brightness; positive where the ink is brighter. */
  contrast: number;
  /** The same in standard deviations of the pixels (d′), as large as it is over a patch of the stroke. */
  clarity: number;
  /** Of its ink so much stands out from the ground at all, 0 to 1. */
  share: number;
}

/** What one can make of a thing: all of it, that something is there, or nothing. */
export type Seen = 'clear' | 'partly' | 'unseen';

/** The least that a person with some effort reads by, and the least by which there is something; found by looking. */
const CLEAR: Sight = { contrast: 0.04, clarity: 2, share: 0.6 };
const PARTLY: Sight = { contrast: 0.02, clarity: 0.8, share: 0.25 };

/** The least height of a digit, pixels, and the share of it that must be there. */
const LEAST_HEIGHT = 10;
const LEAST_SHARE = 0.67;

/** From the ink on, blurred ink reaches so many pixels; the ground goes on by a stroke's width, within these bounds. */
const GAP = 1;
const REACH = 3;
const LARGEST_REACH = 12;

/** Pixels of either side, without which a tile tells nothing. */
const FEW = 3;

/** Variance of rounding to bytes and more, so that flat pictures have some. */
const LEAST_VARIANCE = 1;

/** Below this a ground is so dark that screens show it as black. */
const DARKEST = 16;

/** For each thing what one sees of it in the picture. */
export function seenOf(picture: RawPicture, layer: InkLayer, things: readonly Thing[]): Seen[] {
  const sights = sightOf(picture, layer.owner, things);
  return things.map(({ kind, box }, i) => {
    const seen = reaches(sights[i], CLEAR) ? 'clear' : reaches(sights[i], PARTLY) ? 'partly' : 'unseen';
    if (kind !== 'digit' || seen !== 'clear') return seen;
    return Math.max(box.width, box.height) < LEAST_HEIGHT || layer.shareLeft(i + 1) < LEAST_SHARE ? 'partly' : 'clear';
  });
}

function reaches(sight: Sight, bound: Sight): boolean {
  return Math.abs(sight.contrast) >= bound.contrast && sight.clarity >= bound.clarity && sight.share >= bound.share;
}

/** Sums over pixels of a tile: their number, values and squares, of ink and of ground. */
const FIELDS = 6;
const GROUND = 3;

interface Tiles {
  left: number;
  top: number;
  side: number;
  columns: number;
  rows: number;
  /** So far from the ink is ground, pixels. */
  reach: number;
  /** Width of the strokes, pixels. */
  width: number;
  sums: Float64Array;
}

/**
 * Compares each thing's ink with the ground next to it, tile by tile, so that the edge of a shadow that runs through
 * it does not count.
 * @param owner for each pixel 0, or one more than the index of the thing
 */
export function sightOf(picture: RawPicture, owner: Uint16Array, things: readonly Thing[]): Sight[] {
  const { data, width } = picture;
  const { inks, edges } = inkOf(owner, width, things.length);
  const tiles = things.map(({ box }, i) => tilesOf(box, inks[i + 1], edges.counts[i + 1]));
  for (let at = 0; at < owner.length; at++) if (owner[at] !== 0) add(tiles[owner[at] - 1], at, width, data[at], 0);
  // What is nearest to each ink is its ground: all of them grow by a pixel at a time.
  const nearest = owner.slice();
  let border = edges.pixels;
  for (let step = 1; border.length > 0; step++) {
    const grown: number[] = [];
    for (const from of border) {
      const own = nearest[from];
      const its = tiles[own - 1];
      if (step > its.reach) continue;
      for (const at of neighbours(from, width, owner.length, step % 2 === 0)) {
        if (nearest[at] !== 0) continue;
        nearest[at] = own;
        grown.push(at);
        if (step > GAP) add(its, at, width, data[at], GROUND);
      }
    }
    border = grown;
  }
  return tiles.map(sightIn);
}

/** Pixels beside one, and every other time those at its corners, which makes what grows about round. */
function neighbours(at: number, width: number, length: number, corners: boolean): number[] {
  const x = at % width;
  const found: number[] = [];
  const left = x > 0;
  const right = x < width - 1;
  const above = at >= width;
  const below = at + width < length;
  if (left) found.push(at - 1);
  if (right) found.push(at + 1);
  if (above) found.push(at - width);
  if (below) found.push(at + width);
  if (!corners) return found;
  if (left && above) found.push(at - width - 1);
  if (right && above) found.push(at - width + 1);
  if (left && below) found.push(at + width - 1);
  if (right && below) found.push(at + width + 1);
  return found;
}

/** @param side 0: ink; GROUND */
function add(tiles: Tiles, at: number, width: number, value: number, side: number): void {
  const { left, top, side: size, columns, rows, sums } = tiles;
  const column = Math.max(0, Math.min(columns - 1, Math.floor(((at % width) - left) / size)));
  const row = Math.max(0, Math.min(rows - 1, Math.floor((Math.floor(at / width) - top) / size)));
  const sum = (row * columns + column) * FIELDS + side;
  sums[sum]++;
  sums[sum + 1] += value;
  sums[sum + 2] += value * value;
}

function sightIn({ sums, width }: Tiles): Sight {
  const parts: { inks: number; contrast: number; clarity: number }[] = [];
  // The eye evens out noise over about a stroke's width.
  const even = Math.sqrt(Math.max(1, width));
  for (let at = 0; at < sums.length; at += FIELDS) {
    const inks = sums[at];
    const grounds = sums[at + GROUND];
    if (inks < FEW || grounds < FEW) continue;
    const a = sums[at + 1] / inks;
    const b = sums[at + GROUND + 1] / grounds;
    const squares = sums[at + 2] / inks - a * a + sums[at + GROUND + 2] / grounds - b * b;
    const variance = squares / 2 + LEAST_VARIANCE;
    parts.push({ inks, contrast: (a - b) / Math.max(DARKEST, b), clarity: (even * (a - b)) / Math.sqrt(variance) });
  }
  const all = parts.reduce((sum, { inks }) => sum + inks, 0);
  if (all === 0) return { contrast: 0, clarity: 0, share: 0 };
  const mean = (of: 'contrast' | 'clarity'): number => parts.reduce((sum, part) => sum + part.inks * part[of], 0) / all;
  const contrast = mean('contrast');
  const clarity = mean('clarity');
  const sign = Math.sign(clarity);
  const share =
    parts.reduce((sum, part) => {
      const isThere = sign * part.contrast >= PARTLY.contrast && sign * part.clarity >= PARTLY.clarity;
      return sum + (isThere ? part.inks : 0);
    }, 0) / all;
  return { contrast, clarity: Math.abs(clarity), share };
}

function tilesOf({ x: left, y: top, ...box }: Box, inks: number, edges: number): Tiles {
  const width = (2 * inks) / Math.max(1, edges);
  const side = Math.round(5 + 2 * width);
  const columns = Math.max(1, Math.round(box.width / side));
  const rows = Math.max(1, Math.round(box.height / side));
  const reach = GAP + Math.min(LARGEST_REACH, Math.max(REACH, width));
  return { left, top, side, columns, rows, reach, width, sums: new Float64Array(columns * rows * FIELDS) };
}

interface Inks {
  inks: Uint32Array;
  edges: { counts: Uint32Array; pixels: number[] };
}

/** Each thing's pixels, and those of them that lie at its edge. */
function inkOf(owner: Uint16Array, width: number, things: number): Inks {
  const inks = new Uint32Array(things + 1);
  const counts = new Uint32Array(things + 1);
  const pixels: number[] = [];
  for (let at = 0; at < owner.length; at++) {
    const own = owner[at];
    if (own === 0) continue;
    inks[own]++;
    const isAcross = owner[at - 1] === own && owner[at + 1] === own;
    if (isAcross && owner[at - width] === own && owner[at + width] === own) continue;
    counts[own]++;
    pixels.push(at);
  }
  return { inks, edges: { counts, pixels } };
}
