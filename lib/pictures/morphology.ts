/** Greatest and least values around each pixel (after Serra 1982: "Image Analysis and Mathematical Morphology"). */
import type { Plane } from './planes';

/** Greatest value within a square of `2 * radius + 1`, cut at the border. */
export function dilate(plane: Plane, radius: number): Plane {
  return radius < 1 ? plane : greatestAlongColumns(greatestAlongColumns(plane, radius, 0), radius, 0);
}

/** Least value within a square of `2 * radius + 1`, cut at the border. */
export function erode(plane: Plane, radius: number): Plane {
  return radius < 1 ? plane : greatestAlongColumns(greatestAlongColumns(plane, radius, -1), radius, -1);
}

/** Morphological closing: dark shapes narrower than the square vanish, edges of larger ones stay where they are. */
export function close(plane: Plane, radius: number): Plane {
  return erode(dilate(plane, radius), radius);
}

/**
 * Greatest value among the `radius` pixels above and below, with columns and rows changed over, so that twice gives a square.
 *
 * Rows lie in 32-bit words, and four columns are compared at once.
 * @param flip −1 takes the least value instead: a minimum is the maximum of the complement
 */
function greatestAlongColumns({ data, width, height }: Plane, radius: number, flip: 0 | -1): Plane {
  const across = Math.ceil(width / 4), stride = 4 * across;
  // Above and below lies 0, which never is the greatest: so the border needs no case of its own.
  const words = new Int32Array(across * (height + 2 * radius)), bytes = new Uint8Array(words.buffer);
  for (let y = 0; y < height; y++) bytes.set(data.subarray(y * width, (y + 1) * width), (y + radius) * stride);
  if (flip !== 0) for (let i = radius * across, end = i + height * across; i < end; i++) words[i] = ~words[i];
  greatestOfNext(words, across, 2 * radius + 1);

  const out = new Uint8Array(width * height);
  for (let x = 0, to = 0; x < width; x++) {
    for (let from = x, end = x + height * stride; from < end; from += stride, to++) out[to] = bytes[from] ^ flip;
  }
  return { data: out, width: height, height: width };
}

/** Replaces each word by the greatest bytes of `count` words, each `step` after the other, by doubling the count that is covered. */
function greatestOfNext(words: Int32Array, step: number, count: number): void {
  let covered = 1;
  for (; 2 * covered <= count; covered *= 2) greatestOfBoth(words, covered * step);
  if (covered < count) greatestOfBoth(words, (count - covered) * step);
}

const EVEN = 0x00ff00ff, ABOVE = 0x01000100, ONES = 0x00010001;

function greatestOfBoth(words: Int32Array, ahead: number): void {
  for (let i = 0, end = words.length - ahead; i < end; i++) {
    const a = words[i], b = words[i + ahead];
    const a0 = a & EVEN, b0 = b & EVEN, a1 = (a >>> 8) & EVEN, b1 = (b >>> 8) & EVEN;
    // Of each 16 bits, the ninth stays set where a is not less than b; of that, a mask of eight bits is made.
    const not0 = ((a0 | ABOVE) - b0) & ABOVE, not1 = ((a1 | ABOVE) - b1) & ABOVE;
    const mask0 = not0 - ((not0 >>> 8) & ONES), mask1 = not1 - ((not1 >>> 8) & ONES);
    words[i] = (b0 ^ ((a0 ^ b0) & mask0)) | ((b1 ^ ((a1 ^ b1) & mask1)) << 8);
  }
}
