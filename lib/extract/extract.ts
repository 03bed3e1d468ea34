import type { Mask } from '../pictures/picture';
import type { Component } from './components';
import type { ExplainedShape, ExtractedDigit, Whole } from './digit';
import { Drawing, scaled, scaleToFrame } from './draw';
import { readingOrder } from './lines';
import type { ExtractOptions } from './options';
import { proposeShapes, type Proposed } from './propose';
import type { Shape } from './shapes';
import type { Surroundings } from './surroundings';
import { at } from '../lists';

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
  const proposals = proposeShapes(mask, options);
  const { likely, doubtful } = proposals;
  const drawing = new Drawing(mask, options, proposals);
  const { digits, lines } = drawLikely(likely, drawing);
  return [...digits, ...doubtful.map((shape) => doubtfulDigit(shape, lines, drawing))];
}

/**
 * The same without the doubtful shapes that are not worth it, whose pictures are not drawn: of clutter that saves most
 * of the work.
 * @param isWorth tells of surroundings whether what stands there may be a digit, for each; a shape without any is not
 *   worth it
 * @throws (rejects) PictureError naming what was expected and what came
 */
export async function extractWorthwhile(
  mask: Mask,
  options: ExtractOptions,
  isWorth: (surroundings: Surroundings[]) => Promise<boolean[]>,
): Promise<ExtractedDigit[]> {
  const proposals = proposeShapes(mask, options);
  const { likely, doubtful } = proposals;
  const drawing = new Drawing(mask, options, proposals);
  const { digits, lines } = drawLikely(likely, drawing);
  const seen = doubtful.flatMap((shape) => {
    const surroundings = drawing.surroundings(shape);
    return surroundings ? [{ shape, surroundings }] : [];
  });
  const worth = seen.length > 0 ? await isWorth(seen.map(({ surroundings }) => surroundings)) : [];
  const kept = seen.filter((_, i) => worth[i]);
  return [...digits, ...kept.map(({ shape, surroundings }) => doubtfulDigit(shape, lines, drawing, surroundings))];
}

/** Each in its line of writing; and how many lines there are. */
function drawLikely(likely: readonly Proposed[], drawing: Drawing): { digits: ExtractedDigit[]; lines: number } {
  const wholes = new Map<Component, Whole>();
  for (const { whole, look } of likely) {
    if (whole && !wholes.has(whole)) wholes.set(whole, drawing.draw({ ...whole, look, doubt: 'several' }));
  }
  const lines = readingOrder(likely.map(({ box }) => box));
  const digits = lines.flatMap((line, number) =>
    line.map((index) => {
      const shape = at(likely, index);
      const whole = shape.whole && wholes.get(shape.whole);
      return { ...drawing.draw(shape), line: number, ...(whole && { whole }) };
    }),
  );
  return { digits, lines: lines.length };
}

function doubtfulDigit(shape: Proposed, line: number, drawing: Drawing, surroundings?: Surroundings): ExtractedDigit {
  return { ...drawing.draw(shape, surroundings), ...(shape.doubt && { doubt: shape.doubt }), line };
}

/**
 * Tells of every shape of a mask what `extractDigits` does with it.
 * @throws PictureError naming what was expected and what came
 */
export function explainShapes(mask: Mask, options: ExtractOptions = {}): ExplainedShape[] {
  const { judged, doubtful } = proposeShapes(mask, options);
  const scale = scaleToFrame(mask, options);
  const shapes: Shape[] = [...judged, ...doubtful.filter(({ doubt }) => doubt === 'closer look')];
  return shapes.map(({ box, doubt, whole }) => ({
    box: scaled(box, scale),
    ...(doubt && { doubt }),
    ...(whole && { whole: scaled(whole.box, scale) }),
  }));
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
