import { DIGIT_GLYPHS } from './glyphs';
import type { Random } from '../../random';
import { Sheet, randomHand, write } from './strokes';

/** 1, 4, 7 and 9 are written in more ways than MNIST shows. */
const LABELS = [0, 1, 1, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 5, 6, 7, 7, 7, 7, 8, 9, 9, 9, 9] as const;

/** Draws a digit as people write it whom MNIST does not know. */
export function drawDigit(random: Random): { image: Uint8Array; label: number } {
  const label = random.pick(LABELS);
  const glyph = random.pick(DIGIT_GLYPHS[label]);
  const hand = randomHand(random);
  // A digit is never as wide as an M.
  hand.aspect = Math.min(1.1, hand.aspect) * (label === 1 ? random.between(0.5, 1.15) : 1);
  // A marker's bare 1 may be half as wide as it is high; a flag would drown in so much ink.
  const bare = label === 1 && glyph.split(' ').length === 2;
  if (bare && random.chance(0.35)) hand.pen = random.between(0.1, 0.24);
  const sheet = new Sheet();
  write(sheet, glyph, hand, random);
  return { image: sheet.toDigit(), label };
}
