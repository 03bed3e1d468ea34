import { checkMask, type Box, type Mask } from '../pictures/picture';
import { findComponents, type Component } from './components';
import type { ExplainedShape, ExtractedDigit, Whole } from './digit';
import { readingOrder } from './lines';
import { sizeOf } from './measures';
import { normaliseDigit } from './normalise';
import type { ExtractOptions } from './options';
import { removeRuling } from './ruling';
import { findShapes, leastSize, type Shape } from './shapes';
import { measuresOf, showSurroundings, type Company } from './surroundings';

/** More shapes than this are texture or noise, not writing. */
export const MOST_DIGITS = 256;

/** Doubtful shapes that are handed on, the most and strongest ink first: pictures of clutter have hundreds. */
const MOST_DOUBTFUL = 48;

/**
 * Finds every shape of a mask that is likely a digit, in reading order.
 * @throws PictureError naming what was expected and what came
 */
export function extractDigits(mask: Mask, options: ExtractOptions = {}): ExtractedDigit[] {
  return extractCandidates(mask, options).filter(({ doubt }) => doubt === undefined);
}

/**
 * Finds every shape of a mask that may be a digit: the likely ones in reading order, then those with a `doubt`.
 * @throws PictureError naming what was expected and what came
 */
export function extractCandidates(mask: Mask, options: ExtractOptions = {}): ExtractedDigit[] {
  const { likely, doubtful } = proposeShapes(mask, options), draw = drawing(mask, options, likely, doubtful);
  const wholes = new Map<Component, Whole>();
  for (const { whole } of likely) if (whole && !wholes.has(whole)) wholes.set(whole, draw(whole));
  const lines = readingOrder(likely.map(({ box }) => box));
  const found = lines.flatMap((line, number) => line.map((index) => {
    const whole = likely[index].whole && wholes.get(likely[index].whole);
    return { ...draw(likely[index]), line: number, ...(whole && { whole }) };
  }));
  return [...found, ...doubtful.map((shape) => ({ ...draw(shape), ...(shape.leftOut && { doubt: shape.leftOut }), line: lines.length }))];
}

/** Shapes of a mask that may be digits: the likely ones, and those with a doubt. */
export function proposeShapes(mask: Mask, options: ExtractOptions = {}): { likely: Shape[]; doubtful: Shape[] } {
  const shapes = judgeShapes(mask, options), least = leastSize(mask.width, mask.height, options);
  return {
    likely: shapes.filter(({ leftOut }) => leftOut === undefined),
    doubtful: shapes.filter((shape) => shape.leftOut !== undefined && sizeOf(shape) >= least)
      .sort((a, b) => b.area * b.strength - a.area * a.strength).slice(0, MOST_DOUBTFUL),
  };
}

/** Draws what networks see of a mask's shapes. */
export function drawing(mask: Mask, options: ExtractOptions, likely: Shape[], doubtful: Shape[]): (shape: Shape) => Whole {
  const { width, height, ink = mask.data, grey, margins } = mask, scale = scaleToFrame(mask, options);
  const view = grey && { width, height, mask: mask.data, grey, margins }, company = companyOf(likely, doubtful);
  return (shape) => ({
    image: drawDigit(shape, ink, width, height, options.strengthen !== false), box: scaled(shape.box, scale),
    ...(view && { surroundings: { picture: showSurroundings(shape, view), measures: measuresOf(shape, shape.leftOut, view, company) } }),
  });
}

/** What shapes are measured against: the likely ones, or all where there is none. */
function companyOf(likely: Shape[], doubtful: Shape[]): Company {
  const others = likely.length > 0 ? likely : doubtful;
  return {
    strongest: Math.max(0, ...others.map(({ strength }) => strength)), tallest: Math.max(0, ...others.map(sizeOf)),
    count: likely.length + doubtful.length,
  };
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
