import { enlarge, FIELD_SIZE } from '../../lib/train/field';
import type { Plane } from '../../lib/pictures/planes';

/**
 * The shape of a character as distances from the edge of its ink, below 0 inside: drawn at any size its edges stay sharp,
 * and its strokes can be made thinner or thicker.
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
}

/** Paper that is left about a shape so that a thicker pen finds room, pixels of the field. */
export const MARGIN = 14;

const FAR = 1e3;

/** Steps of a chamfer distance that is least wrong over all directions (Borgefors 1986). */
const STRAIGHT = 0.955, DIAGONAL = 1.369;

const enlarged = new Float32Array(FIELD_SIZE * FIELD_SIZE);

/** The field of a picture of 28×28, three times as fine; undefined where it has no ink. */
export function fieldOfDigit(image: Uint8Array): Field | undefined {
  enlarge(image, enlarged);
  return fieldOf(enlarged, FIELD_SIZE, FIELD_SIZE);
}

/** @param alpha `width * height` values from 0 (paper) to 255 (ink), with edges about one pixel wide or softer */
export function fieldOf(alpha: Float32Array | Uint8Array, width: number, height: number): Field | undefined {
  const w = width + 2 * MARGIN, h = height + 2 * MARGIN;
  const distance = new Float32Array(w * h).fill(FAR);
  const inside = new Uint8Array(w * h);
  let left = w, right = 0, top = h, bottom = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = y * width, at = (y + MARGIN) * w + MARGIN; x < width; x++, from++, at++) {
      const ink = alpha[from];
      if (ink <= 127.5) continue;
      inside[at] = 1;
      if (x + MARGIN < left) left = x + MARGIN;
      if (x + MARGIN >= right) right = x + MARGIN + 1;
      if (y + MARGIN < top) top = y + MARGIN;
      bottom = y + MARGIN + 1;
    }
  }
  if (right === 0) return undefined;
  startAtEdges(alpha, width, height, inside, distance);
  spread(distance, w, h);
  let depth = 0, area = 0;
  for (let i = 0; i < distance.length; i++) {
    if (!inside[i]) continue;
    depth += distance[i];
    area++;
    distance[i] = -distance[i];
  }
  // Over a stroke of even width the depth grows from none to half its width.
  return { distance, width: w, height: h, half: 2 * depth / area, left, top, right, bottom };
}

/** Where neighbours lie on two sides of the edge, their values tell where between them it runs. */
function startAtEdges(alpha: Float32Array | Uint8Array, width: number, height: number, inside: Uint8Array, distance: Float32Array): void {
  const w = width + 2 * MARGIN;
  const value = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : alpha[y * width + x]);
  for (let y = -1; y <= height; y++) {
    for (let x = -1; x <= width; x++) {
      const at = (y + MARGIN) * w + x + MARGIN;
      for (const [dx, dy, step] of [[1, 0, 1], [0, 1, w]] as const) {
        if (inside[at] === inside[at + step]) continue;
        const a = value(x, y), b = value(x + dx, y + dy);
        // The slope across both directions makes of the way along one axis the way straight to the edge.
        const along = a - b;
        const across = dx ? (value(x, y + 1) - value(x, y - 1)) / 2 : (value(x + 1, y) - value(x - 1, y)) / 2;
        const straighten = Math.abs(along) / Math.hypot(along, across);
        const share = (a - 127.5) / along;
        distance[at] = Math.min(distance[at], share * straighten);
        distance[at + step] = Math.min(distance[at + step], (1 - share) * straighten);
      }
    }
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
  for (let y = h - 2; y >= 0; y--) {
    for (let i = y * w + w - 2, end = y * w + 1; i >= end; i--) {
      let d = distance[i];
      if (d < 0.71) continue;
      if (distance[i + 1] + STRAIGHT < d) d = distance[i + 1] + STRAIGHT;
      if (distance[i + w] + STRAIGHT < d) d = distance[i + w] + STRAIGHT;
      if (distance[i + w + 1] + DIAGONAL < d) d = distance[i + w + 1] + DIAGONAL;
      if (distance[i + w - 1] + DIAGONAL < d) d = distance[i + w - 1] + DIAGONAL;
      distance[i] = d;
    }
  }
}

/** The ink of a field as alpha 0 to 255, cropped to it. @param grow pixels of the field by which its edge is moved outwards */
export function inkOf(field: Field, grow = 0): Plane {
  const more = Math.max(0, Math.min(MARGIN - 1, Math.ceil(grow)));
  const width = field.right - field.left + 2 * more, height = field.bottom - field.top + 2 * more;
  const data = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const from = (field.top - more + y) * field.width + field.left - more;
    for (let x = 0; x < width; x++, at++) data[at] = 255 * Math.max(0, Math.min(1, 0.5 + grow - field.distance[from + x]));
  }
  return { data, width, height };
}
