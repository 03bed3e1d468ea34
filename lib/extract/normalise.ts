import { shrink, type Plane } from '../pictures/planes';
import { resample } from '../pictures/resample';
import { DIGIT_SIZE } from '../digit';

/** Side of the square inside a digit's picture that the ink may fill, pixels. */
export const INK_SIZE = 20;

/** Work is done on a grid three times as fine, so that strokes keep their shape and edges come out antialiased. */
const FINE = 3;

/**
 * Stroke widths that are left alone, in pixels of the 28×28 picture: the 10th and 90th percentile of `strokeWidth` over
 * the MNIST training digits. Thinner strokes are grown to the lower bound, thicker ones thinned towards the upper.
 */
const STROKE_RANGE: readonly [number, number] = [1.9, 3.4];

/** Fainter than this (of 255) is paper. */
const LEAST_INK = 24;

/** An edge of ink rises from nothing to full between these shares of the digit's strong ink. */
const EDGE_FROM = 0.25;
const EDGE_TO = 0.65;

/** Centre of mass of MNIST's digits, pixels from the left and top edge of the 28×28 picture. */
const CENTRE = DIGIT_SIZE / 2;

export interface NormaliseOptions {
  /** Whether strokes are brought into `STROKE_RANGE`. Default true. */
  strengthen?: boolean;
}

/**
 * Turns the ink of one digit into a picture as MNIST has them: aspect ratio kept, longer side 20 pixels, antialiased,
 * stroke width in MNIST's range, centre of mass in the middle of 28×28.
 *
 * (LeCun, Cortes, Burges: "The MNIST database of handwritten digits" describes size and centring.)
 *
 * @param ink strength of the ink, 0 = paper to 255 = full, `width * height`, with what belongs to other shapes already
 *   set to 0. Faint edges are cropped here, so the caller's crop may be a little too large.
 * @returns 784 bytes, white ink (255) on black (0); all 0 where there is no ink.
 */
export function normaliseDigit(
  ink: Uint8Array,
  width: number,
  height: number,
  options: NormaliseOptions = {},
): Uint8Array {
  const out = new Uint8Array(DIGIT_SIZE * DIGIT_SIZE);
  // Four pixels of ink for one of the fine grid are detail enough.
  const factor = Math.max(1, Math.floor(Math.max(width, height) / (INK_SIZE * FINE * 2)));
  const small = shrink({ data: ink, width, height }, factor);
  const reference = strongInk(small.data, LEAST_INK / factor);
  if (reference === 0) return out;

  const crop = tight(small, (reference * (EDGE_FROM + EDGE_TO)) / 2);
  let fine = render(crop, INK_SIZE * FINE);
  if (options.strengthen !== false) {
    const stroke = strokeWidth(fine.data, fine.width, fine.height) / FINE;
    const grow = growth(stroke) * FINE;
    if (grow > 0.2) {
      // Drawn smaller by what the stroke gains on both sides, so that the ink still fits into 20 pixels.
      fine = render(crop, INK_SIZE * FINE - 2 * grow);
      fine = dilate(fine, grow);
    } else if (grow < -0.2) {
      fine = erode(fine, -grow);
    }
  }
  return place(fine, out);
}

/** How far every edge should move outwards, in pixels of the 28×28 picture; negative for thinning. */
function growth(stroke: number): number {
  const [low, high] = STROKE_RANGE;
  if (stroke < low) return Math.min((low - stroke) / 2, 1);
  // Thinning loses detail where growing does not, so it goes only half of the way.
  if (stroke > high) return Math.max((high - stroke) / 4, -0.75);
  return 0;
}

/** The ink that counts as full: the 90th percentile of what is at least `least`; 0 where there is none. */
function strongInk(ink: Uint8Array, least: number): number {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < ink.length; i++) histogram[ink[i]]++;
  let total = 0;
  for (let v = Math.ceil(least); v < 256; v++) total += histogram[v];
  if (total === 0) return 0;
  let seen = 0;
  for (let v = 255; v >= least; v--) {
    seen += histogram[v];
    if (seen >= total * 0.1) return v;
  }
  return 0;
}

/** Cuts off columns and rows at the border that nowhere reach `level`. */
function tight({ data, width, height }: Plane, level: number): Plane {
  let left = width;
  let right = 0;
  let top = height;
  let bottom = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] < level) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  const out = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++)
    out.set(data.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  return { data: out, width: right - left, height: bottom - top };
}

/**
 * Scales so that the longer side is `side` pixels, then makes edges steep about half of the full ink: full is what is
 * left of it at this size, so that a hairline in a large digit does not fade away.
 */
function render(crop: Plane, side: number): Plane {
  const scale = side / Math.max(crop.width, crop.height);
  const w = Math.max(1, Math.round(crop.width * scale));
  const h = Math.max(1, Math.round(crop.height * scale));
  const data = resample(crop.data, crop.width, crop.height, w, h);
  const reference = Math.max(1, strongInk(data, 1));
  const low = reference * EDGE_FROM;
  const range = reference * (EDGE_TO - EDGE_FROM);
  for (let i = 0; i < data.length; i++) {
    const v = (data[i] - low) / range;
    data[i] = v <= 0 ? 0 : v >= 1 ? 255 : Math.round(v * 255);
  }
  return { data, width: w, height: h };
}

/**
 * Mean width of the strokes, pixels: twice the area over the length of the outline (a stroke of length L and width w
 * has area L·w and, but for its ends, an outline of 2·L). The outline is the total variation of the picture.
 */
export function strokeWidth(data: Uint8Array, width: number, height: number): number {
  let area = 0;
  let outline = 0;
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const here = x < 0 || y < 0 ? 0 : data[y * width + x];
      const right = x + 1 < width && y >= 0 ? data[y * width + x + 1] : 0;
      const below = y + 1 < height && x >= 0 ? data[(y + 1) * width + x] : 0;
      area += here;
      const dx = right - here;
      const dy = below - here;
      if (dx !== 0 || dy !== 0) outline += Math.sqrt(dx * dx + dy * dy);
    }
  }
  return outline === 0 ? 0 : (2 * area) / outline;
}

/** Greyscale dilation by a disc of a fractional radius, pixels; the result is larger by the radius on every side. */
function dilate(plane: Plane, radius: number): Plane {
  const margin = Math.round(radius);
  const width = plane.width + 2 * margin;
  const height = plane.height + 2 * margin;
  const padded = new Uint8Array(width * height);
  for (let y = 0; y < plane.height; y++)
    padded.set(plane.data.subarray(y * plane.width, (y + 1) * plane.width), (y + margin) * width + margin);
  return { data: spread(padded, width, height, radius), width, height };
}

/** Greyscale erosion by a disc of a fractional radius, pixels. Ink of the frame's edge is taken to end there. */
function erode(plane: Plane, radius: number): Plane {
  const { width, height } = plane;
  const negative = plane.data.map((v) => 255 - v);
  const data = spread(negative, width, height, radius).map((v) => 255 - v);
  // A dot thinner than the disc would vanish; then the stroke is better left as it is.
  return data.some((v) => v > 127) ? { data, width, height } : plane;
}

function spread(data: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const reach = Math.ceil(radius);
  const offsets: { dx: number; dy: number; weight: number }[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const weight = Math.min(1, radius + 1 - Math.hypot(dx, dy));
      if (weight > 0 && (dx !== 0 || dy !== 0)) offsets.push({ dx, dy, weight });
    }
  }
  const out = data.slice();
  for (const { dx, dy, weight } of offsets) {
    for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
      for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
        const value = data[(y + dy) * width + x + dx] * weight;
        const at = y * width + x;
        if (value > out[at]) out[at] = value;
      }
    }
  }
  return out;
}

/**
 * Averages 3×3 fine pixels and puts the result into 28×28, moved by whole pixels until its centre of mass is in the
 * middle.
 */
function place(fine: Plane, out: Uint8Array): Uint8Array {
  const width = Math.min(INK_SIZE, Math.ceil(fine.width / FINE));
  const height = Math.min(INK_SIZE, Math.ceil(fine.height / FINE));
  const coarse = new Float64Array(width * height);
  // A side that is no multiple of 3 is centred in its last coarse pixel.
  const offsetX = (width * FINE - fine.width) >> 1;
  const offsetY = (height * FINE - fine.height) >> 1;
  for (let y = 0; y < fine.height; y++) {
    const cy = Math.min(height - 1, Math.floor((y + offsetY) / FINE));
    for (let x = 0; x < fine.width; x++) {
      const cx = Math.min(width - 1, Math.floor((x + offsetX) / FINE));
      coarse[cy * width + cx] += fine.data[y * fine.width + x];
    }
  }
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = coarse[y * width + x];
      mass += v;
      massX += v * (x + 0.5);
      massY += v * (y + 0.5);
    }
  }
  if (mass === 0) return out;
  const left = clamp(Math.round(CENTRE - massX / mass), 0, DIGIT_SIZE - width);
  const top = clamp(Math.round(CENTRE - massY / mass), 0, DIGIT_SIZE - height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      out[(top + y) * DIGIT_SIZE + left + x] = Math.min(255, Math.round(coarse[y * width + x] / (FINE * FINE)));
    }
  }
  return out;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
