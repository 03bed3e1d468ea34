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
  const w = Math.ceil(width / factor);
  const h = Math.ceil(plane.height / factor);
  const out = new Uint8Array(w * h);
  const sums = new Uint32Array(w);
  const counts = new Uint32Array(w);
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
  const width = plane.width + 2 * margin;
  const height = plane.height + 2 * margin;
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
  const width = plane.width - 2 * margin;
  const height = plane.height - 2 * margin;
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
  const { data, width, height } = plane;
  const out = new Uint8Array(width * height);
  const past = 2 * radius + 1;
  // Sums of the columns' pixels within the radius above and below, between zeros, so that the border needs no case of
  // its own.
  const sums = new Int32Array(width + past);
  const inverse = new Float64Array(width);
  let inverseOf = 0;
  for (let y = -radius; y < height; y++) {
    // A row further down, one pixel has come and one has gone.
    const come = (y + radius) * width;
    const gone = (y - radius - 1) * width;
    if (y + radius >= height) for (let x = 0; y > radius && x < width; x++) sums[radius + x + 1] -= data[gone + x];
    else if (y > radius) for (let x = 0; x < width; x++) sums[radius + x + 1] += data[come + x] - data[gone + x];
    else for (let x = 0; x < width; x++) sums[radius + x + 1] += data[come + x];
    if (y < 0) continue;
    const rows = Math.min(height, y + radius + 1) - Math.max(0, y - radius);
    if (rows !== inverseOf) {
      for (let x = 0; x < width; x++)
        inverse[x] = 1 / (rows * (Math.min(width, x + radius + 1) - Math.max(0, x - radius)));
      inverseOf = rows;
    }
    let sum = 0;
    for (let x = 1; x < past; x++) sum += sums[x];
    for (let x = 0, at = y * width; x < width; x++, at++) {
      sum += sums[x + past] - sums[x];
      out[at] = sum * inverse[x] + 0.5;
    }
  }
  return { data: out, width, height };
}
