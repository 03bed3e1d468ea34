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

/** Greatest values of `factor × factor` blocks. */
export function blockMaximum(plane: Plane, factor: number): Plane {
  if (factor === 1) return plane;
  const { data, width, height } = plane;
  const w = Math.ceil(width / factor), h = Math.ceil(height / factor);
  const out = new Uint8Array(w * h);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / factor) * w;
    for (let x = 0; x < w; x++) {
      let best = out[row + x];
      for (const end = y * width + Math.min(width, (x + 1) * factor); at < end; at++) best = Math.max(best, data[at]);
      out[row + x] = best;
    }
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

/** Greatest value within a square of `2 * radius + 1` (van Herk 1992, Gil and Werman 1993). */
export function dilate(plane: Plane, radius: number): Plane {
  return rankSquare(plane, radius, true);
}

/** Least value within a square of `2 * radius + 1`. */
export function erode(plane: Plane, radius: number): Plane {
  return rankSquare(plane, radius, false);
}

/** Morphological closing: dark shapes narrower than the square vanish, edges of larger ones stay where they are. */
export function close(plane: Plane, radius: number): Plane {
  return erode(dilate(plane, radius), radius);
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
  const inverse = Float64Array.from({ length: 2 * radius + 2 }, (_, count) => 1 / count);
  for (let line = 0; line < lines; line++) {
    const start = line * stride;
    let sum = 0, count = 0;
    for (let k = 0; k < Math.min(radius, length); k++) { sum += from[start + k * step]; count++; }
    for (let i = 0, at = start; i < length; i++, at += step) {
      if (i + radius < length) { sum += from[at + radius * step]; count++; }
      if (i > radius) { sum -= from[at - (radius + 1) * step]; count--; }
      to[at] = sum * inverse[count] + 0.5;
    }
  }
}

function rankSquare(plane: Plane, radius: number, greatest: boolean): Plane {
  if (radius < 1) return plane;
  const { width, height } = plane;
  const between = new Uint8Array(width * height), out = new Uint8Array(width * height);
  rankLines(plane.data, between, width, height, 1, width, radius, greatest);
  rankLines(between, out, height, width, width, 1, radius, greatest);
  return { data: out, width, height };
}

/** Running maximum (or minimum) along each line: three comparisons a pixel, whatever the radius. */
function rankLines(from: Uint8Array, to: Uint8Array, length: number, lines: number, step: number, stride: number, radius: number, greatest: boolean): void {
  const size = 2 * radius + 1;
  const padded = Math.ceil((length + 2 * radius) / size) * size;
  const source = new Uint8Array(padded), prefix = new Uint8Array(padded), suffix = new Uint8Array(padded);
  // A minimum is the maximum of the complement, and 0 never wins a maximum: so the border needs no case of its own.
  const flip = greatest ? 0 : 255;
  for (let line = 0; line < lines; line++) {
    const start = line * stride;
    for (let i = 0, at = start; i < length; i++, at += step) source[i + radius] = from[at] ^ flip;
    for (let block = 0; block < padded; block += size) {
      let best = 0;
      for (let i = block; i < block + size; i++) prefix[i] = best = Math.max(best, source[i]);
      best = 0;
      for (let i = block + size - 1; i >= block; i--) suffix[i] = best = Math.max(best, source[i]);
    }
    for (let i = 0, at = start; i < length; i++, at += step) {
      to[at] = Math.max(suffix[i], prefix[i + size - 1]) ^ flip;
    }
  }
}
