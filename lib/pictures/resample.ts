/**
 * Scales one channel with an antialiasing triangle filter, separably: a weighted mean over the source pixels under each
 * target pixel when shrinking, bilinear when enlarging.
 *
 * @param data `width * height` bytes
 * @returns `toWidth * toHeight` bytes
 */
export function resample(
  data: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array {
  const columns = tapsOf(width, toWidth);
  const rows = tapsOf(height, toHeight);
  const between = new Float32Array(toWidth * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, tap = 0; x < toWidth; x++, to++) {
      let sum = 0;
      for (let from = y * width + columns.first[x], past = columns.past[x]; tap < past; tap++, from++)
        sum += data[from] * columns.weights[tap];
      between[to] = sum;
    }
  }
  const out = new Uint8Array(toWidth * toHeight);
  const sums = new Float64Array(toWidth);
  for (let y = 0, tap = 0; y < toHeight; y++) {
    sums.fill(0.5);
    for (let from = rows.first[y] * toWidth, past = rows.past[y]; tap < past; tap++) {
      const weight = rows.weights[tap];
      for (let x = 0; x < toWidth; x++, from++) sums[x] += between[from] * weight;
    }
    for (let x = 0, to = y * toWidth; x < toWidth; x++, to++) out[to] = sums[x];
  }
  return out;
}

/**
 * Which source pixels make a target pixel: from `first`, with the weights up to `past`; one target pixel's follow the
 * one's before.
 */
interface Taps {
  first: Int32Array;
  past: Int32Array;
  weights: Float32Array;
}

function tapsOf(from: number, to: number): Taps {
  const ratio = from / to;
  const support = Math.max(1, ratio);
  const first = new Int32Array(to);
  const past = new Int32Array(to);
  const weights = new Float32Array(to * (Math.ceil(2 * support) + 2));
  let tap = 0;
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio;
    const start = tap;
    first[i] = Math.max(0, Math.floor(centre - support + 0.5));
    const last = Math.max(first[i], Math.min(from - 1, Math.ceil(centre + support - 0.5) - 1));
    let sum = 0;
    for (let source = first[i]; source <= last; source++, tap++) {
      weights[tap] = Math.max(0, 1 - Math.abs(source + 0.5 - centre) / support);
      sum += weights[tap];
    }
    if (sum === 0) weights[start] = sum = 1;
    for (let k = start; k < tap; k++) weights[k] /= sum;
    past[i] = tap;
  }
  return { first, past, weights };
}
