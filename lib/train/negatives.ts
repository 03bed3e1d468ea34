import { DIGIT_SIZE } from '../extract/normalise';
import { DIGIT_GLYPHS, LETTER_GLYPHS, SIGN_GLYPHS } from './glyphs';
import { PIXELS, type LabelledDigits } from './idx';
import type { Random } from './random';
import { drawShape } from './shapes';
import { Paper, randomHand, toDigit, write } from './strokes';

type Draw = (random: Random, digits: LabelledDigits) => Uint8Array;

/** What is drawn, and how often. */
const KINDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [32, (random) => drawGlyphs([random.pick(LETTER_GLYPHS)], random)],
  [14, (random) => drawGlyphs([random.pick(SIGN_GLYPHS)], random)],
  [8, drawWord],
  [12, drawGluedDigits],
  [10, drawFragment],
  [2, drawTurnedDigit],
  [22, drawShape],
];

const TOTAL = KINDS.reduce((sum, [weight]) => sum + weight, 0);

/**
 * Draws something that no reader takes for one digit: a letter, a sign, several letters or digits in one, a piece of a
 * digit, a scribble, a blot, a shadow.
 * @param digits to make pieces and pairs of
 * @returns 784 bytes, normalised as digits are
 */
export function drawNegative(digits: LabelledDigits, random: Random): Uint8Array {
  for (;;) {
    let at = random.between(0, TOTAL);
    const kind = KINDS.find(([weight]) => (at -= weight) < 0) ?? KINDS[0];
    const image = kind[1](random, digits);
    if (image.some((value) => value > 128)) return image;
  }
}

function drawGlyphs(glyphs: readonly string[], random: Random): Uint8Array {
  const hand = randomHand(random);
  const paper = new Paper(glyphs.length * 1.6, 1.2);
  const gap = random.between(-0.1, 0.15);
  let x = 0;
  for (const glyph of glyphs) x += write(paper, glyph, hand, random, x) + gap;
  return paper.toDigit();
}

/** Letters and digits that were taken for one shape. */
function drawWord(random: Random): Uint8Array {
  const glyphs = Array.from({ length: random.chance(0.7) ? 2 : 3 }, () => random.pick(random.chance(0.2) ? random.pick(DIGIT_GLYPHS) : LETTER_GLYPHS));
  return drawGlyphs(glyphs, random);
}

function digitAt(digits: LabelledDigits, index: number): Uint8Array {
  return digits.images.subarray(index * PIXELS, (index + 1) * PIXELS);
}

/** Two or three digits that touch, side by side or one above the other. */
function drawGluedDigits(random: Random, digits: LabelledDigits): Uint8Array {
  const count = random.chance(0.85) ? 2 : 3;
  const below = random.chance(0.12);
  const size = DIGIT_SIZE * count;
  const ink = new Uint8Array(size * size);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const index = random.below(digits.labels.length);
    const image = digitAt(digits, index);
    const { first, last } = extent(image, below ? DIGIT_SIZE : 1);
    const aside = random.below(5);
    for (let y = 0; y < DIGIT_SIZE; y++) {
      for (let x = 0; x < DIGIT_SIZE; x++) {
        const along = (below ? y : x) - first + at;
        if (along < 0 || along >= size || image[y * DIGIT_SIZE + x] === 0) continue;
        const k = below ? along * size + x + aside : (y + aside) * size + along;
        ink[k] = Math.max(ink[k], image[y * DIGIT_SIZE + x]);
      }
    }
    at += last - first + 1 - random.below(4);
  }
  return toDigit(ink, size, size);
}

/** First and last column with ink, or row for a `step` of `DIGIT_SIZE`. */
function extent(image: Uint8Array, step: number): { first: number; last: number } {
  const across = DIGIT_SIZE + 1 - step === 1 ? 1 : DIGIT_SIZE;
  const inked = (i: number): boolean => {
    for (let k = 0; k < DIGIT_SIZE; k++) if (image[i * step + k * across] > 100) return true;
    return false;
  };
  let first = 0, last = DIGIT_SIZE - 1;
  while (first < last && !inked(first)) first++;
  while (last > first && !inked(last)) last--;
  return { first, last };
}

/** The sides of which less than half tells nobody the digit, nor looks like another one. */
const TELLS_NOTHING: Record<string, readonly number[]> = {
  top: [0, 2, 3, 4, 5, 7], bottom: [0, 2, 3, 5], left: [0, 2, 3, 4, 5, 6, 7, 8, 9], right: [2, 5, 6],
};

function drawFragment(random: Random, digits: LabelledDigits): Uint8Array {
  const side = random.pick(['top', 'bottom', 'left', 'right'] as const);
  let index;
  do index = random.below(digits.labels.length);
  while (!TELLS_NOTHING[side].includes(digits.labels[index]));
  const image = digitAt(digits, index);
  const upright = side === 'top' || side === 'bottom';
  const { first, last } = extent(image, upright ? DIGIT_SIZE : 1);
  const keep = Math.round((last - first + 1) * random.between(0.25, 0.45));
  const tilt = random.normalWithin(2) * 0.15;
  const out = new Uint8Array(PIXELS);
  for (let y = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++) {
      const along = (upright ? y : x) + tilt * ((upright ? x : y) - DIGIT_SIZE / 2);
      const kept = side === 'top' || side === 'left' ? along < first + keep : along > last - keep;
      if (kept) out[y * DIGIT_SIZE + x] = image[y * DIGIT_SIZE + x];
    }
  }
  return toDigit(out, DIGIT_SIZE, DIGIT_SIZE);
}

/** Digits that are none any more in a mirror (3, 6, 7) or upside down (4, 7). */
function drawTurnedDigit(random: Random, digits: LabelledDigits): Uint8Array {
  const mirrored = random.chance(0.6);
  let index;
  do index = random.below(digits.labels.length);
  while (!(mirrored ? [3, 6, 7] : [4, 7]).includes(digits.labels[index]));
  const image = digitAt(digits, index);
  const out = new Uint8Array(PIXELS);
  for (let y = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++) {
      out[y * DIGIT_SIZE + x] = image[(mirrored ? y : DIGIT_SIZE - 1 - y) * DIGIT_SIZE + DIGIT_SIZE - 1 - x];
    }
  }
  return out;
}
