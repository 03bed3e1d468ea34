import { dilate } from '../pictures/morphology';
import type { InkStrength } from './ink-strength';

/** Never take less than this for ink (of 255): JPEG noise and paper grain reach it. */
const LEAST_INK = 14;

/** Ink must stand out of the paper's own noise by so many standard deviations, at sensitivity 0.5. */
const SIGMAS = 5;

/** Share of the strongest ink nearby below which a pixel is its halo, the other side of the sheet, or a shadow. */
const HALO = 0.32;

/** "Nearby" is this share of the picture's shorter side, in each direction. */
const NEARBY = 1 / 12;

/** Pixels this much nearer to the noise, and to the halo, still belong to a stroke that strong ones show to be there. */
const WEAK = 0.65, WEAK_HALO = 0.85;

/** Marks such pixels until it is decided. */
const MAYBE = 1;

/**
 * Tells ink from paper on a flattened picture: what stands out of the paper's noise, and is not much weaker than the
 * strongest ink near it. So pencil beside marker is found, and the blur round a marker is not.
 *
 * @param ink is worked out wherever there may be some
 * @param sensitivity 0 to 1
 * @returns 255 = ink, 0 = paper
 */
export function automaticMask(ink: InkStrength, sensitivity: number): Uint8Array {
  const { width, height, factor, data } = ink;
  // 0 → twice the bound, 0.5 → the bound, 1 → half of it.
  const strictness = 2 ** (1 - 2 * sensitivity);
  const noise = paperNoise(ink.sample());
  const floor = Math.max(LEAST_INK, noise.median + SIGMAS * noise.sigma) * strictness;
  const halo = Math.min(0.9, HALO * strictness);
  const strongest = ink.wherever(floor * WEAK);
  const nearby = dilate(strongest, Math.max(1, Math.round(Math.min(strongest.width, strongest.height) * NEARBY)));

  const mask = new Uint8Array(data.length);
  const maybe: number[] = [];
  for (let block = 0, by = 0; by < strongest.height; by++) {
    const bottom = Math.min(height, (by + 1) * factor);
    for (let bx = 0; bx < strongest.width; bx++, block++) {
      const limit = nearby.data[block] * halo;
      const strong = Math.max(floor, limit), weak = Math.max(floor * WEAK, limit * WEAK_HALO);
      // Most blocks are bare paper.
      if (strongest.data[block] <= weak) continue;
      const right = Math.min(width, (bx + 1) * factor);
      for (let y = by * factor; y < bottom; y++) {
        for (let at = y * width + bx * factor, end = y * width + right; at < end; at++) {
          if (data[at] > strong) mask[at] = 255;
          else if (data[at] > weak) {
            mask[at] = MAYBE;
            maybe.push(at);
          }
        }
      }
    }
  }
  joinWeak(mask, maybe, width);
  return mask;
}

/**
 * Hysteresis: where a stroke grows faint it is followed, in two sweeps down and two up, as long as it hangs together with
 * strong ink; faint pixels elsewhere are paper.
 */
function joinWeak(mask: Uint8Array, maybe: number[], width: number): void {
  for (let sweep = 0; sweep < 4; sweep++) {
    for (let k = 0; k < maybe.length; k++) {
      const at = maybe[sweep % 2 === 0 ? k : maybe.length - 1 - k];
      // Beyond the border `mask` is undefined or the other end of a neighbouring row: at worst a pixel too much.
      if (mask[at] === MAYBE && (mask[at - 1] === 255 || mask[at + 1] === 255
        || mask[at - width] === 255 || mask[at - width - 1] === 255 || mask[at - width + 1] === 255
        || mask[at + width] === 255 || mask[at + width - 1] === 255 || mask[at + width + 1] === 255)) mask[at] = 255;
    }
  }
  for (const at of maybe) if (mask[at] === MAYBE) mask[at] = 0;
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
