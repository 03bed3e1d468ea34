import { type LabelledDigits } from '../../data/idx';
import { Random } from '../../random';
import { DIGITS, DIGIT_PIXELS } from '../../digit';

/** What is trained with, and what is held out to choose the best epoch and to calibrate. */
export interface Split {
  training: LabelledDigits;
  validation: LabelledDigits;
  /** What of these comes from further sets. */
  further?: { training: FurtherCounts; validation: FurtherCounts };
}

/** How many pictures are of further sets: the last ones, first hands' digits, then letters, then pages' shapes. */
export interface FurtherCounts {
  hands: number;
  letters: number;
  pages: number;
}

/** Test digits. They are looked at once, after everything has been decided: whoever looks twice has chosen by them. */
export class HeldOut {
  #open: (() => LabelledDigits) | undefined;

  constructor(open: () => LabelledDigits) {
    this.#open = open;
  }

  /** @throws Error at the second call */
  open(): LabelledDigits {
    const open = this.#open;
    if (!open) throw new Error('the test digits have been looked at before');
    this.#open = undefined;
    return open();
  }
}

/** Most digits that are held out, and the share of them: one in so many. */
const MOST_HELD_OUT = 5000;
const ONE_IN = 10;

/**
 * Holds out a tenth of a data set, 5,000 at most, whatever order it comes in: chosen by the seed, of each label as
 * large a share as of all. What is left comes in a new order, too.
 */
export function holdOut(digits: LabelledDigits, seed: number): Split {
  const wanted = Math.min(MOST_HELD_OUT, Math.ceil(digits.labels.length / ONE_IN));
  // Whole numbers whose sum is what is wanted: largest remainders. Of each label one is left to be trained with.
  const groups = byLabel(digits, seed).map((places) => {
    const share = Math.min(places.length - 1, (wanted * places.length) / digits.labels.length);
    return { places, count: Math.floor(share), rest: share - Math.floor(share) };
  });
  let missing = wanted - groups.reduce((sum, { count }) => sum + count, 0);
  const order = groups.toSorted((a, b) => b.rest - a.rest);
  for (const group of [...order, ...order]) {
    if (missing <= 0) break;
    if (group.count >= group.places.length - 1) continue;
    group.count++;
    missing--;
  }
  return {
    training: mixed(
      digits,
      groups.flatMap(({ places, count }) => [...places.subarray(count)]),
      seed,
    ),
    validation: mixed(
      digits,
      groups.flatMap(({ places, count }) => [...places.subarray(0, count)]),
      seed,
    ),
  };
}

/** Own samples of one label are parted from so many on. */
const LEAST_TO_PART = 5;

/**
 * Split own samples in three: of each label a fifth to test with, a fifth to validate with, and the rest to train with;
 * all to train with where there are fewer than five of a label. Each part may be empty but the last.
 */
export function splitInThree(samples: LabelledDigits, seed: number): Split & { test: LabelledDigits } {
  const parts = { test: [] as number[], validation: [] as number[], training: [] as number[] };
  for (const places of byLabel(samples, seed)) {
    const fifth = Math.floor(places.length / LEAST_TO_PART);
    parts.test.push(...places.subarray(0, fifth));
    parts.validation.push(...places.subarray(fifth, 2 * fifth));
    for (const place of places.subarray(2 * fifth)) parts.training.push(place);
  }
  return {
    training: mixed(samples, parts.training, seed),
    validation: mixed(samples, parts.validation, seed),
    test: mixed(samples, parts.test, seed),
  };
}

/** The places of each label's digits, for labels that occur, in an order of chance. */
function byLabel({ labels }: LabelledDigits, seed: number): Int32Array[] {
  const groups = new Map<number, number[]>();
  for (const [place, label] of labels.entries()) {
    const group = groups.get(label);
    if (group) group.push(place);
    else groups.set(label, [place]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([label, places]) => new Random(seed, label, 5).shuffle(Int32Array.from(places)));
}

function mixed(digits: LabelledDigits, places: readonly number[], seed: number): LabelledDigits {
  return subset(digits, new Random(seed, 6).shuffle(Int32Array.from(places)));
}

/** The digits at some places, in the order of these. */
export function subset({ images, labels }: LabelledDigits, places: readonly number[] | Int32Array): LabelledDigits {
  const out = { images: new Uint8Array(places.length * DIGIT_PIXELS), labels: new Uint8Array(places.length) };
  for (const [i, place] of places.entries()) {
    out.images.set(images.subarray(place * DIGIT_PIXELS, (place + 1) * DIGIT_PIXELS), i * DIGIT_PIXELS);
    out.labels.set(labels.subarray(place, place + 1), i);
  }
  return out;
}

/** The digits of two sets, one after the other. */
export function joined(a: LabelledDigits, b: LabelledDigits): LabelledDigits {
  const images = new Uint8Array(a.images.length + b.images.length);
  const labels = new Uint8Array(a.labels.length + b.labels.length);
  images.set(a.images);
  images.set(b.images, a.images.length);
  labels.set(a.labels);
  labels.set(b.labels, a.labels.length);
  return { images, labels };
}

/** Without what is no digit, for a network that has no output for it. */
export function digitsOnly(digits: LabelledDigits): LabelledDigits {
  return subset(
    digits,
    [...digits.labels.entries()].flatMap(([i, label]) => (label < DIGITS ? [i] : [])),
  );
}
