import type { Box } from '../pictures/picture';

/** Mean width of a bold letter of a broad sans-serif font, as a share of its size: others are narrower. */
const LETTER = 0.66;

export interface TextStyle {
  /** Pixels. Default 14. */
  size?: number;
  bold?: boolean;
  colour?: string;
  anchor?: 'start' | 'middle';
  /** Whether a white rim parts the letters from what is behind them. */
  rim?: boolean;
}

/** A picture of `children`, for sharp. Where no font is installed, letters come out as empty boxes. */
export function svg(width: number, height: number, children: string[]): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">${children.join('')}</svg>`);
}

/** One line of text that begins (or is centred) at x and stands on y. */
export function text(x: number, y: number, content: string, { size = 14, bold, colour = '#222222', anchor = 'start', rim }: TextStyle = {}): string {
  const stroke = rim ? ' stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${bold ? 'bold' : 'normal'}" fill="${colour}" text-anchor="${anchor}"${stroke}>${escape(content)}</text>`;
}

/** An outline. */
export function outline({ x, y, width, height }: Box, colour: string, { thick = 2, dashed = false } = {}): string {
  const dash = dashed ? ` stroke-dasharray="${3 * thick} ${2 * thick}"` : '';
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${colour}" stroke-width="${thick}"${dash}/>`;
}

/** About how wide a line of bold text comes out at most, pixels. */
export function widthOf(content: string, size: number): number {
  return Math.ceil(content.length * size * LETTER);
}

/** The size, at most `size`, at which a line of text fits into `width` pixels. */
export function sizeToFit(content: string, size: number, width: number): number {
  return Math.min(size, (size * width) / widthOf(content, size));
}

function escape(content: string): string {
  // Control characters are none of XML's.
  // eslint-disable-next-line no-control-regex
  return content.replace(/[\x00-\x1f\x7f]/g, ' ').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
