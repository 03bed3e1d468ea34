import { DIGIT_GLYPHS, LETTER_GLYPHS, SIGN_GLYPHS } from './glyphs';
import { type LabelledDigits } from '../../data/idx';
import { inkBox } from './degradations';
import type { Random } from '../../random';
import { drawShape } from './shapes';
import { Sheet, randomHand, toDigit, write } from './strokes';
import { DIGIT_PIXELS, DIGIT_SIZE } from '../../digit';

type Draw = (random: Random, digits: LabelledDigits) => Uint8Array;

/** What is drawn, and how often. */
const KINDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [32, (random) => drawGlyphs([random.pick(LETTER_GLYPHS)], random)],
  [14, drawSign],
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
    const [, draw] = kind;
    const image = draw(random, digits);
    const box = inkBox({ data: image, width: DIGIT_SIZE, height: DIGIT_SIZE }, 128);
    // What is narrow may pass for a 1, a thick one too.
    if (box && box.width > (draw === drawShape ? 0.65 : 0.45) * box.height) return image;
  }
}

function drawSign(random: Random): Uint8Array {
  const hand = randomHand(random);
  // A narrow frame would be a 0.
  hand.aspect = random.between(0.75, 1.3);
  return drawGlyphs([random.pick(SIGN_GLYPHS)], random, hand);
}

function drawGlyphs(glyphs: readonly string[], random: Random, hand = randomHand(random)): Uint8Array {
  const sheet = new Sheet(glyphs.length * 1.6, 1.2);
  const gap = random.between(-0.1, 0.15);
  let x = 0;
  for (const glyph of glyphs) x += write(sheet, glyph, hand, random, x) + gap;
  return sheet.toDigit();
}

/** Letters and digits that were taken for one shape. */
function drawWord(random: Random): Uint8Array {
  const glyphs = Array.from({ length: random.chance(0.7) ? 2 : 3 }, () =>
    random.pick(random.chance(0.2) ? random.pick(DIGIT_GLYPHS) : LETTER_GLYPHS),
  );
  return drawGlyphs(glyphs, random);
}

function digitAt(digits: LabelledDigits, index: number): Uint8Array {
  return digits.images.subarray(index * DIGIT_PIXELS, (index + 1) * DIGIT_PIXELS);
}

/** A digit with one of these labels; any digit where a small data set seems to have none. */
function digitOf(labels: readonly number[], digits: LabelledDigits, random: Random): Uint8Array {
  let index = random.below(digits.labels.length);
  for (let tries = 0; tries < 200 && !labels.includes(digits.labels[index]); tries++)
    index = random.below(digits.labels.length);
  return digitAt(digits, index);
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
  return toDigit({ data: ink, width: size, height: size });
}

/** First and last column with ink, or row for a `step` of `DIGIT_SIZE`. */
function extent(image: Uint8Array, step: number): { first: number; last: number } {
  const across = DIGIT_SIZE + 1 - step === 1 ? 1 : DIGIT_SIZE;
  const inked = (i: number): boolean => {
    for (let k = 0; k < DIGIT_SIZE; k++) if (image[i * step + k * across] > 100) return true;
    return false;
  };
  let first = 0;
  let last = DIGIT_SIZE - 1;
  while (first < last && !inked(first)) first++;
  while (last > first && !inked(last)) last--;
  return { first, last };
}

/** The sides of which less than half tells nobody the digit, nor looks like another one. */
const TELLS_NOTHING = { top: [0, 2, 3, 4, 5, 7], bottom: [0, 2, 3, 5], left: [2, 3, 5] } as const;

function drawFragment(random: Random, digits: LabelledDigits): Uint8Array {
  const side = random.pick(['top', 'top', 'bottom', 'bottom', 'left'] as const);
  const image = digitOf(TELLS_NOTHING[side], digits, random);
  const upright = side !== 'left';
  const { first, last } = extent(image, upright ? DIGIT_SIZE : 1);
  const keep = Math.round((last - first + 1) * random.between(0.25, 0.45));
  const tilt = random.normalWithin(2) * 0.15;
  const out = new Uint8Array(DIGIT_PIXELS);
  for (let y = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++) {
      const along = (upright ? y : x) + tilt * ((upright ? x : y) - DIGIT_SIZE / 2);
      const kept = side === 'bottom' ? along > last - keep : along < first + keep;
      if (kept) out[y * DIGIT_SIZE + x] = image[y * DIGIT_SIZE + x];
    }
  }
  return toDigit({ data: out, width: DIGIT_SIZE, height: DIGIT_SIZE });
}

/** Digits that are none any more in a mirror (3, 6, 7) or upside down (4, 7). */
function drawTurnedDigit(random: Random, digits: LabelledDigits): Uint8Array {
  const mirrored = random.chance(0.6);
  const image = digitOf(mirrored ? [3, 6, 7] : [4, 7], digits, random);
  const out = new Uint8Array(DIGIT_PIXELS);
  for (let y = 0; y < DIGIT_SIZE; y++) {
    for (let x = 0; x < DIGIT_SIZE; x++) {
      out[y * DIGIT_SIZE + x] = image[(mirrored ? y : DIGIT_SIZE - 1 - y) * DIGIT_SIZE + DIGIT_SIZE - 1 - x];
    }
  }
  return out;
}
