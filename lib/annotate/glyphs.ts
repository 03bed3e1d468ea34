/**
 * Digits as strokes of a pen, so that a picture can be written on where no font is installed. Each glyph stands in a field
 * of 6 × 10 units, y downwards; strokes end round.
 */
const GLYPHS: Record<string, string> = {
  0: 'M3 0C1.2 0 .5 2 .5 5S1.2 10 3 10 5.5 8 5.5 5 4.8 0 3 0z',
  1: 'M1.2 2L3.5 0V10',
  2: 'M.6 2.6C.6 1 1.6 0 3 0S5.4 1 5.4 2.7C5.4 5 2 6.5 .5 10H5.5',
  3: 'M.7 1.6C1.1 .6 2 0 3 0 4.4 0 5.3 1 5.3 2.4S4.3 4.7 2.7 4.7C4.4 4.7 5.5 5.7 5.5 7.3S4.4 10 2.9 10C1.8 10 .9 9.4 .5 8.3',
  4: 'M4.2 10V0L.4 7H5.7',
  5: 'M5.2 0H1.2L.8 4.6C1.4 4 2.2 3.7 3 3.7 4.5 3.7 5.5 5 5.5 6.8S4.4 10 2.9 10C1.8 10 1 9.5 .5 8.5',
  6: 'M5.1 1.2C4.6 .4 3.9 0 3.2 0 1.5 0 .5 2.2 .5 5.5.5 8.5 1.5 10 3 10S5.5 8.7 5.5 6.9 4.5 4 3.1 4 .6 5.2 .5 6.8',
  7: 'M.6 0H5.5C3.8 3 2.5 6 2.2 10',
  8: 'M3 4.7C1.7 4.7 .9 3.7 .9 2.4S1.7 0 3 0 5.1 1.1 5.1 2.4 4.3 4.7 3 4.7 .5 5.8 .5 7.4 1.5 10 3 10 5.5 9 5.5 7.4 4.5 4.7 3 4.7z',
  9: 'M.9 8.8C1.4 9.6 2.1 10 2.8 10 4.5 10 5.5 7.8 5.5 4.5 5.5 1.5 4.5 0 3 0S.5 1.3 .5 3.1 1.5 6 2.9 6 5.4 4.8 5.5 3.2',
  '%': 'M5.6 0L.4 10M1.5 .2A1.2 1.5 0 1 0 1.5 3.2 1.2 1.5 0 1 0 1.5 .2zM4.5 6.8A1.2 1.5 0 1 0 4.5 9.8 1.2 1.5 0 1 0 4.5 6.8z',
};

/** Units of the field, and from one glyph's left side to the next one's. */
const WIDTH = 6, HEIGHT = 10, ADVANCE = 8;

/** Thickness of the strokes, units. */
const PEN = 1.5;

/** Width of one line at a size, which is the height of its digits, in pixels. */
export function widthOf(text: string, size: number): number {
  return ((text.length - 1) * ADVANCE + WIDTH) * (size / HEIGHT);
}

/**
 * Writes one line as SVG.
 * @param text of 0 to 9 and %; anything else leaves a gap
 * @param x left side, pixels
 * @param y upper side, pixels
 * @param size height, pixels
 */
export function write(text: string, { x, y, size, colour }: { x: number; y: number; size: number; colour: string }): string {
  const strokes = Array.from(text, (character, i) => (character in GLYPHS ? `<path transform="translate(${i * ADVANCE} 0)" d="${GLYPHS[character]}"/>` : ''));
  return `<g transform="translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${(size / HEIGHT).toFixed(4)})" fill="none" stroke="${colour}" stroke-width="${PEN}" `
    + `stroke-linecap="round" stroke-linejoin="round">${strokes.join('')}</g>`;
}
