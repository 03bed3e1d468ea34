/**
 * Scales one channel with an antialiasing triangle filter, separably: a weighted mean over the source pixels under each
 * target pixel when shrinking, bilinear when enlarging.
 *
 * @param data `width * height` bytes
 * @returns `toWidth * toHeight` bytes
 */
export function resample(data: Uint8Array, width: number, height: number, toWidth: number, toHeight: number): Uint8Array {
  const columns = taps(width, toWidth);
  const rows = taps(height, toHeight);
  const between = new Float32Array(toWidth * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < toWidth; x++) {
      let sum = 0;
      const { first, weights } = columns[x];
      for (let k = 0; k < weights.length; k++) sum += data[y * width + first + k] * weights[k];
      between[y * toWidth + x] = sum;
    }
  }
  const out = new Uint8Array(toWidth * toHeight);
  for (let y = 0; y < toHeight; y++) {
    const { first, weights } = rows[y];
    for (let x = 0; x < toWidth; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += between[(first + k) * toWidth + x] * weights[k];
      out[y * toWidth + x] = sum + 0.5;
    }
  }
  return out;
}

interface Taps { first: number; weights: Float32Array }

function taps(from: number, to: number): Taps[] {
  const ratio = from / to;
  const support = Math.max(1, ratio);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const last = Math.min(from - 1, Math.ceil(centre + support - 0.5) - 1);
    const weights = new Float32Array(Math.max(1, last - first + 1));
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      weights[k] = Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / support);
      sum += weights[k];
    }
    if (sum === 0) weights[0] = sum = 1;
    for (let k = 0; k < weights.length; k++) weights[k] /= sum;
    return { first, weights };
  });
}
