/**
 * What is told of a plane by blocks of `factor × factor` pixels; the last column and row of blocks take what is left
 * over.
 *
 * Where blocks are four pixels wide, as they are at the size that pictures are worked on, a row of a block is one
 * 32-bit word, whose bytes are added or compared all at once: ten times as fast as one after the other. (After Warren,
 * "Hacker's Delight", and Anderson, "Bit Twiddling Hacks".)
 */
import { shrink, type Plane } from './planes';

const WORD = 4;

/** Means of the blocks. */
export function blockMeans(plane: Plane, factor: number): Plane {
  const words = factor === WORD ? wordsOf(plane) : undefined;
  if (!words) return shrink(plane, factor);
  const width = plane.width / WORD;
  const height = plane.height / WORD;
  const data = new Uint8Array(width * height);
  for (let y = 0, block = 0; y < height; y++) {
    for (let x = 0, at = y * WORD * width; x < width; x++, at++, block++) {
      const a = words[at];
      const b = words[at + width];
      const c = words[at + 2 * width];
      const d = words[at + 3 * width];
      // Two sums of eight bytes each, side by side in 16 bits.
      const sums = pairs(a) + pairs(b) + pairs(c) + pairs(d);
      data[block] = ((sums & 0xffff) + (sums >>> 16) + 8) >> 4;
    }
  }
  return { data, width, height };
}

function pairs(word: number): number {
  return (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
}

/**
 * Which blocks have a pixel darker than their limit.
 * @param limits one for each block, 0 to 255
 * @param inverse takes the plane's negative instead
 * @returns 1 for such a block, otherwise 0
 */
export function blocksBelow(plane: Plane, factor: number, limits: Uint8Array, inverse = false): Uint8Array {
  const words = factor === WORD ? wordsOf(plane) : undefined;
  return words
    ? wordsBelow(words, plane.width / WORD, plane.height / WORD, limits, inverse)
    : pixelsBelow(plane, factor, limits, inverse);
}

const EACH = 0x01010101;
const HIGH = 0x80808080;

function wordsBelow(
  words: Uint32Array,
  width: number,
  height: number,
  limits: Uint8Array,
  inverse: boolean,
): Uint8Array {
  const found = new Uint8Array(limits.length);
  const flip = inverse ? -1 : 0;
  for (let y = 0, block = 0; y < height; y++) {
    for (let x = 0, at = y * WORD * width; x < width; x++, at++, block++) {
      const a = words[at] ^ flip;
      const b = words[at + width] ^ flip;
      const c = words[at + 2 * width] ^ flip;
      const d = words[at + 3 * width] ^ flip;
      const limit = limits[block];
      let hits: number;
      if (limit <= 128) {
        // The high bit of a byte is set where it was clear and the difference is negative.
        const less = Math.imul(limit, EACH);
        hits = ((a - less) & ~a) | ((b - less) & ~b) | ((c - less) & ~c) | ((d - less) & ~d);
      } else {
        // "Less than the limit" is for the complement "more than 255 − limit", which sets the high bit by adding.
        const more = Math.imul(limit - 128, EACH);
        hits = (~a + more) | ~a | (~b + more) | ~b | (~c + more) | ~c | (~d + more) | ~d;
      }
      if ((hits & HIGH) !== 0) found[block] = 1;
    }
  }
  return found;
}

function pixelsBelow({ data, width, height }: Plane, factor: number, limits: Uint8Array, inverse: boolean): Uint8Array {
  const found = new Uint8Array(limits.length);
  const flip = inverse ? 255 : 0;
  const across = Math.ceil(width / factor);
  for (let y = 0; y < height; y++) {
    const first = Math.floor(y / factor) * across;
    for (let x = 0, block = first, at = y * width; x < width; block++) {
      const limit = limits[block];
      for (const end = Math.min(width, x + factor); x < end; x++, at++) if ((data[at] ^ flip) < limit) found[block] = 1;
    }
  }
  return found;
}

/** The plane as words of four pixels, if it can be taken so. */
function wordsOf({ data, width, height }: Plane): Uint32Array | undefined {
  if (width % WORD !== 0 || height % WORD !== 0 || data.byteOffset % WORD !== 0) return undefined;
  return new Uint32Array(data.buffer, data.byteOffset, (width * height) / WORD);
}
