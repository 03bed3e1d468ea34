import type { Sharp } from 'sharp';
import { loadSharp } from '../pictures/decode';
import type { Box, GreyPicture } from '../pictures/picture';
import { countOutcomes, OUTCOMES, type ShapeOutcome } from './outcomes';
import { outline, svg, text, widthOf } from './svg';

/** Height of a line of the legend, and where in it the outcome and its meaning begin, pixels. */
const LINE = 22;
const FATE = 34;
const MEANING = 210;

/** The legend needs so much, pixels. */
export const LEGEND_WIDTH = 570;

/** Outlines of small shapes are drawn this far outside, so that the ink can be seen, pixels. */
const GAP = 2;

/**
 * Shapes that are left out are named beside their outline when they are this large, as a share of the longer side, and
 * so many.
 */
const NAMED_SIZE = 0.06;
const MOST_NAMED = 12;

export interface ShapesPictureOptions {
  /** Size of the picture in whose pixels the boxes are given. */
  frame: { width: number; height: number };
  /** Size to draw at, without the legend, pixels. */
  width: number;
  height: number;
}

/**
 * Draws an outline round every shape, coloured by what became of it, and a legend below, which has its least width.
 * @param background what the shapes stand on; it is drawn pale
 */
export async function drawShapes(
  background: GreyPicture,
  shapes: readonly ShapeOutcome[],
  { frame, width, height }: ShapesPictureOptions,
): Promise<Buffer> {
  const legend = drawLegend(shapes, height);
  const right = Math.max(0, LEGEND_WIDTH - width);
  const overlay = svg(width + right, height + legend.height, [
    ...drawOutlines(shapes, frame, width, height),
    ...legend.children,
  ]);
  return paleCopy(background, width, height)
    .extend({ bottom: legend.height, right, background: 'white' })
    .composite([{ input: overlay }])
    .png()
    .toBuffer();
}

function paleCopy({ data, width, height }: GreyPicture, toWidth: number, toHeight: number): Sharp {
  const pale = data.map((value) => 105 + value * (150 / 255));
  return loadSharp()(pale, { raw: { width, height, channels: 1 } })
    .toColourspace('srgb')
    .resize(toWidth, toHeight, { fit: 'fill' });
}

function drawOutlines(
  shapes: readonly ShapeOutcome[],
  frame: { width: number; height: number },
  width: number,
  height: number,
): string[] {
  const scale = { x: width / frame.width, y: height / frame.height };
  const drawn = shapes
    .map((shape) => ({ ...shape, box: around(shape.box, scale, width, height) }))
    .sort((a, b) => rank(a) - rank(b));
  const outlines = drawn.map(({ box, outcome }) =>
    outline(box, OUTCOMES[outcome].colour, { thick: outcome === 'speck' ? 2 : 3, dashed: OUTCOMES[outcome].dashed }),
  );
  return [...outlines, ...drawNames(drawn, width, height)];
}

/** Digits are drawn last, and so on top. */
function rank({ outcome }: ShapeOutcome): number {
  return outcome === 'digit' ? 2 : outcome === 'speck' ? 0 : 1;
}

function around({ x, y, width, height }: Box, scale: { x: number; y: number }, right: number, bottom: number): Box {
  const left = Math.max(1.5, x * scale.x - GAP);
  const top = Math.max(1.5, y * scale.y - GAP);
  return {
    x: left,
    y: top,
    width: Math.min(right - 1.5, (x + width) * scale.x + GAP) - left,
    height: Math.min(bottom - 1.5, (y + height) * scale.y + GAP) - top,
  };
}

/** Puts what was read, or why nothing was, beside the outlines, wherever there is room for it. */
function drawNames(shapes: readonly ShapeOutcome[], width: number, height: number): string[] {
  const read = shapes.filter(({ digit }) => digit !== undefined);
  const others = shapes
    .filter(
      ({ outcome, box }) =>
        outcome !== 'digit' && Math.max(box.width, box.height) > Math.max(width, height) * NAMED_SIZE,
    )
    .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
    .slice(0, MOST_NAMED);
  const taken: Box[] = [];
  return [...read, ...others].flatMap(({ box, outcome, digit }) => {
    const name = digit === undefined ? outcome : String(digit);
    const size = digit === undefined ? 13 : 22;
    const place = places(box, widthOf(name, size), size).find(
      (candidate) =>
        candidate.x >= 0 &&
        candidate.y >= 0 &&
        candidate.x + candidate.width <= width &&
        candidate.y + candidate.height <= height &&
        !taken.some((other) => overlap(candidate, other)),
    );
    if (!place) return [];
    taken.push(place);
    return [
      text(place.x, place.y + size * 0.85, name, { size, bold: true, colour: OUTCOMES[outcome].colour, rim: true }),
    ];
  });
}

/** Above or below, flush with the left or the right side; then inside. */
function places({ x, y, width, height }: Box, textWidth: number, textHeight: number): Box[] {
  const at = (left: number, top: number): Box => ({ x: left, y: top, width: textWidth, height: textHeight });
  const right = x + width - textWidth;
  const above = y - textHeight - 3;
  const below = y + height + 2;
  return [at(x, above), at(right, above), at(x, below), at(right, below), at(x + 4, y + 3)];
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function drawLegend(shapes: readonly ShapeOutcome[], top: number): { height: number; children: string[] } {
  const lines = countOutcomes(shapes);
  if (lines.length === 0)
    return { height: LINE + 8, children: [text(4, top + LINE - 4, 'No ink was found.', { size: 13 })] };
  const children = lines.flatMap(({ outcome, count }, i) => {
    const { colour, dashed, meaning } = OUTCOMES[outcome];
    const y = top + 8 + i * LINE;
    return [
      outline({ x: 2, y: y + 2, width: 22, height: LINE - 8 }, colour, { thick: 2.5, dashed }),
      text(FATE, y + LINE - 8, `${count}\u2009×\u2009${outcome}`, { size: 13, bold: true }),
      text(MEANING, y + LINE - 8, meaning, { size: 13 }),
    ];
  });
  return { height: lines.length * LINE + 12, children };
}
