import type { Box } from '../pictures/picture';
import { lengthOf, letter } from '../pictures/lettering';

/** What is drawn about one digit. */
export interface Mark {
  /** Pixels of the picture that is drawn on. */
  box: Box;
  /** 0 to 9; without one there is only the box. */
  digit?: number | undefined;
  /** 0 to 1. */
  confidence?: number | undefined;
}

export interface MarkStyle {
  colour: string;
  dashed: boolean;
}

/**
 * How a reading looks by whether it was accepted. Blue and vermilion are of the palette by Okabe and Ito (2008: "Color
 * Universal Design"), which people with any kind of colour blindness tell apart; the dashes say it without colour.
 */
export const ACCEPTED: MarkStyle = { colour: '#0072B2', dashed: false };
export const REJECTED: MarkStyle = { colour: '#D55E00', dashed: true };
/** Nobody has judged it. */
export const UNJUDGED: MarkStyle = { colour: '#333333', dashed: false };

/**
 * Height of a digit's name and of its confidence, as shares of the picture's shorter side, and the least of each,
 * pixels.
 */
const NAME = 0.05;
const CONFIDENCE = 0.028;
const LEAST_NAME = 9;
const LEAST_CONFIDENCE = 7;

/** Thickness of a box, as a share of the shorter side, and the least, pixels. */
const LINE = 0.005;
const LEAST_LINE = 2;

/** Space about what is written, and thickness of its strokes, as shares of its size. */
const PADDING = 0.3;
const PEN = 0.15;

/** An SVG of a picture's size with the marks on it: the digit above its box, its confidence below. */
export function drawOverlay(
  { width, height }: { width: number; height: number },
  marks: readonly Mark[],
  look: MarkStyle,
): string {
  const side = Math.min(width, height);
  const line = Math.max(LEAST_LINE, side * LINE);
  const clamped = marks.flatMap((mark) => {
    const box = clampBox(mark.box, width, height);
    return box ? [{ ...mark, box }] : [];
  });
  const boxes = clamped.map(({ box }) => outline(grow(box, 1.5 * line, width, height), line, look));
  const labels = clamped.flatMap(({ box, digit, confidence }) => {
    const around = grow(box, 2 * line, width, height);
    const room = { width, height };
    return [
      ...(digit === undefined
        ? []
        : [tag(String(digit), Math.max(LEAST_NAME, side * NAME), around, 'above', room, look)]),
      ...(confidence === undefined
        ? []
        : [tag(percent(confidence), Math.max(LEAST_CONFIDENCE, side * CONFIDENCE), around, 'below', room, look)]),
    ];
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" ` +
    `height="${height}">${boxes.join('')}${labels.join('')}</svg>`
  );
}

/** The part of a box that lies in the picture; undefined where none does. */
export function clampBox(box: Box, width: number, height: number): Box | undefined {
  const left = Math.max(0, box.x);
  const top = Math.max(0, box.y);
  const right = Math.min(width, box.x + box.width);
  const bottom = Math.min(height, box.y + box.height);
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

/** Never up: what is not certain is no 100 %. */
function percent(confidence: number): string {
  return `${Math.floor(100 * Math.min(1, Math.max(0, confidence)))}%`;
}

/** Larger by a margin on every side, as far as there is room. */
function grow({ x, y, width, height }: Box, margin: number, right: number, bottom: number): Box {
  const left = Math.max(margin / 2, x - margin);
  const top = Math.max(margin / 2, y - margin);
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.min(right - margin / 2, x + width + margin) - left),
    height: Math.max(1, Math.min(bottom - margin / 2, y + height + margin) - top),
  };
}

/** White beneath, so that it is seen on dark as on light. */
function outline({ x, y, width, height }: Box, line: number, { colour, dashed }: MarkStyle): string {
  const rect =
    `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" ` +
    `rx="${line}" fill="none"`;
  const dash = dashed ? ` stroke-dasharray="${(4 * line).toFixed(1)} ${(2.5 * line).toFixed(1)}"` : '';
  return (
    `${rect} stroke="#FFFFFF" stroke-width="${(2 * line).toFixed(1)}"/>${rect} stroke="${colour}" ` +
    `stroke-width="${line.toFixed(1)}"${dash}/>`
  );
}

/** White on a filled field, above or below a box, inside it where there is no room. */
function tag(
  text: string,
  size: number,
  box: Box,
  where: 'above' | 'below',
  picture: { width: number; height: number },
  { colour }: MarkStyle,
): string {
  const padding = PADDING * size;
  const width = lengthOf(text, size) + 2 * padding;
  const height = size + 2 * padding;
  const left = Math.max(0, Math.min(box.x + (box.width - width) / 2, picture.width - width));
  const wanted = where === 'above' ? box.y - height : box.y + box.height;
  const top = Math.max(0, Math.min(wanted, picture.height - height));
  return (
    `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" ` +
    `rx="${padding.toFixed(1)}" fill="${colour}"/>` +
    letter(text, { x: left + padding, y: top + padding, height: size, pen: PEN, colour: '#FFFFFF' })
  );
}
