/** What goes wrong between the pen and the picture of one digit. */
import type { Box } from '../../pictures/picture';
import type { Random } from '../../random';

/** Strength of ink, `width * height` values from 0 to 255 at the beginning of `data`. */
export interface Plane {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * The pen has skipped, or light has eaten a piece: a thin straight gap. `longest` is the digit's longer side, pixels.
 */
export function gap({ data, width, height }: Plane, longest: number, random: Random): void {
  const angle = random.between(0, Math.PI);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const half = longest * random.between(0.012, 0.04);
  const offset = longest * random.between(-0.3, 0.3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (Math.abs((x - width / 2) * cos + (y - height / 2) * sin - offset) < half) data[at] = 0;
    }
  }
}

/** The digit reaches a little beyond the edge of the picture. */
export function cutSide({ x, y, width, height }: Box, random: Random): Box {
  const side = random.below(4);
  const cut = Math.round((side < 2 ? width : height) * random.between(0.02, 0.09));
  if (side < 2) return { x: side === 0 ? x + cut : x, y, width: width - cut, height };
  return { x, y: side === 2 ? y + cut : y, width, height: height - cut };
}

/**
 * A piece of a ruled line, or of what is written beside, that was taken for a part of the digit.
 * @returns the box that holds both
 */
export function foreignStroke(plane: Plane, box: Box, longest: number, random: Random): Box {
  const upright = random.chance(0.3);
  const behind = random.chance(upright ? 0.5 : 0.75);
  const thick = Math.max(1, Math.round(longest * random.between(0.02, 0.06)));
  const away = Math.round(longest * random.between(0, 0.08));
  const span = upright ? box.height : box.width;
  const length = Math.round(span * random.between(0.25, 1.15));
  const start = Math.round(span * random.between(-0.1, 0.9) - length / 4);
  const strength = random.between(90, 255);
  const before = upright ? box.x : box.y;
  const size = upright ? box.width : box.height;
  const edge = behind ? before + size + away : before - away - thick;
  const piece: Box = upright
    ? { x: edge, y: box.y + start, width: thick, height: length }
    : { x: box.x + start, y: edge, width: length, height: thick };

  const left = Math.max(0, piece.x);
  const right = Math.min(plane.width, piece.x + piece.width);
  const top = Math.max(0, piece.y);
  const bottom = Math.min(plane.height, piece.y + piece.height);
  if (left >= right || top >= bottom) return box;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++)
      plane.data[y * plane.width + x] = Math.max(plane.data[y * plane.width + x], strength);
  }
  const x = Math.min(box.x, left);
  const y = Math.min(box.y, top);
  return { x, y, width: Math.max(box.x + box.width, right) - x, height: Math.max(box.y + box.height, bottom) - y };
}

/** The box of what is at least so strong, if anything is. */
export function inkBox({ data, width, height }: Plane, least: number): Box | undefined {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at] < least) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The values of a plane within a box, row by row. */
export function cropTo({ data, width }: Plane, box: Box): Uint8Array {
  const out = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (box.y + y) * width + box.x;
    out.set(data.subarray(start, start + box.width), y * box.width);
  }
  return out;
}
