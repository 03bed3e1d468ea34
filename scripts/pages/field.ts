import { enlarge, FIELD_SIZE, sweepBack } from '../../lib/train/synthesis/distance-field';
import type { Plane } from '../../lib/pictures/planes';

/**
 * The shape of a character as distances from the edge of its ink, below 0 inside: drawn at any size its edges stay
 * sharp, and its strokes can be made thinner or thicker.
 */
export interface Field {
  /** `width * height` distances, in pixels of the field. */
  distance: Float32Array;
  width: number;
  height: number;
  /** Half of a stroke's usual width, pixels of the field. */
  half: number;
  /** Where the ink is, pixels of the field; right and bottom lie outside. */
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Rows that were cut off above the ink. */
  cropped: number;
}

/** Paper that is left about a shape so that a thicker pen finds room, pixels of the field. */
export const MARGIN = 9;

const FAR = 100;

/** Steps of a chamfer distance that is least wrong over all directions (Borgefors 1986). */
const STRAIGHT = 0.955;
const DIAGONAL = 1.369;

const enlarged = new Float32Array(FIELD_SIZE * FIELD_SIZE);

/** The field of a picture of 28×28, three times as fine; undefined where it has no ink. */
export function fieldOfDigit(image: Uint8Array): Field | undefined {
  enlarge(image, enlarged);
  const field = fieldOf(enlarged, FIELD_SIZE, FIELD_SIZE);
  // The steps of the old picture's pixels would show where it is drawn large.
  if (field) for (let i = 0; i < 2; i++) smooth(field);
  return field;
}

/** @param alpha `width * height` values from 0 (paper) to 255 (ink), with edges about one pixel wide or softer */
export function fieldOf(alpha: Float32Array | Uint8Array, width: number, height: number): Field | undefined {
  const box = inkBox(alpha, width, height);
  if (!box) return undefined;
  const w = box.right - box.left + 2 * MARGIN;
  const h = box.bottom - box.top + 2 * MARGIN;
  if (w * h > scratch.length) scratch = new Float32Array(w * h);
  const grey = scratch.subarray(0, w * h).fill(-EDGE);
  const distance = new Float32Array(w * h).fill(FAR);
  // Half the paper about the ink is copied too: its faint edge lies there.
  for (let y = Math.max(0, box.top - 2); y < Math.min(height, box.bottom + 2); y++) {
    const first = Math.max(0, box.left - 2);
    const last = Math.min(width, box.right + 2);
    const to = (y - box.top + MARGIN) * w + MARGIN - box.left;
    for (let x = first; x < last; x++) grey[to + x] = alpha[y * width + x] - EDGE;
  }
  startAtEdges(grey, w, h, distance);
  spread(distance, w, h);
  let depth = 0;
  let area = 0;
  for (let i = 0; i < distance.length; i++) {
    if (grey[i] <= 0) continue;
    depth += distance[i];
    area++;
    distance[i] = -distance[i];
  }
  // Over a stroke of even width the depth grows from none to half its width.
  const half = (2 * depth) / area;
  return {
    distance,
    width: w,
    height: h,
    half,
    left: MARGIN,
    top: MARGIN,
    right: w - MARGIN,
    bottom: h - MARGIN,
    cropped: box.top,
  };
}

let scratch = new Float32Array(0);

/** The grey on which edges run. */
const EDGE = 127.5;

function inkBox(
  alpha: Float32Array | Uint8Array,
  width: number,
  height: number,
): { left: number; top: number; right: number; bottom: number } | undefined {
  let left = width;
  let right = 0;
  let top = height;
  let bottom = 0;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (alpha[at] <= EDGE) continue;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
      if (y < top) top = y;
      bottom = y + 1;
    }
  }
  return right === 0 ? undefined : { left, top, right, bottom };
}

/** Where neighbours lie on two sides of the edge, their values tell where between them it runs. */
function startAtEdges(grey: Float32Array, w: number, h: number, distance: Float32Array): void {
  for (let y = 1; y < h - 1; y++) {
    for (let at = y * w + 1, end = y * w + w - 1; at < end; at++) {
      const a = grey[at];
      for (let step = 1, other = w; ; step = w, other = 1) {
        const b = grey[at + step];
        if (a > 0 !== b > 0) {
          // The slope across makes of the way along one axis the way straight to the edge.
          const along = a - b;
          const across = (grey[at + other] - grey[at - other]) / 2;
          const straighten = Math.abs(along) / Math.sqrt(along * along + across * across);
          const share = a / along;
          if (share * straighten < distance[at]) distance[at] = share * straighten;
          if ((1 - share) * straighten < distance[at + step]) distance[at + step] = (1 - share) * straighten;
        }
        if (step === w) break;
      }
    }
  }
}

const smoothed = new Float32Array(128 * 128);

/** Means of neighbours, weighted 1 2 1 along both sides. */
function smooth({ distance, width, height }: Field): void {
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1, end = y * width + width - 1; i < end; i++) {
      const up = i - width;
      const down = i + width;
      smoothed[i] =
        (4 * distance[i] +
          2 * (distance[i - 1] + distance[i + 1] + distance[up] + distance[down]) +
          distance[up - 1] +
          distance[up + 1] +
          distance[down - 1] +
          distance[down + 1]) /
        16;
    }
  }
  for (let y = 2; y < height - 2; y++) {
    distance.set(smoothed.subarray(y * width + 2, y * width + width - 2), y * width + 2);
  }
}

function spread(distance: Float32Array, w: number, h: number): void {
  for (let y = 1; y < h; y++) {
    for (let i = y * w + 1, end = y * w + w - 1; i < end; i++) {
      let d = distance[i];
      if (d < 0.71) continue;
      if (distance[i - 1] + STRAIGHT < d) d = distance[i - 1] + STRAIGHT;
      if (distance[i - w] + STRAIGHT < d) d = distance[i - w] + STRAIGHT;
      if (distance[i - w - 1] + DIAGONAL < d) d = distance[i - w - 1] + DIAGONAL;
      if (distance[i - w + 1] + DIAGONAL < d) d = distance[i - w + 1] + DIAGONAL;
      distance[i] = d;
    }
  }
  sweepBack(distance, w, { left: 1, top: 0, right: w - 1, bottom: h - 1 }, 0.71, STRAIGHT, DIAGONAL);
}

/**
 * The ink of a field as alpha 0 to 255, cropped to it.
 * @param grow pixels of the field by which its edge is moved outwards
 */
export function inkOf(field: Field, grow = 0): Plane {
  const more = Math.max(0, Math.min(MARGIN - 1, Math.ceil(grow)));
  const width = field.right - field.left + 2 * more;
  const height = field.bottom - field.top + 2 * more;
  const data = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const from = (field.top - more + y) * field.width + field.left - more;
    for (let x = 0; x < width; x++, at++) {
      data[at] = 255 * Math.max(0, Math.min(1, 0.5 + grow - field.distance[from + x]));
    }
  }
  return { data, width, height };
}
