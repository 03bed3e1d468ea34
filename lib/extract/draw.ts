import type { Box, Mask } from '../pictures/picture';
import type { Component } from './components';
import type { Drawn } from './digit';
import { sizeOf, strongestOf } from './measures';
import { normaliseDigit } from './normalise';
import type { ExtractOptions } from './options';
import type { Proposals } from './propose';
import type { Shape } from './shapes';
import { measuresOf, showSurroundings, type Population, type Surroundings } from './surroundings';

/** A shape to be drawn, and the mask that it was found in. */
export type Drawable = Component & { look: Mask } & Partial<Shape>;

/** Draws what networks see of a mask's shapes. */
export class Drawing {
  readonly #company: Population;
  readonly #scale: { x: number; y: number };

  constructor(
    private readonly mask: Mask,
    private readonly options: ExtractOptions,
    proposals: Proposals,
  ) {
    this.#company = companyOf(proposals);
    this.#scale = scaleToFrame(mask, options);
  }

  /** @param surroundings of this shape, where they have been drawn already */
  draw(shape: Drawable, surroundings = this.surroundings(shape)): Drawn {
    const {
      look: { data, ink = data },
      box,
      whole,
      pieces,
    } = shape;
    const { width, height } = this.mask;
    return {
      image: drawDigit(shape, ink, width, height, this.options.strengthen !== false),
      box: scaled(box, this.#scale),
      ...(whole && pieces && { part: { of: scaled(whole.box, this.#scale), first: pieces[0], last: pieces[1] } }),
      ...(surroundings && { surroundings }),
    };
  }

  /** What stands about a shape; undefined where the picture that it was found in is not known. */
  surroundings({ look: { data, grey, border }, ...shape }: Drawable): Surroundings | undefined {
    if (!grey) return undefined;
    const { width, height } = this.mask;
    const view = { width, height, mask: data, grey, border };
    return { picture: showSurroundings(shape, view), measures: measuresOf(shape, shape.doubt, view, this.#company) };
  }
}

/** What shapes are measured against: the likely ones, or all where there is none. */
function companyOf({ likely, doubtful }: Proposals): Population {
  const others = likely.length > 0 ? likely : doubtful;
  return {
    strongest: strongestOf(others),
    tallest: Math.max(0, ...others.map(sizeOf)),
    count: likely.length + doubtful.length,
  };
}

/** Cuts out one shape's ink, with the faint edge about it, and normalises it. */
function drawDigit(
  { box, runs }: Component,
  ink: Uint8Array,
  width: number,
  height: number,
  strengthen: boolean,
): Uint8Array {
  const left = Math.max(0, box.x - 1);
  const top = Math.max(0, box.y - 1);
  const w = Math.min(width, box.x + box.width + 1) - left;
  const h = Math.min(height, box.y + box.height + 1) - top;
  const crop = new Uint8Array(w * h);
  for (const run of runs) {
    const start = Math.max(left, run.start - 1);
    const end = Math.min(left + w, run.end + 1);
    for (let y = Math.max(top, run.y - 1); y <= Math.min(top + h - 1, run.y + 1); y++) {
      for (let from = y * width + start, to = (y - top) * w + start - left; from < y * width + end; from++, to++)
        crop[to] = ink[from];
    }
  }
  return normaliseDigit(crop, w, h, { strengthen });
}

/** Factors from a mask's pixels to the frame's: boxes are given in the frame's. */
export function scaleToFrame({ width, height }: Mask, { frame }: ExtractOptions): { x: number; y: number } {
  return { x: (frame?.width ?? width) / width, y: (frame?.height ?? height) / height };
}

/** A box in the pixels of another picture of the same. */
export function scaled(box: Box, scale: { x: number; y: number }): Box {
  const x = Math.round(box.x * scale.x);
  const y = Math.round(box.y * scale.y);
  return {
    x,
    y,
    width: Math.round((box.x + box.width) * scale.x) - x,
    height: Math.round((box.y + box.height) * scale.y) - y,
  };
}
