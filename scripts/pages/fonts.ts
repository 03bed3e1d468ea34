import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Random } from '../../lib/random';
import { Character, type CharacterKind, type Hand } from './character';
import { fieldOf, MARGIN } from './field';
import { fillOutlines, type OutlineCommand } from './outlines';
import { partFew, type Part } from './part';

/**
 * Typefaces that look handwritten with natural digits, by their packages `@fontsource/NAME` (OFL 1.1 or Apache 2.0).
 */
export const FONTS: readonly string[] = [
  'annie-use-your-telescope',
  'architects-daughter',
  'bad-script',
  'caveat',
  'caveat-brush',
  'cedarville-cursive',
  'covered-by-your-grace',
  'delius',
  'finger-paint',
  'gloria-hallelujah',
  'gochi-hand',
  'handlee',
  'homemade-apple',
  'indie-flower',
  'itim',
  'kalam',
  'mansalva',
  'marck-script',
  'nanum-brush-script',
  'nanum-pen-script',
  'neucha',
  'oooh-baby',
  'patrick-hand',
  'permanent-marker',
  'poor-story',
  'reenie-beanie',
  'rock-salt',
  'satisfy',
  'schoolbell',
  'shadows-into-light',
  'shantell-sans',
  'short-stack',
  'sriracha',
  'sue-ellen-francisco',
  'swanky-and-moo-moo',
  'the-girl-next-door',
  'vibur',
];

/** What is used of opentype.js. */
interface OpenType {
  parse(bytes: ArrayBuffer): Font;
}
interface Font {
  unitsPerEm: number;
  charToGlyph(character: string): Glyph;
}
interface Glyph {
  index: number;
  getPath(x: number, y: number, size: number): { commands: OutlineCommand[] };
}

/** Height at which digits are drawn, pixels of their field. */
const UNIT = 80;

/**
 * The typefaces of one part; those that are not installed are left out.
 * @param folder a further one, with `node_modules` in it, to look for packages in
 */
export async function readFonts(part: Part, folder?: string): Promise<Hand[]> {
  const requires = [
    createRequire(__filename),
    ...(folder ? [createRequire(join(resolve(folder), 'package.json'))] : []),
  ];
  const find = (name: string): string | undefined => {
    for (const require of requires) {
      try {
        return require.resolve(name);
      } catch {
        // It may be in the other folder.
      }
    }
    return undefined;
  };
  const program = find('opentype.js');
  if (program === undefined) return [];
  const openType = require(program) as OpenType;
  const hands: Hand[] = [];
  for (const name of partFew(FONTS, part)) {
    const file = find(`@fontsource/${name}/files/${name}-latin-400-normal.woff`);
    if (file === undefined) continue;
    const bytes = await readFile(file);
    hands.push(
      new FontHand(name, openType.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))),
    );
  }
  return hands;
}

class FontHand implements Hand {
  readonly name: string;
  readonly #font: Font;
  /** Pixels of the em at which a zero is `UNIT` high. */
  readonly #size: number;
  readonly #characters = new Map<string, Character>();

  constructor(name: string, font: Font) {
    this.name = `font:${name}`;
    this.#font = font;
    const zero = extent(font.charToGlyph('0').getPath(0, 0, 1000).commands);
    this.#size = (1000 * UNIT) / (zero.bottom - zero.top);
  }

  digit(random: Random, digit: number): Character {
    return this.#draw(String(digit), 'digit') ?? this.digit(random, random.below(10));
  }

  letter(random: Random, letter: string): Character {
    return this.#draw(letter, 'letter') ?? this.letter(random, String.fromCodePoint(97 + random.below(26)));
  }

  sign(_random: Random, sign: string): Character {
    return this.#draw(sign, 'sign') ?? this.#draw('.', 'sign') ?? this.digit(_random, 0);
  }

  #draw(character: string, kind: CharacterKind): Character | undefined {
    const drawn = this.#characters.get(character);
    if (drawn) return drawn;
    const glyph = this.#font.charToGlyph(character);
    if (glyph.index === 0) return undefined;
    const box = extent(glyph.getPath(0, 0, this.#size).commands);
    if (!(box.right > box.left && box.bottom > box.top)) return undefined;
    const width = Math.ceil(box.right - box.left) + 2;
    const height = Math.ceil(box.bottom - box.top) + 2;
    const alpha = fillOutlines(glyph.getPath(1 - box.left, 1 - box.top, this.#size).commands, width, height);
    const field = fieldOf(alpha, width, height);
    if (!field) return undefined;
    const made = new Character(character, kind, { field, unit: UNIT, baseline: MARGIN + 1 - box.top - field.cropped });
    this.#characters.set(character, made);
    return made;
  }
}

/** Of the outline's points; those that steer curves may lie beyond the ink. */
function extent(commands: readonly OutlineCommand[]): { left: number; top: number; right: number; bottom: number } {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const { x, y, x1, y1, x2, y2 } of commands) {
    xs.push(...[x, x1, x2].filter((value) => value !== undefined));
    ys.push(...[y, y1, y2].filter((value) => value !== undefined));
  }
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
