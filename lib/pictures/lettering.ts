import { GLYPHS } from './stroke-font';

/** Height of a capital or a digit, and the space between two characters, in units of the glyphs. */
const HEIGHT = 10;
const GAP = 2;

export interface Lettering {
  /** Left side, and upper side of the capitals, pixels. */
  x: number;
  y: number;
  /** Of a capital or a digit, pixels. */
  height: number;
  /** Thickness of the strokes, as a share of the height. */
  pen: number;
  /** As SVG has it. */
  colour: string;
}

/** Width of one line, pixels. `height` is that of a capital or a digit. */
export function lengthOf(text: string, height: number): number {
  const widths = Array.from(writable(text), (character) => GLYPHS.get(character)?.[0] ?? 0);
  return (
    Math.max(
      0,
      widths.reduce((sum, width) => sum + width + GAP, -GAP),
    ) *
    (height / HEIGHT)
  );
}

/** Writes one line as SVG, in strokes: no font is needed. What there is no glyph for becomes "?". */
export function letter(text: string, { x, y, height, pen, colour }: Lettering): string {
  let at = 0;
  const strokes = Array.from(writable(text), (character) => {
    const [width, path] = GLYPHS.get(character) ?? [0, ''];
    const left = at;
    at += width + GAP;
    return path === '' ? '' : `<path transform="translate(${left.toFixed(2)} 0)" d="${path}"/>`;
  });
  return (
    `<g transform="translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${(height / HEIGHT).toFixed(4)})" fill="none" ` +
    `stroke="${colour}" stroke-width="${(pen * HEIGHT).toFixed(3)}" stroke-linecap="round" ` +
    `stroke-linejoin="round">${strokes.join('')}</g>`
  );
}

/** Characters that look like others. */
const ALIKE: Readonly<Partial<Record<string, string>>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‑': '-',
  '−': '–',
  ß: 'ss',
};

/** With nothing but what there is a glyph for: letters without their accents, "?" in place of other scripts. */
function writable(text: string): string {
  return Array.from(text.normalize('NFD').replace(/\p{M}/gu, ''), (character) => {
    if (GLYPHS.has(character)) return character;
    return ALIKE[character] ?? (/[\p{C}\p{Z}]/u.test(character) ? ' ' : '?');
  }).join('');
}
