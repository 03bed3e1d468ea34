import { checkMask, type Box, type Mask } from '../pictures/picture';
import { findComponents, type Component } from './components';
import type { ExplainedShape, ExtractedDigit, Whole } from './digit';
import { readingOrder } from './lines';
import { normaliseDigit } from './normalise';
import type { ExtractOptions } from './options';
import { removeRuling } from './ruling';
import { findShapes, type Shape } from './shapes';

/** More shapes than this are texture or noise, not writing. */
export const MOST_DIGITS = 256;

/**
 * Finds every shape of a mask that may be a digit, in reading order.
 * @throws PictureError naming what was expected and what came
 */
export function extractDigits(mask: Mask, options: ExtractOptions = {}): ExtractedDigit[] {
  const { width, height, ink = mask.data } = mask;
  const shapes = judgeShapes(mask, options).filter(({ leftOut }) => leftOut === undefined);
  const scale = scaleToFrame(mask, options);
  const draw = (shape: Component): Whole => ({ image: drawDigit(shape, ink, width, height, options.strengthen !== false), box: scaled(shape.box, scale) });
  const wholes = new Map<Component, Whole>();
  for (const { whole } of shapes) if (whole && !wholes.has(whole)) wholes.set(whole, draw(whole));
  return readingOrder(shapes.map(({ box }) => box)).flatMap((line, number) => line.map((index) => {
    const whole = shapes[index].whole && wholes.get(shapes[index].whole);
    return { ...draw(shapes[index]), line: number, ...(whole && { whole }) };
  }));
}

/**
 * Tells of every shape of a mask what `extractDigits` does with it.
 * @throws PictureError naming what was expected and what came
 */
export function explainShapes(mask: Mask, options: ExtractOptions = {}): ExplainedShape[] {
  const shapes = judgeShapes(mask, options), scale = scaleToFrame(mask, options);
  return shapes.map(({ box, leftOut, whole }) => ({ box: scaled(box, scale), ...(leftOut && { leftOut }), ...(whole && { whole: scaled(whole.box, scale) }) }));
}

function judgeShapes(mask: Mask, { minimumSize }: ExtractOptions): Shape[] {
  const { data, width, height, ink = data, paper, margins } = checkMask(mask);
  const components = findComponents(data, ink, width, height);
  const writing = removeRuling(data, components, ink, width, height);
  const shapes = findShapes(writing === data ? components : findComponents(writing, ink, width, height), ink, width, height, { minimumSize, paper, margins });
  const digits = shapes.filter(({ leftOut }) => leftOut === undefined).length;
  return digits > MOST_DIGITS ? shapes.map((shape) => ({ leftOut: 'texture', ...shape })) : shapes;
}

/** Cuts out one shape's ink, with the faint edge about it, and normalises it. */
function drawDigit({ box, runs }: Component, ink: Uint8Array, width: number, height: number, strengthen: boolean): Uint8Array {
  const left = Math.max(0, box.x - 1), top = Math.max(0, box.y - 1);
  const w = Math.min(width, box.x + box.width + 1) - left, h = Math.min(height, box.y + box.height + 1) - top;
  const crop = new Uint8Array(w * h);
  for (const run of runs) {
    const start = Math.max(left, run.start - 1), end = Math.min(left + w, run.end + 1);
    for (let y = Math.max(top, run.y - 1); y <= Math.min(top + h - 1, run.y + 1); y++) {
      for (let from = y * width + start, to = (y - top) * w + start - left; from < y * width + end; from++, to++) crop[to] = ink[from];
    }
  }
  return normaliseDigit(crop, w, h, { strengthen });
}

function scaleToFrame({ width, height }: Mask, { frame }: ExtractOptions): { x: number; y: number } {
  return { x: (frame?.width ?? width) / width, y: (frame?.height ?? height) / height };
}

function scaled(box: Box, scale: { x: number; y: number }): Box {
  const x = Math.round(box.x * scale.x), y = Math.round(box.y * scale.y);
  return { x, y, width: Math.round((box.x + box.width) * scale.x) - x, height: Math.round((box.y + box.height) * scale.y) - y };
}
