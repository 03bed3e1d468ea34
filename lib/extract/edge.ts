import type { Mask } from '../pictures/picture';
import type { Component, Run } from './components';
import { sizeOf } from './measures';

/** Contact with the edge, as a share of the shape's longer side: about two stroke widths of a broad marker. */
const EDGE_CONTACT = 0.3;

/** Reaches from one side of the picture to the other: the edge of a sheet or of a desk, a shadow, a ruled line. */
export function spansPicture({ box }: Component, width: number, height: number): boolean {
  return box.width === width || box.height === height || (box.width > width * 0.9 && box.height > height * 0.9);
}

/**
 * A bar so long, as a share of the picture's shorter side, and so narrow, as a share of its length, is no 1 that just
 * happens to touch the edge.
 */
const LONG_BAR = 0.6;
const NARROW_BAR = 0.2;

/**
 * Cut by the picture's edge for long: the desk or a shadow; or a long bar that begins there. The end of a stroke may
 * touch it.
 * @param border see `Mask`: the picture ends where they begin
 */
export function isCutByEdge(component: Component, width: number, height: number, border?: Uint8Array): boolean {
  const {
    box: { x, y, width: w, height: h },
    runs,
  } = component;
  const longest = sizeOf(component);
  const touches = x === 0 || y === 0 || x + w === width || y + h === height;
  if (!touches && !border) return false;
  if (touches && longest > Math.min(width, height) * LONG_BAR && Math.min(w, h) < longest * NARROW_BAR) return true;
  const contact = border ? contactWithBorder(border, runs, width) : 0;
  // In the corner between the two stands no digit.
  if (touches && contact > 0) return true;
  return contact + contactWithEdge(runs, width, height) > longest * EDGE_CONTACT;
}

/** Pixels of ink that lie at the picture's edge. */
function contactWithEdge(runs: readonly Run[], width: number, height: number): number {
  let contact = 0;
  for (const run of runs) {
    if (run.y === 0 || run.y === height - 1) contact += run.end - run.start;
    else contact += (run.start === 0 ? 1 : 0) + (run.end === width ? 1 : 0);
  }
  return contact;
}

/** Pixels of ink that lie next to a border. */
function contactWithBorder(border: Uint8Array, runs: Run[], width: number): number {
  let contact = 0;
  for (const { y, start, end } of runs) {
    const first = y * width + start;
    const past = y * width + end;
    // Beside the picture lies nothing; the byte there is of another row. Above and below it there is none.
    contact += (start > 0 && border[first - 1] ? 1 : 0) + (end < width && border[past] ? 1 : 0);
    for (let at = first; at < past; at++) if (border[at - width] || border[at + width]) contact++;
  }
  return contact;
}

/** Long, straight and thin: a ruled line, a fold, a cable. */
export function isLine(component: Component, width: number, height: number): boolean {
  const { box, area } = component;
  const longest = sizeOf(component);
  return (
    longest > Math.max(width, height) * 0.4 &&
    Math.min(box.width, box.height) < longest * 0.12 &&
    area < longest * longest * 0.02
  );
}

/** Strokes of a bar are together no broader than this share of its height, as a mean over its rows. */
const BAR = 0.35;

/** The background on one side of an edge is darker by at least this share than on the other, along so much of it. */
const STEP = 0.15;
const ALONG = 0.75;

/**
 * The edge itself is hardly darker than its darker side, ink is by more than this share; but the shadow of a sheet is,
 * too, in a long bar.
 */
const DARKER = 0.3;

/**
 * So far from a straight line, as a share of the height and as a mean over the rows, is the middle of a 2 or a 3, but
 * of no edge.
 */
const BENT = 0.06;

/**
 * A bar with bright background on one side and dark background on the other: the edge of a shadow or of a sheet, where
 * ink would be a stroke right along it.
 * @param background see `Mask`
 * @param ink strength of each pixel, `width * height`
 */
export function separatesBackgrounds(
  { box, runs }: Component,
  background: NonNullable<Mask['background']>,
  ink: Uint8Array,
  width: number,
  height: number,
): boolean {
  const scaleX = background.width / width;
  const scaleY = background.height / height;
  const beside = 1.5 / scaleX;
  const backgroundAt = (x: number, y: number): number => {
    const column = Math.min(background.width - 1, Math.max(0, Math.floor(x * scaleX)));
    const row = Math.min(background.height - 1, Math.floor(y * scaleY));
    return background.data[row * background.width + column];
  };
  const ends = new Map<number, { left: number; right: number }>();
  for (const { y, start, end } of runs) {
    const row = ends.get(y);
    if (!row) ends.set(y, { left: start, right: end });
    else if (end > row.right) row.right = end;
  }
  let breadth = 0;
  let brighter = 0;
  let darker = 0;
  const depths: number[] = [];
  const middles = new Map<number, number>();
  for (const [y, { left, right }] of ends) {
    breadth += right - left;
    middles.set(y, (left + right) / 2);
    const before = backgroundAt(left - beside, y);
    const after = backgroundAt(right + beside, y);
    const step = (after - before) / Math.max(1, before, after);
    if (step > STEP) brighter++;
    if (step < -STEP) darker++;
    let grey = 0;
    for (let x = left; x < right; x++) grey += backgroundAt(x, y) * (1 - ink[y * width + x] / 255);
    depths.push(1 - grey / (right - left) / Math.max(1, Math.min(before, after)));
  }
  if (breadth > box.height * ends.size * BAR || Math.max(brighter, darker) < ends.size * ALONG) return false;
  if (bendOf(middles) > box.height * BENT) return false;
  return box.height > Math.min(width, height) * LONG_BAR || depths.sort((a, b) => a - b)[depths.length >> 1] < DARKER;
}

/** Root mean square of the distance of values from the straight line that fits them best. */
function bendOf(values: Map<number, number>): number {
  let meanX = 0;
  let meanY = 0;
  for (const [x, y] of values) {
    meanX += x / values.size;
    meanY += y / values.size;
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const [x, y] of values) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
    yy += (y - meanY) ** 2;
  }
  return Math.sqrt(Math.max(0, yy - (xx > 0 ? xy ** 2 / xx : 0)) / values.size);
}
