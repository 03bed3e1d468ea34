import { dilate } from '../pictures/morphology';
import type { InkStrength } from './ink-strength';

// Where these limits come from: docs/constants.md.

/** Never take less than this for ink (of 255): JPEG noise and paper grain reach it. */
const LEAST_INK = 14;

/** Ink must stand out of the paper's own noise by so many standard deviations, at sensitivity 0.5. */
const SIGMAS = 5;

/** Share of the strongest ink nearby below which a pixel is its halo, the other side of the sheet, or a shadow. */
const HALO = 0.32;

/** "Nearby" is this share of the picture's shorter side, in each direction. */
const NEARBY = 1 / 12;

/**
 * Pixels this much nearer to the noise, and to the halo, still belong to a stroke that strong ones show to be there.
 */
const WEAK = 0.65;
const WEAK_HALO = 0.85;

/**
 * Tells ink from paper on a flattened picture: what stands out of the paper's noise, and is not much weaker than the
 * strongest ink near it. So pencil beside marker is found, and the blur round a marker is not. Where a stroke grows
 * faint it is followed as long as it hangs together with strong ink (hysteresis: Canny 1986); faint pixels elsewhere
 * are paper.
 *
 * @param ink is worked out wherever there may be some
 * @param sensitivity 0 to 1
 * @param most what bare paper is taken to reach at most: shadows of leaves and the like would hide ink that is stronger
 * @param mask zeros, one for each pixel
 * @returns the mask: 255 = ink, 0 = paper
 */
export function automaticMask(
  ink: InkStrength,
  sensitivity: number,
  most = Infinity,
  mask: Uint8Array = new Uint8Array(ink.data.length),
): Uint8Array {
  // 0 → twice the bound, 0.5 → the bound, 1 → half of it.
  const strictness = 2 ** (1 - 2 * sensitivity);
  const noise = paperNoise(ink.sample());
  const floor = Math.max(LEAST_INK, Math.min(most, noise.median + SIGMAS * noise.sigma)) * strictness;
  const halo = Math.min(0.9, HALO * strictness);
  const strongest = ink.wherever(floor);
  const nearby = dilate(strongest, Math.max(1, Math.round(Math.min(strongest.width, strongest.height) * NEARBY))).data;
  // By what is strongest nearby; rounded down, for strengths are whole numbers.
  const strong = new Uint8Array(256);
  const weak = new Uint8Array(256);
  for (let near = 0; near < 256; near++) {
    strong[near] = Math.min(255, Math.max(floor, near * halo));
    weak[near] = Math.min(255, Math.max(floor * WEAK, near * halo * WEAK_HALO));
  }
  followWeak(ink, mask, findStrong(ink, mask, strongest.data, nearby, strong), nearby, weak);
  return mask;
}

/**
 * Marks what is stronger than the limit of its block.
 * @param limits by the strongest ink near the block
 * @returns those of these pixels that have others beside them, `y * 65536 + x`
 */
function findStrong(
  ink: InkStrength,
  mask: Uint8Array,
  strongest: Uint8Array,
  nearby: Uint8Array,
  limits: Uint8Array,
): number[] {
  const { width, height, factor, across, data } = ink;
  const blocks: number[] = [];
  const edges: number[] = [];
  for (let block = 0; block < strongest.length; block++) {
    // Most blocks are bare paper.
    const limit = limits[nearby[block]];
    if (strongest[block] <= limit) continue;
    blocks.push(block);
    const left = (block % across) * factor;
    const top = Math.floor(block / across) * factor;
    const right = Math.min(width, left + factor);
    const bottom = Math.min(height, top + factor);
    for (let y = top; y < bottom; y++) {
      for (let at = y * width + left, end = y * width + right; at < end; at++) if (data[at] > limit) mask[at] = 255;
    }
  }
  for (const block of blocks) {
    const left = (block % across) * factor;
    const top = Math.floor(block / across) * factor;
    const right = Math.min(width, left + factor);
    const bottom = Math.min(height, top + factor);
    for (let y = top; y < bottom; y++) {
      for (let x = left, at = y * width + left; x < right; x++, at++) {
        if (mask[at] !== 0 && !isWithin(mask, at, width)) edges.push((y << 16) | x);
      }
    }
  }
  return edges;
}

/**
 * Whether a pixel lies within a stroke, as most do. Above and below the picture `mask` is undefined; beside it, the
 * byte of another row can only lead to a closer look.
 */
function isWithin(mask: Uint8Array, at: number, width: number): boolean {
  return (
    (mask[at - width - 1] &
      mask[at - width] &
      mask[at - width + 1] &
      mask[at - 1] &
      mask[at + 1] &
      mask[at + width - 1] &
      mask[at + width] &
      mask[at + width + 1]) ===
    255
  );
}

/**
 * Marks what hangs together with the pixels found, through pixels that are stronger than the limits of their blocks.
 */
function followWeak(ink: InkStrength, mask: Uint8Array, found: number[], nearby: Uint8Array, limits: Uint8Array): void {
  const { width, height, factor, across, data } = ink;
  const columnOf = new Uint16Array(width);
  const rowOf = new Int32Array(height);
  for (let x = 0; x < width; x++) columnOf[x] = x / factor;
  for (let y = 0; y < height; y++) rowOf[y] = Math.floor(y / factor) * across;
  for (let pixel = found.pop(); pixel !== undefined; pixel = found.pop()) {
    const x = pixel & 0xffff;
    const y = pixel >>> 16;
    const here = y * width + x;
    if (isWithin(mask, here, width)) continue;
    const left = Math.max(0, x - 1);
    const right = Math.min(width - 1, x + 1);
    const bottom = Math.min(height - 1, y + 1);
    for (let ny = Math.max(0, y - 1); ny <= bottom; ny++) {
      for (let nx = left, at = ny * width + left; nx <= right; nx++, at++) {
        if (mask[at] !== 0) continue;
        const block = rowOf[ny] + columnOf[nx];
        const limit = limits[nearby[block]];
        if (ink.strongestOf(block) <= limit || data[at] <= limit) continue;
        mask[at] = 255;
        found.push((ny << 16) | nx);
      }
    }
  }
}

/** Median and standard deviation (from the lower half, which is all paper) of the strength of "ink" on bare paper. */
function paperNoise(histogram: Uint32Array): { median: number; sigma: number } {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const at = (share: number) => {
    let seen = 0;
    for (let v = 0; v < 256; v++) {
      seen += histogram[v];
      if (seen > total * share) return v;
    }
    return 255;
  };
  const median = at(0.5);
  // For a normal distribution the 16th percentile lies one standard deviation below the median.
  return { median, sigma: Math.max(1, median - at(0.16)) };
}
