import { join } from 'node:path';
import type { Random } from '../../lib/random';
import { Character, type CharacterKind, type Hand } from './character';
import { fieldOfDigit } from './field';
import { readFonts } from './fonts';
import { GlyphSet, readGlyphs, readWriters } from './glyph-sets';
import { OwnHand, OwnSigns } from './own-strokes';
import { partFew, partOf, type Part } from './part';

export { Character, type CharacterKind, type Hand, type Shape } from './character';

/**
 * Letters that stand as tall as digits, and those that reach below the line; the others are about two thirds as tall.
 */
const TALL = 'bdfhklt';
const HANGING = 'gjpqy';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');

/** How often each kind of hand is picked, against the others. */
const SHARES = { mnist: 30, femnist: 12, pendigits: 22, font: 24, own: 16 };

interface Letters {
  capitals: GlyphSet | undefined;
  small: GlyphSet | undefined;
  foreign: GlyphSet | undefined;
}

/** All who write on the pages of one part. */
export class Hands {
  readonly #makers: { share: number; make: (random: Random) => Hand }[] = [];

  private constructor(
    readonly part: Part,
    readonly fonts: readonly Hand[],
    readonly writers: readonly string[],
    readonly sets: ReadonlyMap<string, GlyphSet>,
    readonly letters: Letters,
  ) {
    const add = (share: number, make: (random: Random) => Hand): void => {
      this.#makers.push({ share, make });
    };
    for (const [name, set] of sets) {
      const share =
        name === 'mnist' ? SHARES.mnist : name === 'femnist' ? SHARES.femnist : SHARES.pendigits / writers.length;
      add(share, (random) => new SetHand(name, set, letters, fonts, random));
    }
    for (const font of fonts) add(SHARES.font / fonts.length, () => font);
    // The forms of the own strokes are few: who learnt with them cannot be measured by them.
    if (part === 'train') add(SHARES.own, (random) => new OwnHand(random));
  }

  /**
   * Reads the hands of one part; what is absent is left out.
   * @param dataFolder with `mnist`, `sets`, `letters`
   * @param fontFolder a further folder to look for the typefaces' packages in; default: the environment's
   * `DIGITS_FONTS`
   */
  static async read(dataFolder: string, part: Part, fontFolder = process.env['DIGITS_FONTS']): Promise<Hands> {
    const sets = new Map<string, GlyphSet>();
    const read = async (folder: string, file: string, name: string): Promise<GlyphSet | undefined> => {
      const found = await readGlyphs(join(dataFolder, folder), file);
      return found && new GlyphSet(found.images, found.labels, (index) => partOf(`${name} ${index}`) === part);
    };
    const [mnist, femnist] = [await read('mnist', 'train', 'mnist'), await read('sets', 'femnist', 'femnist')];
    if (mnist) sets.set('mnist', mnist);
    if (femnist) sets.set('femnist', femnist);
    const pen = await readGlyphs(join(dataFolder, 'sets'), 'pendigits-30');
    let writers: string[] = [];
    if (pen) {
      const writerOf = await readWriters(join(dataFolder, 'sets'), 'pendigits-30');
      writers = partFew([...new Set(writerOf)].sort(), part, 1 / 6);
      for (const writer of writers) {
        sets.set(`pendigits:${writer}`, new GlyphSet(pen.images, pen.labels, (index) => writerOf[index] === writer));
      }
    }
    const letters = {
      capitals: await read('letters', 'letters-nist-az', 'nist'),
      small: await read('letters', 'letters-omniglot-latin', 'latin'),
      foreign: await read('letters', 'other-writing-omniglot', 'other'),
    };
    return new Hands(part, await readFonts(part, fontFolder), writers, sets, letters);
  }

  /** Who writes the next line or page. */
  pick(random: Random): Hand {
    let at = random.between(
      0,
      this.#makers.reduce((sum, { share }) => sum + share, 0),
    );
    for (const { share, make } of this.#makers) {
      at -= share;
      if (at < 0) return make(random);
    }
    return new OwnHand(random);
  }

  /** Somebody who has the letters of words: a typeface, or capitals of many people. */
  pickForWords(random: Random): Hand {
    if (this.fonts.length > 0 && random.chance(0.65)) return random.pick(this.fonts);
    return this.pick(random);
  }

  /** @param digit which one, 0 to 9; default: any */
  digit(random: Random, hand = this.pick(random), digit = random.below(10)): Character {
    return hand.digit(random, digit);
  }

  /** @param letter which one, a-z or A-Z; default: any */
  letter(random: Random, hand = this.pick(random), letter = random.pick(ALPHABET)): Character {
    return hand.letter(random, letter);
  }

  /** A character of another alphabet. */
  foreign(random: Random): Character {
    const set = this.letters.foreign;
    return (set && pickFrom(set, 255, '?', 'letter', random)) ?? new OwnSigns(random).drawing(random);
  }
}

/** Digits of a set, with letters and signs of others. */
class SetHand implements Hand {
  readonly #signs: OwnSigns;
  readonly #font: Hand | undefined;

  constructor(
    readonly name: string,
    readonly set: GlyphSet,
    readonly letters: Letters,
    fonts: readonly Hand[],
    random: Random,
  ) {
    this.#signs = new OwnSigns(random);
    this.#font = fonts.length > 0 ? random.pick(fonts) : undefined;
  }

  digit(random: Random, digit: number): Character {
    return pickFrom(this.set, digit, String(digit), 'digit', random) ?? new OwnHand(random).digit(random, digit);
  }

  letter(random: Random, letter: string): Character {
    const set = /[A-Z]/.test(letter) ? this.letters.capitals : this.letters.small;
    return (
      (set && pickFrom(set, letter.charCodeAt(0), letter, 'letter', random)) ??
      this.#font?.letter(random, letter) ??
      this.#signs.letter(random)
    );
  }

  sign(random: Random, sign: string): Character {
    return this.#signs.sign(random, sign);
  }
}

function pickFrom(
  set: GlyphSet,
  label: number,
  character: string,
  kind: CharacterKind,
  random: Random,
): Character | undefined {
  const indexes = set.of(label);
  if (!indexes) return undefined;
  const field = fieldOfDigit(set.image(indexes[random.below(indexes.length)]));
  if (!field) return undefined;
  // The sets bring everything to one size: here a small letter becomes small again.
  const hangs = HANGING.includes(character);
  const tall = kind === 'digit' || /[A-Z?]/.test(character) || TALL.includes(character);
  const height = (hangs || tall ? 1 : 0.65) * (character === 'm' || character === 'w' ? 0.8 : 1);
  const size = Math.max(field.bottom - field.top, (field.right - field.left) * 0.8);
  const unit = size / height;
  return new Character(character, kind, { field, unit, baseline: field.bottom - (hangs ? 0.33 * unit : 0) });
}
