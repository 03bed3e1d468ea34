/** Operations on one channel of 8 bits, `width * height` bytes row by row. */
export interface Plane {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Means of `factor × factor` blocks; the last column and row take what is left over. */
export function shrink(plane: Plane, factor: number): Plane {
  if (factor === 1) return plane;
  const { data, width } = plane;
  const w = Math.ceil(width / factor), h = Math.ceil(plane.height / factor);
  const out = new Uint8Array(w * h);
  const sums = new Uint32Array(w), counts = new Uint32Array(w);
  for (let y = 0; y < h; y++) {
    sums.fill(0);
    counts.fill(0);
    const last = Math.min(plane.height, (y + 1) * factor);
    for (let sy = y * factor; sy < last; sy++) {
      for (let x = 0, sx = sy * width; x < w; x++) {
        const end = sy * width + Math.min(width, (x + 1) * factor);
        let sum = 0;
        counts[x] += end - sx;
        for (; sx < end; sx++) sum += data[sx];
        sums[x] += sum;
      }
    }
    for (let x = 0; x < w; x++) out[y * w + x] = (sums[x] + (counts[x] >> 1)) / counts[x];
  }
  return { data: out, width: w, height: h };
}

/** Adds a margin on every side that repeats the border. */
export function pad(plane: Plane, margin: number): Plane {
  const width = plane.width + 2 * margin, height = plane.height + 2 * margin;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.min(plane.height - 1, Math.max(0, y - margin)) * plane.width;
    const row = y * width;
    data.set(plane.data.subarray(from, from + plane.width), row + margin);
    data.fill(plane.data[from], row, row + margin);
    data.fill(plane.data[from + plane.width - 1], row + margin + plane.width, row + width);
  }
  return { data, width, height };
}

/** Takes a margin off every side. */
export function crop(plane: Plane, margin: number): Plane {
  const width = plane.width - 2 * margin, height = plane.height - 2 * margin;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y + margin) * plane.width + margin;
    data.set(plane.data.subarray(from, from + width), y * width);
  }
  return { data, width, height };
}

/** Mean within a square of `2 * radius + 1`, cut at the border. */
export function blur(plane: Plane, radius: number): Plane {
  if (radius < 1) return plane;
  const { width, height } = plane;
  const out = new Uint8Array(width * height);
  const between = new Uint8Array(width * height);
  meanLines(plane.data, between, width, height, 1, width, radius);
  meanLines(between, out, height, width, width, 1, radius);
  return { data: out, width, height };
}

function meanLines(from: Uint8Array, to: Uint8Array, length: number, lines: number, step: number, stride: number, radius: number): void {
  // Of so many values, in 1/65536.
  const inverse = Int32Array.from({ length: 2 * radius + 2 }, (_, count) => Math.ceil(65536 / count));
  const reach = Math.min(radius, length), ahead = radius * step, behind = (radius + 1) * step;
  for (let line = 0; line < lines; line++) {
    const start = line * stride;
    let sum = 0, count = reach, i = 0, at = start;
    for (let k = 0; k < reach; k++) sum += from[start + k * step];
    const mean = (): void => { to[at] = (Math.imul(sum, inverse[count]) + 32768) >> 16; };
    for (; i <= radius && i < length; i++, at += step) {
      if (i + radius < length) { sum += from[at + ahead]; count++; }
      mean();
    }
    const whole = inverse[2 * radius + 1];
    for (; i + radius < length; i++, at += step) {
      sum += from[at + ahead] - from[at - behind];
      to[at] = (Math.imul(sum, whole) + 32768) >> 16;
    }
    for (; i < length; i++, at += step) {
      sum -= from[at - behind];
      count--;
      mean();
    }
  }
}
