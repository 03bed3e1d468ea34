import type { Box } from '../pictures/picture';
import { lengthOf, letter } from '../pictures/lettering';

/** Height of a capital, as a share of a text's size; thickness of its strokes, as a share of that, plain and bold. */
const CAPITAL = 0.7;
const PLAIN = 0.12;
const BOLD = 0.17;

/** Width of the white rim about letters, pixels. */
const RIM = 1.5;

export interface TextStyle {
  /** Pixels. Default 14. */
  size?: number;
  bold?: boolean;
  colour?: string;
  anchor?: 'start' | 'middle';
  /** Whether a white rim parts the letters from what is behind them. */
  rim?: boolean;
}

/** A picture of `children`, for sharp. */
export function svg(width: number, height: number, children: string[]): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${children.join('')}</svg>`,
  );
}

/**
 * One line of text that begins (or is centred) at x and stands on y. It is drawn in strokes: systems without fonts draw
 * it, too.
 */
export function text(
  x: number,
  y: number,
  content: string,
  { size = 14, bold, colour = '#222222', anchor = 'start', rim }: TextStyle = {},
): string {
  const height = CAPITAL * size;
  const pen = bold ? BOLD : PLAIN;
  const place = { x: anchor === 'middle' ? x - widthOf(content, size) / 2 : x, y: y - height, height };
  const about = rim ? letter(content, { ...place, pen: pen + (2 * RIM) / height, colour: '#FFFFFF' }) : '';
  return about + letter(content, { ...place, pen, colour });
}

/** An outline. */
export function outline({ x, y, width, height }: Box, colour: string, { thick = 2, dashed = false } = {}): string {
  const dash = dashed ? ` stroke-dasharray="${3 * thick} ${2 * thick}"` : '';
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${colour}" ` +
    `stroke-width="${thick}"${dash}/>`
  );
}

/** How wide a line of text comes out, pixels. */
export function widthOf(content: string, size: number): number {
  return lengthOf(content, CAPITAL * size);
}

/** The size, at most `size`, at which a line of text fits into `width` pixels. */
export function sizeToFit(content: string, size: number, width: number): number {
  return Math.min(size, (size * width) / widthOf(content, size));
}
