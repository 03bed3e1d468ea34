import type { ExplainedShape } from '../extract/digit';
import { loadSharp } from '../pictures/decode';
import type { Box, GreyPicture, Mask } from '../pictures/picture';
import { drawDigits } from './digits-picture';
import { shapeOutcomes, type Outcome } from './outcomes';
import { drawShapes } from './shapes-picture';
import type { Trace } from '../pipeline/trace';

/** The shapes and the digits are drawn at least so wide, pixels: the text below them needs it. */
const LEAST_WIDTH = 640;

/** The steps of a reading as pictures (PNG), as far as they were performed. */
export interface Stages {
  /** Strength of the ink with the light evened out, dark on white. As large as the mask. */
  flattened?: Buffer;
  /** Ink black, paper white. */
  mask?: Buffer;
  /** What a closer look takes for written, black, where the page is not plain. As large as the mask. */
  written?: Buffer;
  /** The picture with an outline round every shape, coloured by what became of it, and a legend. */
  components?: Buffer;
  /** The 28×28 pictures, enlarged four times, with what the network made of each. */
  digits?: Buffer;
  /**
   * The shapes outlined in `components`, boxes in pixels of the frame; those that are no digit say why, or to which
   * digit they lost.
   */
  shapes?: (Pick<ExplainedShape, 'box'> & { outcome?: Exclude<Outcome, 'digit'>; lostTo?: Box })[];
}

/** Draws every stage that the trace has. */
export async function drawStages(trace: Trace): Promise<Stages> {
  const { thresholded, extracted, digits } = trace;
  return {
    ...(thresholded && { flattened: await drawFlattened(thresholded.mask), mask: await drawMask(thresholded.mask) }),
    ...(extracted?.written && { written: await drawMask({ ...extracted.mask, data: extracted.written }) }),
    ...(extracted && {
      components: await drawComponents(trace, Math.max(LEAST_WIDTH, extracted.mask.width)),
      shapes: shapeOutcomes(trace).map(({ box, outcome, lostTo }) => ({
        box,
        ...(outcome !== 'digit' && { outcome }),
        ...(lostTo && { lostTo }),
      })),
    }),
    ...(digits && { digits: await drawDigits(trace, LEAST_WIDTH) }),
  };
}

/** The strength of the ink, dark on white. */
export function drawFlattened({ data, ink = data, width, height }: Mask): Promise<Buffer> {
  return encode({ data: negative(ink), width, height, channels: 1 });
}

/** Ink black, paper white. */
export function drawMask({ data, width, height }: Mask): Promise<Buffer> {
  return encode({ data: negative(data), width, height, channels: 1 });
}

/**
 * The shapes on the picture that was thresholded, or else on their ink.
 * @param width of the result, pixels; its height follows from the picture's and the legend's
 */
export async function drawComponents(trace: Trace, width: number): Promise<Buffer> {
  const { extracted, thresholded } = trace;
  if (!extracted) throw new Error('expected a trace with shapes, got one in which nothing was extracted');
  const { mask, frame } = extracted;
  const background = thresholded?.picture ?? { ...mask, data: negative(mask.ink ?? mask.data) };
  return drawShapes(background, shapeOutcomes(trace), {
    frame,
    width,
    height: Math.round((width * mask.height) / mask.width),
  });
}

function negative(data: Uint8Array): Uint8Array {
  return data.map((value) => 255 - value);
}

function encode({ data, width, height }: GreyPicture): Promise<Buffer> {
  return loadSharp()(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}
