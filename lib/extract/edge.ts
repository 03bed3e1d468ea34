import type { Component } from './components';
import { sizeOf } from './measures';

/** Contact with the edge, as a share of the shape's longer side: about two stroke widths of a broad marker. */
const EDGE_CONTACT = 0.3;

/** Reaches from one side of the picture to the other: the edge of a sheet or of a desk, a shadow, a ruled line. */
export function spansPicture({ box }: Component, width: number, height: number): boolean {
  return box.width === width || box.height === height || (box.width > width * 0.9 && box.height > height * 0.9);
}

/** A bar so long, as a share of the picture's shorter side, and so narrow, as a share of its length, is no 1 that just happens to touch the edge. */
const LONG_BAR = 0.6, NARROW_BAR = 0.2;

/** Cut by the picture's edge for long: the desk or a shadow; or a long bar that begins there. The end of a stroke may touch it. */
export function isCutByEdge(component: Component, width: number, height: number): boolean {
  const { box: { x, y, width: w, height: h }, runs } = component;
  if (x > 0 && y > 0 && x + w < width && y + h < height) return false;
  const longest = sizeOf(component);
  if (longest > Math.min(width, height) * LONG_BAR && Math.min(w, h) < longest * NARROW_BAR) return true;
  let contact = 0;
  for (const run of runs) {
    if (run.y === 0 || run.y === height - 1) contact += run.end - run.start;
    else contact += (run.start === 0 ? 1 : 0) + (run.end === width ? 1 : 0);
  }
  return contact > longest * EDGE_CONTACT;
}

/** Long, straight and thin: a ruled line, a fold, a cable. */
export function isLine(component: Component, width: number, height: number): boolean {
  const { box, area } = component, longest = sizeOf(component);
  return longest > Math.max(width, height) * 0.4 && Math.min(box.width, box.height) < longest * 0.12 && area < longest * longest * 0.02;
}
