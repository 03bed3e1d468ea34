import { assertRawPicture, PictureError, type Box, type Mask } from '../pictures/picture';
import { findComponents, type Component } from './components';
import type { ExtractedDigit } from './digit';
import { readingOrder } from './lines';
import { normaliseDigit } from './normalise';
import type { ExtractOptions } from './options';
import { findShapes } from './shapes';

/** More shapes than this are texture or noise, not writing. */
export const MOST_DIGITS = 256;

/**
 * Finds every shape of a mask that may be a digit, in reading order.
 * @throws PictureError naming what was expected and what came
 */
export function extractDigits(mask: Mask, options: ExtractOptions = {}): ExtractedDigit[] {
  assertRawPicture(mask);
  const { data, width, height } = mask;
  if (mask.channels as number !== 1) throw new PictureError(`expected a mask of 1 channel, got ${mask.channels as number} channels`);
  const ink = mask.ink ?? data;
  if (ink.length !== data.length) throw new PictureError(`expected as many bytes of ink as of the mask, ${data.length}, got ${ink.length}`);

  const shapes = findShapes(findComponents(data, ink, width, height), ink, width, height, options.minimumSize)
    .filter(({ leftOut }) => leftOut === undefined);
  if (shapes.length > MOST_DIGITS) return [];
  const frame = options.frame ?? mask;
  const scale = { x: frame.width / width, y: frame.height / height };
  return readingOrder(shapes.map(({ box }) => box)).flatMap((line, number) => line.map((index) => ({
    image: drawDigit(shapes[index], ink, width, height, options.strengthen !== false),
    box: scaled(shapes[index].box, scale),
    line: number,
  })));
}

/** Cuts out one shape's ink, with the faint edge about it, and normalises it. */
function drawDigit({ box, runs }: Component, ink: Uint8Array, width: number, height: number, strengthen: boolean): Uint8Array {
  const left = Math.max(0, box.x - 1), top = Math.max(0, box.y - 1);
  const w = Math.min(width, box.x + box.width + 1) - left, h = Math.min(height, box.y + box.height + 1) - top;
  const crop = new Uint8Array(w * h);
  for (const run of runs) {
    for (let y = Math.max(top, run.y - 1); y <= Math.min(top + h - 1, run.y + 1); y++) {
      const start = Math.max(left, run.start - 1), end = Math.min(left + w, run.end + 1);
      crop.set(ink.subarray(y * width + start, y * width + end), (y - top) * w + start - left);
    }
  }
  return normaliseDigit(crop, w, h, { strengthen });
}

function scaled(box: Box, scale: { x: number; y: number }): Box {
  const x = Math.round(box.x * scale.x), y = Math.round(box.y * scale.y);
  return { x, y, width: Math.round((box.x + box.width) * scale.x) - x, height: Math.round((box.y + box.height) * scale.y) - y };
}
