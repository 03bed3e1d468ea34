import type { Random } from '../../lib/random';
import { curve, type Point } from '../../lib/train/synthesis/strokes';
import { DIGIT_GLYPHS, LETTER_GLYPHS, SIGN_GLYPHS } from '../../lib/train/synthesis/glyphs';
import { Character, type CharacterKind, type Hand } from './character';

const DASH = ['05 75', '06 56', '~05 36 75'];

/** Signs as lib/train/synthesis/glyphs writes its characters. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  '+': ['05 85,41 49', '06 76,43 4a', '~05 45 84,~51 45 49'],
  '-': DASH,
  '=': ['03 83,07 87', '04 74,07 77', '04 83,08 87'],
  '/': ['70 0a', '60 0b', '90 0a'],
  ':': ['03 04,08 09', '03 03,09 09'],
  '.': ['0a 0a', '0a 19', '09 0a'],
  ',': ['19 1a 0c', '09 0b'],
  '(': ['~30 05 3b', '~20 04 07 2b'],
  ')': ['~00 35 0b', '~00 24 27 0b'],
  '%': ['~20 02 24 42 20,90 0a,~76 58 7a 98 76', '~20 01 23 41 20,80 0a,~67 49 6a 89 67'],
  '€': ['~a2 60 24 27 6a a8,04 74,06 76', '~91 50 24 27 5a 99,04 64,06 66'],
  $: ['~82 51 22 14 45 75 87 69 3a 09,50 4b', '~72 51 22 24 55 67 59 2a 09,4b 50'],
  '£': ['~72 50 31 34 37 1a,1a 8a,05 55', '~81 60 42 45 38 0a,0a 9a,25 75'],
  '?': ['~03 20 70 83 55 56 57,59 5a', '~12 30 62 55 46,49 4a'],
};

/** How a hand of the project's own strokes deviates from them. */
interface Manner {
  /** Width against height. */
  aspect: number;
  /** Deviation of points, heights of a digit. */
  tremor: number;
  /** Which of several forms of a character this hand uses. */
  form: number;
}

function manner(random: Random): Manner {
  return {
    aspect: Math.exp(random.normalWithin(2) * 0.2 - 0.35),
    tremor: random.between(0.008, 0.045),
    form: random.below(1000),
  };
}

/** @returns one of the forms of a character, always the same for a number */
function formOf(forms: readonly string[] | undefined, nth: number): string {
  const form = forms?.at(nth % forms.length);
  if (form === undefined) throw new Error('expected a character with a form');
  return form;
}

/** Draws one of the texts of lib/train/synthesis/glyphs. */
function drawGlyph(
  glyph: string,
  character: string,
  kind: CharacterKind,
  { aspect, tremor }: Manner,
  random: Random,
): Character {
  const moved = new Map<string, Point>();
  const place = (pair: string): Point => {
    // Strokes that meet in a point go on doing so.
    let placed = moved.get(pair);
    if (!placed) {
      const x = parseInt(pair.charAt(0), 13) / 10 + random.normalWithin(2) * tremor;
      placed = { x: x * aspect, y: parseInt(pair.charAt(1), 13) / 10 - 1 + random.normalWithin(2) * tremor };
      moved.set(pair, placed);
    }
    return placed;
  };
  const strokes = glyph.split(',').map((text) => {
    const points = text.replace('~', '').split(' ').map(place);
    return text.startsWith('~') ? curve(points) : points;
  });
  const left = Math.min(...strokes.flat().map(({ x }) => x));
  return new Character(character, kind, {
    strokes: strokes.map((points) => points.map(({ x, y }) => ({ x: x - left, y }))),
  });
}

/** Signs in the project's own strokes, for hands of which there are only digits or letters. */
export class OwnSigns {
  readonly #manner: Manner;

  constructor(random: Random) {
    this.#manner = manner(random);
  }

  sign(random: Random, sign: string): Character {
    return drawGlyph(formOf(SIGNS[sign] ?? DASH, this.#manner.form), sign, 'sign', this.#manner, random);
  }

  /** Operators, drawings, punctuation: not a digit whoever reads it. */
  drawing(random: Random): Character {
    return drawGlyph(random.pick(SIGN_GLYPHS), '?', 'sign', this.#manner, random);
  }

  /** A letter, nobody asks which. */
  letter(random: Random): Character {
    return drawGlyph(random.pick(LETTER_GLYPHS), '?', 'letter', this.#manner, random);
  }
}

/** One who writes all in the project's own strokes. Letters do not follow the text. */
export class OwnHand extends OwnSigns implements Hand {
  readonly name = 'own';
  readonly #manner: Manner;

  constructor(random: Random) {
    super(random);
    this.#manner = manner(random);
  }

  digit(random: Random, digit: number): Character {
    // Most people write a digit the same way each time.
    const form = random.chance(0.85) ? this.#manner.form : random.below(1000);
    return drawGlyph(formOf(DIGIT_GLYPHS.at(digit), form + 7 * digit), String(digit), 'digit', this.#manner, random);
  }
}
