import type { Field } from './field';

/** Gaussian blur, σ in pixels: a kernel where it is narrow, otherwise three running means. */
export function gaussianBlur(field: Field, sigma: number): void {
  if (sigma < 0.25) return;
  if (sigma < 1.2) {
    const radius = Math.ceil(sigma * 2.5);
    const kernel: number[] = [];
    for (let i = -radius; i <= radius; i++) kernel.push(Math.exp(-(i * i) / (2 * sigma * sigma)));
    const sum = kernel.reduce((a, b) => a + b);
    convolve(
      field,
      kernel.map((weight) => weight / sum),
    );
  } else {
    // Three running means of width w have together the variance (w² − 1) / 4.
    const radius = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
    boxBlur(field, radius, 3);
  }
}

/** Running means over `2 × radius + 1` pixels, along rows and columns; the border's pixels go on beyond it. */
export function boxBlur({ width, height, data }: Field, radius: number, passes: number): void {
  const from = new Float32Array(data.length);
  for (let pass = 0; pass < passes; pass++) {
    from.set(data);
    for (let y = 0; y < height; y++) runningMean(from, data, y * width, 1, width, radius);
    from.set(data);
    columnMeans(from, data, width, height, radius);
  }
}

function runningMean(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  count: number,
  radius: number,
): void {
  const last = count - 1;
  const weight = 1 / (2 * radius + 1);
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += from[start + Math.min(last, Math.max(0, i)) * step];
  for (let i = 0; i < count; i++) {
    to[start + i * step] = sum * weight;
    sum += from[start + Math.min(last, i + radius + 1) * step] - from[start + Math.max(0, i - radius) * step];
  }
}

/** Whole rows at a time, so that memory is read in order. */
function columnMeans(from: Float32Array, to: Float32Array, width: number, height: number, radius: number): void {
  const last = height - 1;
  const weight = 1 / (2 * radius + 1);
  const sums = new Float32Array(width);
  for (let i = -radius; i <= radius; i++) {
    const row = Math.min(last, Math.max(0, i)) * width;
    for (let x = 0; x < width; x++) sums[x] += from[row + x];
  }
  for (let y = 0; y < height; y++) {
    const into = Math.min(last, y + radius + 1) * width;
    const out = Math.max(0, y - radius) * width;
    const at = y * width;
    for (let x = 0; x < width; x++) {
      to[at + x] = sums[x] * weight;
      sums[x] += from[into + x] - from[out + x];
    }
  }
}

function convolve({ width, height, data }: Field, kernel: readonly number[]): void {
  const radius = (kernel.length - 1) / 2;
  const middle = new Float32Array(data.length);
  const row = new Float32Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    row.set(data.subarray(start, start + width), radius);
    row.fill(data[start], 0, radius);
    row.fill(data[start + width - 1], width + radius);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < kernel.length; i++) sum += kernel[i] * row[x + i];
      middle[start + x] = sum;
    }
  }
  data.fill(0);
  for (let y = 0; y < height; y++) {
    for (let i = -radius; i <= radius; i++) {
      const row = Math.min(height - 1, Math.max(0, y + i)) * width;
      const at = y * width;
      const weight = kernel[i + radius];
      for (let x = 0; x < width; x++) data[at + x] += weight * middle[row + x];
    }
  }
}

/** The mean along a straight way of `length` pixels, as a moving camera takes. `turn` in radians. */
export function motionBlur(field: Field, length: number, turn: number): void {
  const steps = Math.round(length);
  if (steps < 2) return;
  const { width, height, data } = field;
  const from = data.slice();
  data.fill(0);
  for (let step = 0; step < steps; step++) {
    const along = step - (steps - 1) / 2;
    const dx = Math.round(along * Math.cos(turn));
    const dy = Math.round(along * Math.sin(turn));
    for (let y = 0; y < height; y++) {
      const row = Math.min(height - 1, Math.max(0, y + dy)) * width;
      const at = y * width;
      const first = Math.max(0, -dx);
      const end = Math.min(width, width - dx);
      for (let x = 0; x < first; x++) data[at + x] += from[row];
      for (let x = first; x < end; x++) data[at + x] += from[row + x + dx];
      for (let x = end; x < width; x++) data[at + x] += from[row + width - 1];
    }
  }
  for (let i = 0; i < data.length; i++) data[i] /= steps;
}
