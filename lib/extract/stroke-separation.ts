import { findComponents, type Component } from './components';
import { strokeOf } from './measures';

/** Ink stronger than this share of a component's strongest belongs to the stronger pen. */
const STRONGER = 0.55;

/**
 * A pen that is this much broader than the mean of all strokes, and left this share of the ink, has written over older
 * notes.
 */
const BROADER = 1.3;
const MAIN_SHARE = 0.4;

/**
 * Frees what a broad marker wrote from the thin, fainter notes that it crosses.
 * @param component of more strokes than a digit has
 * @returns the marker's parts; the component itself where no pen stands out
 */
export function broaderPen(component: Component, ink: Uint8Array, width: number): Component[] {
  const { box, runs } = component;
  const strongest = percentile90(component, ink, width);
  const mask = new Uint8Array(box.width * box.height);
  const cut = new Uint8Array(mask.length);
  for (const { y, start, end } of runs) {
    for (let x = start; x < end; x++) {
      const at = (y - box.y) * box.width + x - box.x;
      cut[at] = ink[y * width + x];
      if (cut[at] > strongest * STRONGER) mask[at] = 255;
    }
  }
  const parts = findComponents(mask, cut, box.width, box.height)
    .map((part) => moved(part, box.x, box.y))
    .filter((part) => part.area > component.area * MAIN_SHARE && strokeOf(part) > strokeOf(component) * BROADER);
  return parts.length > 0 ? parts : [component];
}

function percentile90({ runs, area }: Component, ink: Uint8Array, width: number): number {
  const histogram = new Uint32Array(256);
  for (const { y, start, end } of runs)
    for (let at = y * width + start; at < y * width + end; at++) histogram[ink[at]]++;
  let seen = 0;
  for (let value = 255; value > 0; value--) {
    seen += histogram[value];
    if (seen > area * 0.1) return value;
  }
  return 0;
}

function moved(component: Component, dx: number, dy: number): Component {
  return {
    ...component,
    box: { ...component.box, x: component.box.x + dx, y: component.box.y + dy },
    runs: component.runs.map(({ y, start, end }) => ({ y: y + dy, start: start + dx, end: end + dx })),
  };
}
