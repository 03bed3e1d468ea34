import { normaliseDigit, strokeWidth } from '../../extract/normalise';
import { FAR, FIELD_SIZE, enlarge, toDistance } from './distance-field';
import { cropTo, cutSide, foreignStroke, gap, inkBox, type Plane } from './degradations';
import { Random } from '../../random';
import { Lattice, randomAffine, SplineAxis, warp, type Affine, type AffineLimits, type Canvas } from './warp';
import { DIGIT_PIXELS, DIGIT_SIZE } from '../../digit';

const DEGREE = Math.PI / 180;

/** What a hand, and a camera held a little askew, do. */
const USUAL: AffineLimits = { rotation: 16 * DEGREE, shear: 0.25, scale: [0.85, 1.1], stretch: 1.35, shift: 2 };
const STRONG: AffineLimits = { rotation: 30 * DEGREE, shear: 0.35, scale: [0.8, 1.1], stretch: 1.7, shift: 2 };

/** Forms with a box for each digit, and data sets whose digits fill a square. */
const STRETCHED: AffineLimits = { rotation: 8 * DEGREE, shear: 0.2, scale: [0.9, 1.1], stretch: 2.5, shift: 1 };

/** Longest side of a digit in the camera's picture, pixels. */
const CAMERA_SIZES = [15, 64] as const;

/** Longest side of the canvas on which a digit of that size is drawn, turned and stretched as it may be. */
const MAX_SIDE = 3 * CAMERA_SIZES[1];

/** Pixels of the 28×28 picture around the ink into which it may grow, be displaced, and be blurred. */
const MARGIN = 3;

/** Share of the samples that stay as they are, and that are warped directly; the others go the camera's way. */
const UNTOUCHED = 0.12;
const DIRECT = 0.28;

// Samples are made one after the other, tens of thousands an epoch: these are used again for each.
const field = new Float32Array(FIELD_SIZE * FIELD_SIZE);
const warped = new Float32Array(MAX_SIDE * MAX_SIDE);
const ink = new Uint8Array(MAX_SIDE * MAX_SIDE);
const columns = new SplineAxis(MAX_SIDE);
const rows = new SplineAxis(MAX_SIDE);
const elastic = [new Lattice(), new Lattice()] as const;
const pressure = new Lattice();
const darkness = new Lattice();

/**
 * Makes a new picture of what a 28×28 picture shows, digit or not, as another hand, pen, paper and camera would give
 * it.
 *
 * Three ways, taken at random: left as it is; warped within 28×28; or drawn large, warped, with another pen, unevenly
 * inked, blurred, noisy, and brought back to 28×28 by the same steps as the camera's digits.
 *
 * @param image 784 bytes, white ink (255) on black (0)
 * @param out 784 bytes, the result
 */
export function augment(image: Uint8Array, random: Random, out: Uint8Array): void {
  const way = random.next();
  if (way < UNTOUCHED) {
    out.set(image);
    return;
  }
  const affine = randomAffine(random, random.chance(0.25) ? STRONG : random.chance(0.2) ? STRETCHED : USUAL);
  const wobble = random.between(0, random.chance(0.3) ? 0.9 : 0.5);
  for (const lattice of elastic) lattice.fill(random, wobble);
  enlarge(image, field);
  if (way < UNTOUCHED + DIRECT) direct(affine, out);
  else if (!throughCamera(image, affine, random, out)) out.set(image);
}

function direct(affine: Affine, out: Uint8Array): void {
  warp(field, affine, elastic, canvasOf(DIGIT_SIZE, DIGIT_SIZE, 1), 0, warped);
  for (let i = 0; i < DIGIT_PIXELS; i++) out[i] = clampByte(warped[i]);
}

function canvasOf(width: number, height: number, step: number): Canvas {
  columns.set(width, step);
  rows.set(height, step);
  return { width, height, step, columns, rows };
}

/** @returns whether any ink was left to be normalised */
function throughCamera(image: Uint8Array, affine: Affine, random: Random, out: Uint8Array): boolean {
  const box = inkBox({ data: image, width: DIGIT_SIZE, height: DIGIT_SIZE }, 20);
  if (!box) return false;
  const { x: left, y: top, width, height } = box;
  toDistance(field, {
    left: left - MARGIN,
    top: top - MARGIN,
    right: left + width + MARGIN,
    bottom: top + height + MARGIN,
  });

  const longest = CAMERA_SIZES[0] * (CAMERA_SIZES[1] / CAMERA_SIZES[0]) ** random.next();
  const perUnit = longest / Math.max(width, height);
  // How far the box reaches when it is turned and stretched: the inverse of `affine`, which leads from the result to
  // it.
  const determinant = Math.abs(affine.xx * affine.yy - affine.xy * affine.yx);
  const side = (along: number, across: number): number => {
    const reach = (Math.abs(along) * (width + 2 * MARGIN) + Math.abs(across) * (height + 2 * MARGIN)) / determinant;
    return Math.min(MAX_SIDE, Math.ceil(reach * perUnit));
  };
  const canvas = canvasOf(side(affine.yy, affine.xy), side(affine.yx, affine.xx), 1 / perUnit);
  const middle = { x: left + width / 2 - DIGIT_SIZE / 2, y: top + height / 2 - DIGIT_SIZE / 2 };
  warp(field, { ...affine, ...middle }, elastic, canvas, FAR, warped);
  drawInk(strokeWidth(image, DIGIT_SIZE, DIGIT_SIZE), canvas, longest, random);

  const plane: Plane = { data: ink, width: canvas.width, height: canvas.height };
  if (random.chance(0.06)) gap(plane, longest, random);
  let crop = inkBox(plane, random.between(50, 110));
  if (!crop) return false;
  if (random.chance(0.06)) crop = cutSide(crop, random);
  if (random.chance(0.05)) crop = foreignStroke(plane, crop, longest, random);
  out.set(normaliseDigit(cropTo(plane, crop), crop.width, crop.height));
  return true;
}

/**
 * Draws the distances in `warped` with another pen, as strength of `ink`.
 * @param width of the strokes as they are, pixels of the 28×28 picture
 */
function drawInk(width: number, canvas: Canvas, longest: number, random: Random): void {
  const change = random.chance(0.3) ? random.between(-0.5, 0.9) : random.between(-0.3, 0.4);
  const grow = Math.max(width * change, 0.9 - width) / 2;
  pressure.fill(random, random.chance(0.5) ? random.between(0, 0.12) * width : 0);
  // An edge runs from paper to ink over this many pixels: a sharp picture has one, one out of focus several.
  const edge = random.chance(0.25) ? random.between(1.5, 0.16 * longest) : random.between(0.8, 2);
  const slope = 1 / (canvas.step * edge);
  darkness.fill(random, random.chance(0.35) ? random.between(0.05, 0.3) : 0);
  const grain = random.chance(0.5) ? random.between(0, random.chance(0.2) ? 0.35 : 0.12) : 0;
  const least = random.between(0.05, 0.3);
  const reach = grow + 3;
  let n = random.below(NOISE);
  noise ??= normalNoise();
  for (let y = 0, at = 0; y < canvas.height; y++) {
    pressure.row(rows, y);
    darkness.row(rows, y);
    for (let x = 0; x < canvas.width; x++, at++) {
      ink[at] = 0;
      if (warped[at] > reach) continue;
      let value = 0.5 - (warped[at] - grow - pressure.at(columns, x)) * slope;
      if (value <= 0) continue;
      if (value > 1) value = 1;
      n = (n + 1) & (NOISE - 1);
      value *= 1 - Math.abs(darkness.at(columns, x)) + grain * noise[n];
      if (value >= least) ink[at] = clampByte(value * 255);
    }
  }
}

/** Normally distributed noise of deviation 1, to be read from a random place on. */
const NOISE = 1 << 14;
let noise: Float32Array | undefined;

function normalNoise(): Float32Array {
  const random = new Random(1);
  return Float32Array.from({ length: NOISE }, () => random.normal());
}

function clampByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}
