/**
 * Greatest and least values around each pixel (after Serra 1982: "Image Analysis and Mathematical Morphology").
 *
 * A square is taken column by column, then row by row; in each, a stretch of any length costs three comparisons a pixel
 * (van Herk 1992; Gil and Werman 1993), and four columns are compared at once in a 32-bit word.
 */
import type { Plane } from './planes';

/** Greatest value within a square of `2 * radius + 1`, cut at the border. */
export function dilate(plane: Plane, radius: number): Plane {
  return radius < 1 ? plane : fromWords(greatestAbove(transposed(greatestAbove(toWords(plane), radius)), radius), true);
}

/** Least value within a square of `2 * radius + 1`, cut at the border. */
export function erode(plane: Plane, radius: number): Plane {
  return radius < 1
    ? plane
    : fromWords(complement(greatestAbove(transposed(greatestAbove(complement(toWords(plane)), radius)), radius)), true);
}

/** Morphological closing: dark shapes narrower than the square vanish, edges of larger ones stay where they are. */
export function close(plane: Plane, radius: number): Plane {
  if (radius < 1) return plane;
  // Columns and rows may be taken in any order, so it is changed over twice, not four times.
  const dilated = greatestAbove(transposed(greatestAbove(toWords(plane), radius)), radius);
  // A minimum is the maximum of the complement.
  return fromWords(complement(greatestAbove(transposed(greatestAbove(complement(dilated), radius)), radius)), false);
}

/** A plane whose rows lie in whole 32-bit words; what stands beyond `width` means nothing. */
interface Words {
  words: Int32Array;
  /** Words in a row. */
  across: number;
  width: number;
  height: number;
}

function toWords({ data, width, height }: Plane): Words {
  const across = Math.ceil(width / 4);
  const words = new Int32Array(across * height);
  const bytes = new Uint8Array(words.buffer);
  if (width === 4 * across) bytes.set(data);
  else for (let y = 0; y < height; y++) bytes.set(data.subarray(y * width, (y + 1) * width), 4 * y * across);
  return { words, across, width, height };
}

function fromWords(plane: Words, changeOver: boolean): Plane {
  const { words, across, width, height } = changeOver ? transposed(plane) : plane;
  const bytes = new Uint8Array(words.buffer, 0, 4 * across * height);
  if (width === 4 * across) return { data: bytes, width, height };
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) data.set(bytes.subarray(4 * y * across, 4 * y * across + width), y * width);
  return { data, width, height };
}

/** Columns and rows changed over. */
function transposed({ words, across, width, height }: Words): Words {
  const stride = 4 * across;
  const from = new Uint8Array(words.buffer);
  const toAcross = Math.ceil(height / 4);
  const out = new Int32Array(toAcross * width);
  const to = new Uint8Array(out.buffer);
  for (let x = 0; x < width; x++) {
    for (let y = 0, at = x, i = 4 * x * toAcross; y < height; y++, at += stride, i++) to[i] = from[at];
  }
  return { words: out, across: toAcross, width: height, height: width };
}

function complement(plane: Words): Words {
  const { words } = plane;
  for (let i = 0; i < words.length; i++) words[i] = ~words[i];
  return plane;
}

/** Greatest value of each column within `radius` pixels above and below. */
function greatestAbove({ words, across, width, height }: Words, radius: number): Words {
  // Stretches of this length are gone through downwards and upwards; each window reaches over two of them, or is one.
  const length = 2 * radius + 1;
  const rows = Math.ceil((height + 2 * radius) / length) * length;
  // Above and below lies 0, which never is the greatest: so the border needs no case of its own.
  const { down, up } = stretches(rows * across);
  down.set(words, radius * across);
  up.set(down);
  for (let row = 0; row < rows; row++) {
    if (row % length === 0) continue;
    for (let i = row * across, end = i + across; i < end; i++) down[i] = greatest(down[i], down[i - across]);
  }
  for (let row = rows - 1; row >= 0; row--) {
    if ((row + 1) % length === 0) continue;
    for (let i = row * across, end = i + across; i < end; i++) up[i] = greatest(up[i], up[i + across]);
  }
  const out = new Int32Array(height * across);
  const ahead = 2 * radius * across;
  for (let i = 0; i < out.length; i++) out[i] = greatest(up[i], down[i + ahead]);
  return { words: out, across, width, height };
}

let kept = { down: new Int32Array(0), up: new Int32Array(0) };

/** Zeros to work in, in the same memory each time that as many are wanted; nothing of it is given out. */
function stretches(length: number): typeof kept {
  if (kept.down.length === length) kept.down.fill(0);
  else kept = { down: new Int32Array(length), up: new Int32Array(length) };
  return kept;
}

const EVEN = 0x00ff00ff;
const ABOVE = 0x01000100;
const ONES = 0x00010001;

/** The greater of each of four bytes. */
function greatest(a: number, b: number): number {
  const a0 = a & EVEN;
  const b0 = b & EVEN;
  const a1 = (a >>> 8) & EVEN;
  const b1 = (b >>> 8) & EVEN;
  // Of each 16 bits, the ninth stays set where a is not less than b; of that, a mask of eight bits is made.
  const not0 = ((a0 | ABOVE) - b0) & ABOVE;
  const not1 = ((a1 | ABOVE) - b1) & ABOVE;
  const mask0 = not0 - ((not0 >>> 8) & ONES);
  const mask1 = not1 - ((not1 >>> 8) & ONES);
  return (b0 ^ ((a0 ^ b0) & mask0)) | ((b1 ^ ((a1 ^ b1) & mask1)) << 8);
}
