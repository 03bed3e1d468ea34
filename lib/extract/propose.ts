import { checkMask, type Mask } from '../pictures/picture';
import { coincide } from './boxes';
import { mergePieces } from './merging';
import { lookCloser, type CloserLook } from './closer-look';
import { findComponents, type Component } from './components';
import type { Doubt } from './doubts';
import { spansPicture } from './edge';
import { otherJoins } from './joins';
import { sizeOf, strongestOf } from './measures';
import type { ExtractOptions } from './options';
import { removeRuledLines } from './ruled-lines';
import { findShapes, isGrain, leastSize, waysToCut, type Shape } from './shapes';

/** More shapes than this are texture or noise, not writing. */
export const MOST_DIGITS = 256;

/**
 * Doubtful shapes that are handed on, as pictures of clutter have hundreds: those that rules have doubts about and
 * parts of shapes, the most and strongest ink first, and those that only a closer look finds and other ways to join
 * these, the largest first.
 */
const MOST_DOUBTFUL = 32;
const MOST_PARTS = 32;
const MOST_CLOSER = 48;
const MOST_CLOSER_JOINS = 16;

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
 * Proposes shapes of a mask that may be digits: the likely ones, and those with a doubt. Where the page is not plain,
 * those that a closer look finds are among them.
 */
export function proposeShapes(mask: Mask, options: ExtractOptions = {}): Proposals {
  const shapes = judgeShapes(mask, options);
  const least = leastSize(mask.width, mask.height, options);
  const likely = shapes.filter(({ doubt }) => doubt === undefined);
  const strongest = strongestOf(likely);
  const inked = shapes.filter((shape) => !isGrain(shape, least, strongest));
  const doubtful = inked.filter((shape) => shape.doubt !== undefined && sizeOf(shape) >= least);
  const closer = isPlain(inked, least) ? undefined : lookCloser(checkMask(mask));
  const seen = closer ? doubtful.filter((shape) => !closer.isBlank(shape)) : doubtful;
  const most = (some: readonly Shape[], count: number): Proposed[] =>
    mostInk(some, count).map((shape) => ({ ...shape, look: mask }));
  return {
    judged: shapes,
    ...(closer && { closer }),
    likely: likely.map((shape) => ({ ...shape, look: mask })),
    doubtful: [
      ...most(
        seen.filter(({ doubt }) => doubt !== 'part'),
        MOST_DOUBTFUL,
      ),
      ...most(
        seen.filter(({ doubt }) => doubt === 'part'),
        MOST_PARTS,
      ),
      ...(closer ? shapesOf(closer, least, [...likely, ...seen]) : []),
    ],
  };
}

/**
 * Whether the first look is all that it takes: there is likely writing, and hardly anything else. What is too small for
 * a digit is no reason to look closer, unless there is much of it: of 500 choosing pages not one is read otherwise.
 */
function isPlain(shapes: readonly Shape[], least: number): boolean {
  const specks = shapes.filter(({ doubt }) => doubt === 'speck').length;
  return (
    shapes.some(({ doubt }) => doubt === undefined) &&
    specks <= MOST_SPECKS &&
    shapes.every((shape) => PLAIN.includes(shape.doubt) || sizeOf(shape) < least)
  );
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
  const found: Proposed[] = [];
  const foundJoins: Proposed[] = [];
  for (const look of masks) {
    const { data, width, height, ink = data } = look;
    const components = findComponents(data, ink, width, height).filter(
      (component) => !spansPicture(component, width, height),
    );
    // What was put together of pieces may be whole in another look.
    const isKnown = (shape: Shape): boolean =>
      [known, found, foundJoins].some((shapes) =>
        shapes.some(({ box, joined }) => !joined && coincide(box, shape.box, SAME)),
      );
    const add = (wholes: readonly Component[], to: Proposed[]): void => {
      for (const shape of wholes.flatMap((whole) => waysToCut(whole, ink, width))) {
        if (sizeOf(shape) >= least && !isKnown(shape)) to.push({ ...shape, doubt: 'closer look', look });
      }
    };
    const wholes = mergePieces(mostInk(components, MOST_COMPONENTS), least, ink, width);
    add(wholes, found);
    add(otherJoins(wholes, least, ink, width), foundJoins);
  }
  return [...largest(found, MOST_CLOSER), ...largest(foundJoins, MOST_CLOSER_JOINS)];
}

function judgeShapes(mask: Mask, { minimumSize }: ExtractOptions): Shape[] {
  const { data, width, height, ink = data, background, border } = checkMask(mask);
  const components = findComponents(data, ink, width, height);
  const writing = removeRuledLines(data, components, ink, width, height);
  const shapes = findShapes(
    writing === data ? components : findComponents(writing, ink, width, height),
    ink,
    width,
    height,
    { minimumSize, background, border },
  );
  const digits = shapes.filter(({ doubt }) => doubt === undefined).length;
  return digits > MOST_DIGITS ? shapes.map((shape) => ({ doubt: 'texture', ...shape })) : shapes;
}
