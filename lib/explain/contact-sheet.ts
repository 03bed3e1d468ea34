import { loadSharp } from '../pictures/decode';
import { sizeToFit, svg, text } from './svg';
import { DIGIT_SIZE } from '../digit';

/** One picture of a contact sheet. */
export interface SheetCell {
  /** 784 bytes, 28×28. */
  image: Uint8Array;
  /** One or two lines below the picture; the first one stands out. */
  lines?: string[];
  /** Of the first line; default nearly black. */
  colour?: string;
}

export interface ContactSheetOptions {
  /** A line above all. */
  title?: string;
  /** How many stand beside each other; default: as many as make it about as wide as it is high. */
  columns?: number;
  /** How many times the pictures are enlarged; default 2. */
  enlarged?: number;
}

/** Space between the pictures, heights of a line of text and of the title, pixels. */
const GAP = 8;
const LINE = 15;
const TITLE = 34;

/** What a sheet with a title is wide at least, pixels. */
const TITLE_WIDTH = 320;

/**
 * Draws 28×28 pictures side by side, with what is to be said of each.
 * @returns a PNG
 */
export async function drawContactSheet(
  cells: readonly SheetCell[],
  { title, enlarged = 2, ...options }: ContactSheetOptions = {},
): Promise<Buffer> {
  const lines = cells.reduce((most, cell) => Math.max(most, cell.lines?.length ?? 0), 0);
  const side = DIGIT_SIZE * enlarged;
  const cellWidth = side + GAP;
  const cellHeight = side + GAP + lines * LINE;
  const columns = options.columns ?? Math.max(1, Math.ceil(Math.sqrt((cells.length * cellHeight) / cellWidth)));
  const top = title === undefined ? GAP : TITLE;
  const rows = Math.ceil(cells.length / columns);
  const width = Math.max(GAP + Math.min(columns, cells.length) * cellWidth, title === undefined ? 0 : TITLE_WIDTH);
  const height = top + rows * cellHeight;
  const canvas = new Uint8Array(width * height).fill(255);
  const texts = cells.flatMap(({ image, lines: below = [], colour }, i) => {
    const x = GAP + (i % columns) * cellWidth;
    const y = top + Math.floor(i / columns) * cellHeight;
    enlarge(image, enlarged, canvas, width, x, y);
    return below.map((line, row) =>
      text(x + side / 2, y + side + LINE * (row + 0.85), line, {
        size: sizeToFit(line, 13, cellWidth),
        anchor: 'middle',
        bold: row === 0,
        ...(colour !== undefined && row === 0 && { colour }),
      }),
    );
  });
  if (title !== undefined)
    texts.push(text(GAP, 23, title, { size: sizeToFit(title, 15, width - 2 * GAP), bold: true }));
  return loadSharp()(canvas, { raw: { width, height, channels: 1 } })
    .toColourspace('srgb')
    .composite([{ input: svg(width, height, texts) }])
    .png()
    .toBuffer();
}

/** Copies a 28×28 picture onto a canvas of one channel, every pixel as a square. */
export function enlarge(
  image: Uint8Array,
  factor: number,
  canvas: Uint8Array,
  stride: number,
  left: number,
  top: number,
): void {
  for (const [i, value] of image.entries()) {
    const x = left + (i % DIGIT_SIZE) * factor;
    const y = top + Math.floor(i / DIGIT_SIZE) * factor;
    for (let row = y; row < y + factor; row++) canvas.fill(value, row * stride + x, row * stride + x + factor);
  }
}
