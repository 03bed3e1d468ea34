import { DIGIT_SIZE, normaliseDigit, strokeWidth } from '../extract/normalise';
import { enlarge, FIELD_SIZE, toDistance } from './field';
import { PIXELS } from './idx';
import { Random } from './random';
import { Lattice, randomAffine, splineAxis, warp, type Affine, type AffineLimits } from './warp';

const DEGREE = Math.PI / 180;

/** What a hand and a camera held a little askew do. */
const USUAL: AffineLimits = { rotation: 16 * DEGREE, shear: 0.25, scale: [0.85, 1.1], stretch: 1.35, shift: 2 };
const STRONG: AffineLimits = { rotation: 30 * DEGREE, shear: 0.35, scale: [0.8, 1.1], stretch: 1.7, shift: 2 };

/** Side of the camera's picture of one digit, in pixels of the 28×28 picture: leaves room for what is turned or stretched. */
const EXTENT = 40;

/** Longest side of a digit in the camera's picture, pixels. */
const CAMERA_SIZES = [15, 64] as const;

const MAX_SIZE = Math.ceil(CAMERA_SIZES[1] * EXTENT / 20);

/** Share of the samples that stay almost as they are, and that are warped directly; the others go the camera's way. */
const UNTOUCHED = 0.06, DIRECT = 0.28;

const field = new Float32Array(FIELD_SIZE * FIELD_SIZE);
const warped = new Float32Array(MAX_SIZE * MAX_SIZE);
const camera = new Uint8Array(MAX_SIZE * MAX_SIZE);
const elastic = [new Lattice(), new Lattice()] as const;
const pressure = new Lattice();
const darkness = new Lattice();

/** Normally distributed noise of deviation 1, to be read from a random place on. */
const NOISE = 1 << 14;
let noise: Float32Array | undefined;

/**
 * Makes a new picture of what a 28×28 picture shows, digit or not, as another hand, pen, paper and camera would give it.
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
  enlarge(image, field);
  const limits = random.chance(0.25) ? STRONG : USUAL;
  const affine = randomAffine(random, limits);
  const wobble = random.between(0, random.chance(0.3) ? 0.9 : 0.5);
  for (const lattice of elastic) lattice.fill(random, wobble);
  if (way < UNTOUCHED + DIRECT) direct(affine, out);
  else if (!throughCamera(image, affine, random, out)) out.set(image);
}

function direct(affine: Affine, out: Uint8Array): void {
  warp(field, affine, elastic, DIGIT_SIZE, DIGIT_SIZE, 0, warped);
  for (let i = 0; i < PIXELS; i++) out[i] = clampByte(warped[i]);
}

/** @returns whether any ink was left to be normalised */
function throughCamera(image: Uint8Array, affine: Affine, random: Random, out: Uint8Array): boolean {
  const longest = CAMERA_SIZES[0] * (CAMERA_SIZES[1] / CAMERA_SIZES[0]) ** random.next();
  const size = Math.round(longest * EXTENT / 20);
  toDistance(field);
  warp(field, { ...affine, x: 0, y: 0 }, elastic, EXTENT, size, 99, warped);
  ink(image, size, longest, random);
  if (random.chance(0.06)) gap(size, random);
  const box = boundingBox(size, random.between(50, 110));
  if (!box) return false;
  if (random.chance(0.06)) cutSide(box, random);
  if (random.chance(0.05)) foreignStroke(box, size, longest, random);
  const { x, y, width, height } = box;
  const crop = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    crop.set(camera.subarray((y + row) * size + x, (y + row) * size + x + width), row * width);
  }
  const digit = normaliseDigit(crop, width, height);
  out.set(digit);
  return true;
}

/** Draws the distances in `warped` with a pen, as strength of ink in `camera`. */
function ink(image: Uint8Array, size: number, longest: number, random: Random): void {
  const width = strokeWidth(image, DIGIT_SIZE, DIGIT_SIZE);
  const change = random.chance(0.3) ? random.between(-0.5, 0.9) : random.between(-0.3, 0.4);
  const grow = Math.max(width * change, 0.9 - width) / 2;
  pressure.fill(random, random.chance(0.5) ? random.between(0, 0.12) * width : 0);
  const perUnit = longest / 20;
  // An edge runs from paper to ink over this many pixels: a sharp picture has one, one out of focus several.
  const edge = random.chance(0.25) ? random.between(1.5, 0.16 * longest) : random.between(0.8, 2);
  const slope = perUnit / edge;
  const uneven = random.chance(0.35) ? random.between(0.05, 0.3) : 0;
  darkness.fill(random, uneven);
  const grain = random.chance(0.5) ? random.between(0, random.chance(0.2) ? 0.35 : 0.12) : 0;
  const least = random.between(0.05, 0.3);
  const axis = splineAxis(size);
  const table = noiseTable();
  let n = random.below(NOISE);
  for (let y = 0, at = 0; y < size; y++) {
    pressure.row((y + 0.5) / size);
    darkness.row((y + 0.5) / size);
    for (let x = 0; x < size; x++, at++) {
      const distance = warped[at] - grow;
      if (distance > 3) {
        camera[at] = 0;
        continue;
      }
      const first = axis.first[x];
      let value = 0.5 - (distance - pressure.at(first, axis.weights, 4 * x)) * slope;
      if (value <= 0) {
        camera[at] = 0;
        continue;
      }
      if (value > 1) value = 1;
      n = (n + 1) & (NOISE - 1);
      value *= 1 - Math.abs(darkness.at(first, axis.weights, 4 * x)) + grain * table[n];
      camera[at] = value < least ? 0 : clampByte(value * 255);
    }
  }
}

function noiseTable(): Float32Array {
  if (!noise) {
    noise = new Float32Array(NOISE);
    const random = new Random(1);
    for (let i = 0; i < NOISE; i++) noise[i] = random.normal();
  }
  return noise;
}

/** The pen has skipped, or light has eaten a piece: a thin straight gap. */
function gap(size: number, random: Random): void {
  const angle = random.between(0, Math.PI), cos = Math.cos(angle), sin = Math.sin(angle);
  const half = size * random.between(0.006, 0.022);
  const offset = size * random.between(-0.15, 0.15);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (Math.abs((x - size / 2) * cos + (y - size / 2) * sin - offset) < half) camera[at] = 0;
    }
  }
}

interface Box { x: number; y: number; width: number; height: number }

function boundingBox(size: number, least: number): Box | undefined {
  let left = size, right = -1, top = size, bottom = -1;
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (camera[at] < least) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The digit reaches a little beyond the edge of the picture. */
function cutSide(box: Box, random: Random): void {
  const side = random.below(4);
  const cut = Math.round((side < 2 ? box.width : box.height) * random.between(0.02, 0.09));
  if (side === 0) box.x += cut;
  if (side === 2) box.y += cut;
  if (side < 2) box.width -= cut;
  else box.height -= cut;
}

/** A piece of a ruled line, or of what is written beside, that was taken for a part of the digit. */
function foreignStroke(box: Box, size: number, longest: number, random: Random): void {
  const upright = random.chance(0.3);
  const far = random.chance(upright ? 0.5 : 0.75);
  const thick = Math.max(1, Math.round(longest * random.between(0.02, 0.06)));
  const outside = Math.round(longest * random.between(0, 0.08));
  const span = upright ? box.height : box.width;
  const length = Math.round(span * random.between(0.25, 1.15)), start = Math.round(random.between(-0.1, 0.9) * span) - (length >> 2);
  const value = random.between(90, 255);
  const edge = upright ? (far ? box.x + box.width + outside : box.x - outside - thick) : (far ? box.y + box.height + outside : box.y - outside - thick);
  let left = size, right = -1, top = size, bottom = -1;
  for (let along = start; along < start + length; along++) {
    for (let across = 0; across < thick; across++) {
      const x = upright ? edge + across : box.x + along, y = upright ? box.y + along : edge + across;
      if (x < 0 || y < 0 || x >= size || y >= size) continue;
      camera[y * size + x] = Math.max(camera[y * size + x], value);
      left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) return;
  const x = Math.min(box.x, left), y = Math.min(box.y, top);
  box.width = Math.max(box.x + box.width, right + 1) - x;
  box.height = Math.max(box.y + box.height, bottom + 1) - y;
  box.x = x;
  box.y = y;
}

function clampByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5 | 0;
}
