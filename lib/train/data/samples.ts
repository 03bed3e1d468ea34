import { augment } from '../synthesis/augment';
import { drawDigit } from '../synthesis/drawn-digits';
import { type LabelledDigits } from '../../data/idx';
import { drawNegative } from '../synthesis/negatives';
import { Random } from '../../random';
import type { FurtherCounts } from './split';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../../digit';

/** How much is drawn in a usual training. */
export const DRAWN_DIGITS = 0.2;
export const NEGATIVES = 0.22;

/** In a plan: draw a digit, or something that is none. Other numbers are places in the data set. */
export const DRAW_DIGIT = -1;
export const DRAW_NEGATIVE = -2;

export interface Batch {
  /** `labels.length * 784` bytes */
  images: Uint8Array<ArrayBuffer>;
  /** 0 to 9, or `NOT_A_DIGIT` */
  labels: Uint8Array<ArrayBuffer>;
}

/** What a batch is made of, small enough to be sent to a worker each time. */
export interface BatchPlan {
  seed: number;
  epoch: number;
  /** Number of the batch's first sample within the epoch. */
  first: number;
  sources: Int32Array;
  /** Share of the data set's digits that stay as they are; 1 for drawn ones too. Default 0: `augment` alone decides. */
  plain?: number;
  /** Where in the data set that begins; default 0. */
  plainFrom?: number;
}

/** What is drawn beside the digits of the data set, as shares of their number. */
export interface DrawnShares {
  digits: number;
  negatives: number;
}

/** How often a digit of a further hand comes in an epoch: there are few, and they are not alike. */
const HANDS_REPEATS = 3;

/** For each digit of the data set, so many shapes of pages come in an epoch, others each time. */
const PAGES = 0.6;

/** Of what is no digit, so much are letters that people have written, where they are at hand; the rest is drawn. */
const LETTERS = 0.5;

/**
 * The order of one epoch: every digit of the data set once, those of further hands three times, in a new order, with
 * drawn ones among them. Letters take the place of drawn things that are no digits; where none are drawn, each comes
 * once. Some shapes of pages come beside these.
 */
export function planEpoch(
  count: number,
  batchSize: number,
  seed: number,
  epoch: number,
  shares: DrawnShares = { digits: DRAWN_DIGITS, negatives: NEGATIVES },
  further: FurtherCounts = { hands: 0, letters: 0, pages: 0 },
): BatchPlan[] {
  const firstPage = count - further.pages;
  const firstLetter = firstPage - further.letters;
  const own = range(0, firstLetter);
  const again = range(firstLetter - further.hands, firstLetter);
  const digits = [own, ...Array.from({ length: HANDS_REPEATS - 1 }, () => again)].flat();
  const drawn = Math.round(digits.length * shares.digits);
  const negatives = Math.round(digits.length * shares.negatives);
  const all = new Random(seed, epoch, 7).shuffle(Int32Array.from(range(firstLetter, firstPage)));
  const pages = new Random(seed, epoch, 8).shuffle(Int32Array.from(range(firstPage, count)));
  const letters = negatives > 0 ? all.subarray(0, Math.round(negatives * LETTERS)) : all;
  const sources = Int32Array.from([
    ...digits,
    ...range(0, drawn).map(() => DRAW_DIGIT),
    ...letters,
    ...range(letters.length, negatives).map(() => DRAW_NEGATIVE),
    ...pages.subarray(0, Math.round(own.length * PAGES)),
  ]);
  // A small data set has to fill a batch at least.
  return cut(new Random(seed, epoch).shuffle(sources), Math.min(batchSize, sources.length), seed, epoch);
}

/** Whole numbers, `to` not among them. */
function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

/** Cuts the samples of an epoch into batches of a size from 1. */
export function cut(sources: Int32Array, batchSize: number, seed: number, epoch: number): BatchPlan[] {
  if (!(batchSize >= 1)) throw new RangeError(`expected batches of at least 1 sample, got ${batchSize}`);
  const plans: BatchPlan[] = [];
  // What is left over for a batch of another size would be weighted too much: it waits for another epoch.
  for (let first = 0; first + batchSize <= sources.length; first += batchSize) {
    plans.push({ seed, epoch, first, sources: sources.slice(first, first + batchSize) });
  }
  return plans;
}

/** Draws and augments the samples of a batch; the same plan gives the same pictures. */
export function makeBatch(
  data: LabelledDigits,
  { seed, epoch, first, sources, plain = 0, plainFrom = 0 }: BatchPlan,
): Batch {
  const images = new Uint8Array(sources.length * DIGIT_PIXELS);
  const labels = new Uint8Array(sources.length);
  sources.forEach((source, i) => {
    const random = new Random(seed, epoch, first + i);
    const sample = base(data, source, random);
    labels[i] = sample.label;
    const out = images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS);
    if (plain === 1 || (plain > 0 && source >= plainFrom && random.chance(plain))) out.set(sample.image);
    else augment(sample.image, random, out);
  });
  return { images, labels };
}

function base(data: LabelledDigits, source: number, random: Random): { image: Uint8Array; label: number } {
  if (source === DRAW_DIGIT) return drawDigit(random);
  if (source === DRAW_NEGATIVE) return { image: drawNegative(data, random), label: NOT_A_DIGIT };
  const label = data.labels.at(source);
  if (label === undefined)
    throw new RangeError(`expected the place of one of ${data.labels.length} digits, got ${source}`);
  return { image: data.images.subarray(source * DIGIT_PIXELS, (source + 1) * DIGIT_PIXELS), label };
}
