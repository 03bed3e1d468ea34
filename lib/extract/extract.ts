import { checkMask, type Box, type Mask } from '../pictures/picture';
import { findComponents, type Component } from './components';
import { coincide } from './boxes';
import { joinBroken } from './broken';
import { lookCloser, type CloserLook } from './closer-look';
import { otherJoins } from './joins';
import type { Doubt } from './doubts';
import { spansPicture } from './edge';
import type { Drawn, ExplainedShape, ExtractedDigit, Whole } from './digit';
import { readingOrder } from './lines';
import { sizeOf, strongestOf } from './measures';
import { normaliseDigit } from './normalise';
import type { ExtractOptions } from './options';
import { removeRuling } from './ruling';
import { findShapes, isGrain, leastSize, waysToCut, type Shape } from './shapes';
import { measuresOf, showSurroundings, type Company } from './surroundings';

/** More shapes than this are texture or noise, not writing. */
export const MOST_DIGITS = 256;

/**
 * Doubtful shapes that are handed on, as pictures of clutter have hundreds: those that rules have doubts about and
 * parts of shapes, the most and strongest ink first, and those that only a closer look finds and other ways to join
 * these, the largest first.
 */
const MOST_DOUBTFUL = 32, MOST_PARTS = 32, MOST_CLOSER = 48, MOST_CLOSER_JOINS = 16;

/** Components of a closer look, the most and strongest ink first, beyond which it sees noise. */
const MOST_COMPONENTS = 96;

/** Doubts of a plain page; with any other the picture is looked at once more, closer. */
const PLAIN: readonly (Doubt | undefined)[] = [undefined, 'speck', 'part'];

/** More specks than this are no dots and commas: a pattern, or strokes that noise has torn. */
const MOST_SPECKS = 20;

/** Two looks see the same where boxes have so much in common, as a share of both together. */
const SAME = 0.8;

/** A shape and the mask that it was found in. */
export interface Proposed extends Shape {
  look: Mask;
}

export interface Proposals {
  likely: Proposed[];
  doubtful: Proposed[];
  /** Missing where the page is plain. */
  closer?: CloserLook;
  /** What rules make of all shapes of the first look, those among them that are not proposed, too. */
  judged: Shape[];
}

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
  const proposals = proposeShapes(mask, options), { likely, doubtful } = proposals, draw = drawing(mask, options, proposals);
  const wholes = new Map<Component, Whole>();
  for (const { whole, look } of likely) if (whole && !wholes.has(whole)) wholes.set(whole, draw({ ...whole, look, leftOut: 'several' }));
  const lines = readingOrder(likely.map(({ box }) => box));
  const found = lines.flatMap((line, number) => line.map((index) => {
    const whole = likely[index].whole && wholes.get(likely[index].whole);
    return { ...draw(likely[index]), line: number, ...(whole && { whole }) };
  }));
  return [...found, ...doubtful.map((shape) => ({ ...draw(shape), ...(shape.leftOut && { doubt: shape.leftOut }), line: lines.length }))];
}

/**
 * Proposes shapes of a mask that may be digits: the likely ones, and those with a doubt. Where the page is not plain, those that a
 * closer look finds are among them.
 */
export function proposeShapes(mask: Mask, options: ExtractOptions = {}): Proposals {
  const shapes = judgeShapes(mask, options), least = leastSize(mask.width, mask.height, options);
  const likely = shapes.filter(({ leftOut }) => leftOut === undefined);
  const strongest = strongestOf(likely);
  const inked = shapes.filter((shape) => !isGrain(shape, least, strongest));
  const doubtful = inked.filter((shape) => shape.leftOut !== undefined && sizeOf(shape) >= least);
  const closer = isPlain(inked) ? undefined : lookCloser(checkMask(mask));
  const seen = closer ? doubtful.filter((shape) => !closer.isBlank(shape)) : doubtful;
  const most = (some: readonly Shape[], count: number): Proposed[] => (
    mostInk(some, count).map((shape) => ({ ...shape, look: mask }))
  );
  return {
    judged: shapes, ...(closer && { closer }),
    likely: likely.map((shape) => ({ ...shape, look: mask })),
    doubtful: [
      ...most(seen.filter(({ leftOut }) => leftOut !== 'part'), MOST_DOUBTFUL),
      ...most(seen.filter(({ leftOut }) => leftOut === 'part'), MOST_PARTS),
      ...(closer ? shapesOf(closer, least, [...likely, ...seen]) : []),
    ],
  };
}

/** Whether the first look is all that it takes: there is likely writing, and hardly anything else. */
function isPlain(shapes: readonly Shape[]): boolean {
  const specks = shapes.filter(({ leftOut }) => leftOut === 'speck').length;
  return shapes.some(({ leftOut }) => leftOut === undefined) && specks <= MOST_SPECKS
    && shapes.every(({ leftOut }) => PLAIN.includes(leftOut));
}

function mostInk<S extends Component>(shapes: readonly S[], most: number): S[] {
  return [...shapes].sort((a, b) => b.area * b.strength - a.area * a.strength).slice(0, most);
}

/** By size, more of the digits that only a closer look finds are among the first than by ink. */
function largest(shapes: readonly Proposed[], most: number): Proposed[] {
  return [...shapes].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, most);
}

/**
 * What a closer look finds beside the shapes that are known. No rule judges it: most of it is none of the kinds that
 * rules know.
 */
function shapesOf({ masks }: CloserLook, least: number, known: readonly Shape[]): Proposed[] {
  const found: Proposed[] = [], foundJoins: Proposed[] = [];
  for (const look of masks) {
    const { data, width, height, ink = data } = look;
    const components = findComponents(data, ink, width, height)
      .filter((component) => !spansPicture(component, width, height));
    // What was put together of pieces may be whole in another look.
    const isKnown = (shape: Shape): boolean => [known, found, foundJoins].some((shapes) => (
      shapes.some(({ box, joined }) => !joined && coincide(box, shape.box, SAME))
    ));
    const add = (wholes: readonly Component[], to: Proposed[]): void => {
      for (const shape of wholes.flatMap((whole) => waysToCut(whole, ink, width))) {
        if (sizeOf(shape) >= least && !isKnown(shape)) to.push({ ...shape, leftOut: 'closer look', look });
      }
    };
    const wholes = joinBroken(mostInk(components, MOST_COMPONENTS), least, ink, width);
    add(wholes, found);
    add(otherJoins(wholes, least, ink, width), foundJoins);
  }
  return [...largest(found, MOST_CLOSER), ...largest(foundJoins, MOST_CLOSER_JOINS)];
}

/** Draws what networks see of a mask's shapes. */
export function drawing(mask: Mask, options: ExtractOptions, proposals: Proposals): (shape: Component & { look: Mask } & Partial<Shape>) => Drawn {
  const { width, height } = mask, scale = scaleToFrame(mask, options), company = companyOf(proposals);
  return ({ look, ...shape }) => {
    const { ink = look.data, grey, margins } = look, view = grey && { width, height, mask: look.data, grey, margins };
    return {
      image: drawDigit(shape, ink, width, height, options.strengthen !== false), box: scaled(shape.box, scale),
      ...(shape.whole && shape.pieces && { part: { of: scaled(shape.whole.box, scale), first: shape.pieces[0], last: shape.pieces[1] } }),
      ...(view && { surroundings: { picture: showSurroundings(shape, view), measures: measuresOf(shape, shape.leftOut, view, company) } }),
    };
  };
}

/** What shapes are measured against: the likely ones, or all where there is none. */
function companyOf({ likely, doubtful }: Proposals): Company {
  const others = likely.length > 0 ? likely : doubtful;
  return {
    strongest: strongestOf(others), tallest: Math.max(0, ...others.map(sizeOf)),
    count: likely.length + doubtful.length,
  };
}

/**
 * Tells of every shape of a mask what `extractDigits` does with it.
 * @throws PictureError naming what was expected and what came
 */
export function explainShapes(mask: Mask, options: ExtractOptions = {}): ExplainedShape[] {
  const { judged, doubtful } = proposeShapes(mask, options), scale = scaleToFrame(mask, options);
  const shapes: Shape[] = [...judged, ...doubtful.filter(({ leftOut }) => leftOut === 'closer look')];
  return shapes.map(({ box, leftOut, whole }) => ({ box: scaled(box, scale), ...(leftOut && { leftOut }), ...(whole && { whole: scaled(whole.box, scale) }) }));
}

/**
 * What a closer look takes for written.
 * @returns 255 = ink, of the mask's size; undefined where the page is plain, and none was taken
 * @throws PictureError naming what was expected and what came
 */
export function writtenIn(mask: Mask, options: ExtractOptions = {}): Uint8Array | undefined {
  const { closer } = proposeShapes(mask, options);
  return closer && mask.data.map((_, at) => (closer.masks.some(({ data }) => data[at] !== 0) ? 255 : 0));
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
