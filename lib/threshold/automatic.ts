import { blockMaximum, dilate, enlarge, type Plane } from '../pictures/planes';
import { coarseFactor } from './paper';

/** Never take less than this for ink (of 255): JPEG noise and paper grain reach it. */
const LEAST_INK = 14;

/** Ink must stand out of the paper's own noise by so many standard deviations, at sensitivity 0.5. */
const SIGMAS = 5;

/** Share of the strongest ink nearby below which a pixel is its halo, the other side of the sheet, or a shadow. */
const HALO = 0.32;

/** Pixels this much weaker still belong to a stroke that strong ones show to be there. */
const WEAK = 0.65;

/** Marks such pixels until it is decided. */
const MAYBE = 1;

/** "Nearby" is this share of the picture's shorter side, in each direction. */
const NEARBY = 1 / 12;

/**
 * Tells ink from paper on a flattened picture, pixel by pixel: what stands out of the paper's noise, and is not much
 * weaker than the strongest ink near it. So pencil beside marker is found, and the blur round a marker is not.
 *
 * @param ink strength of the ink, 0 to 255
 * @param sensitivity 0 to 1
 * @returns 255 = ink, 0 = paper
 */
export function automaticMask(ink: Plane, sensitivity: number): Uint8Array {
  const { width, height, data } = ink;
  // 0 → twice the bound, 0.5 → the bound, 1 → half of it.
  const strictness = 2 ** (1 - 2 * sensitivity);
  const noise = paperNoise(data);
  const floor = Math.max(LEAST_INK, noise.median + SIGMAS * noise.sigma) * strictness;
  const factor = coarseFactor(width, height);
  const coarse = blockMaximum(ink, factor);
  const radius = Math.max(1, Math.round(Math.min(coarse.width, coarse.height) * NEARBY));
  const nearby = enlarge(dilate(coarse, radius), factor, width, height).data;
  const halo = Math.min(0.9, HALO * strictness);
  const mask = new Uint8Array(data.length);
  for (let i = 0; i < mask.length; i++) {
    const value = data[i];
    if (value > floor * WEAK && value > nearby[i] * halo * WEAK) mask[i] = value > floor && value > nearby[i] * halo ? 255 : MAYBE;
  }
  joinWeak(mask, width);
  return mask;
}

/**
 * Hysteresis: where a stroke grows faint it is followed, in two sweeps down and two up, as long as it hangs together with
 * strong ink; faint pixels elsewhere are paper.
 */
function joinWeak(mask: Uint8Array, width: number): void {
  const last = mask.length - 1;
  for (let sweep = 0; sweep < 4; sweep++) {
    const down = sweep % 2 === 0;
    for (let k = 0; k <= last; k++) {
      const i = down ? k : last - k;
      if (mask[i] !== MAYBE) continue;
      const x = i % width;
      if (x === 0 || x === width - 1 || i < width || i > last - width) mask[i] = 0;
      else if (mask[i - 1] === 255 || mask[i + 1] === 255 || mask[i - width] === 255 || mask[i + width] === 255
        || mask[i - width - 1] === 255 || mask[i - width + 1] === 255 || mask[i + width - 1] === 255 || mask[i + width + 1] === 255) mask[i] = 255;
    }
  }
  for (let at = mask.indexOf(MAYBE); at >= 0; at = mask.indexOf(MAYBE, at + 1)) mask[at] = 0;
}

/** Median and standard deviation (from the lower half, which is all paper) of the strength of "ink" on bare paper. */
function paperNoise(data: Uint8Array): { median: number; sigma: number } {
  const histogram = new Uint32Array(256);
  for (const value of data) histogram[value]++;
  const at = (share: number) => {
    let seen = 0;
    for (let v = 0; v < 256; v++) { seen += histogram[v]; if (seen > data.length * share) return v; }
    return 255;
  };
  const median = at(0.5);
  // For a normal distribution the 16th percentile lies one standard deviation below the median.
  return { median, sigma: Math.max(1, median - at(0.16)) };
}
