import { PIXELS, type LabelledDigits } from '../data/idx';
import { DIGITS } from '../classify/prediction';
import { NOT_A_DIGIT } from './network';
import { Random } from './random';
import { cut, DRAW_DIGIT, DRAW_NEGATIVE, DRAWN_DIGITS, makeBatch, NEGATIVES, planEpoch, type BatchPlan } from './samples';

/** What a network is trained with, epoch by epoch, and what chooses the best epoch and calibrates it. */
export interface Course {
  /** What the plans' sources are places in. */
  readonly data: LabelledDigits;
  /** Not trained with. */
  readonly validation: LabelledDigits;
  /** @param epoch from 1 */
  batches(epoch: number): BatchPlan[];
}

export interface CourseOptions {
  /** Whole number; the same one gives the same samples. */
  seed: number;
  /** Samples a step. */
  batchSize: number;
  /** Outputs of the network, 10 or 11: one of 10 is shown nothing that is no digit. */
  classes: number;
}

/** Splits off the last digits of a data set, at most 5,000 and a tenth of it, to validate and calibrate with. */
export function holdOut({ images, labels }: LabelledDigits): { training: LabelledDigits; heldOut: LabelledDigits } {
  const split = labels.length - Math.min(5000, Math.ceil(labels.length / 10));
  return {
    training: { images: images.subarray(0, split * PIXELS), labels: labels.subarray(0, split) },
    heldOut: { images: images.subarray(split * PIXELS), labels: labels.subarray(split) },
  };
}

/**
 * In a short training, less is drawn, and so many of the digits stay as they are: in a few epochs a network learns the usual
 * hands first.
 */
export const SHORT = { epochs: 12, drawn: 0.5, plain: 0.4 } as const;

/**
 * Every digit of a data set once an epoch. With augmentation, each is made anew every time, and drawn digits and things
 * that are none come among them.
 */
export function wholeCourse(digits: LabelledDigits, { seed, batchSize, classes, augmentation, epochs }: CourseOptions & { augmentation: boolean; epochs: number }): Course {
  const { training, heldOut } = holdOut(digits);
  const isShort = epochs < SHORT.epochs, drawn = !augmentation ? 0 : isShort ? SHORT.drawn : 1;
  const shares = { digits: drawn * DRAWN_DIGITS, negatives: classes > NOT_A_DIGIT ? drawn * NEGATIVES : 0 };
  const plain = !augmentation ? 1 : isShort ? SHORT.plain : 0;
  const plan = (count: number, size: number, epoch: number): BatchPlan[] => planEpoch(count, size, seed, epoch, shares);
  // A small data set has to fill a batch at least.
  const size = Math.min(batchSize, Math.floor(training.labels.length * (1 + shares.digits + shares.negatives)));
  return {
    data: training,
    validation: augmentation ? joined(heldOut, makeBatch(heldOut, plan(heldOut.labels.length, heldOut.labels.length, 0)[0])) : heldOut,
    batches: (epoch) => plan(training.labels.length, size, epoch).map((batch) => ({ ...batch, plain })),
  };
}

/** Of each batch in fine-tuning, this share is own samples. */
const OWN_SHARE = 0.3;
/** How often each own sample comes in an epoch, each time made anew, as far as the epoch's length allows. */
const REPEATS = 8;
/** Batches an epoch. */
const LEAST_BATCHES = 12, MOST_BATCHES = 60;
/** Share of the usual digits that stay as they are, so that these are not forgotten. */
const USUAL_PLAIN = 0.5;
/** How many of the usual digits validate. */
const USUAL_HELD_OUT = 1000;

export interface FineTuningCourse extends Course {
  /** Own samples that are trained with, and that are only measured with. */
  own: { training: LabelledDigits; heldOut: LabelledDigits };
}

/**
 * Own samples, each several times in an epoch, among as many of the usual ones that what was known is not forgotten.
 * @param usual e.g. MNIST; without it, drawn digits take its place
 */
export function fineTuningCourse(samples: LabelledDigits, usual: LabelledDigits | undefined, { seed, batchSize, classes }: CourseOptions): FineTuningCourse {
  const own = splitByLabel(samples, seed);
  const rest = usual && holdOut(usual);
  const ownCount = own.training.labels.length, restCount = rest?.training.labels.length ?? 0;
  const data = rest ? joined(own.training, rest.training) : own.training;
  const negatives = classes > NOT_A_DIGIT ? NEGATIVES : 0;
  const usualSource = (random: Random): number => {
    const at = random.between(0, 1 + DRAWN_DIGITS + negatives);
    if (at < 1) return restCount > 0 ? ownCount + random.below(restCount) : DRAW_DIGIT;
    return at < 1 + DRAWN_DIGITS ? DRAW_DIGIT : DRAW_NEGATIVE;
  };
  const batches = (epoch: number): BatchPlan[] => {
    const random = new Random(seed, epoch, 3);
    const count = Math.max(LEAST_BATCHES, Math.min(MOST_BATCHES, Math.round(ownCount * REPEATS / OWN_SHARE / batchSize)));
    const order = random.shuffle(Int32Array.from({ length: ownCount }, (_, i) => i));
    const ownEach = Math.round(batchSize * OWN_SHARE);
    const sources = new Int32Array(count * batchSize);
    for (let i = 0, next = 0; i < sources.length; i++) sources[i] = i % batchSize < ownEach ? order[next++ % ownCount] : usualSource(random);
    return cut(sources, batchSize, seed, epoch).map((batch) => ({ ...batch, plain: USUAL_PLAIN, plainFrom: ownCount }));
  };
  return { own, data, validation: validationOf(own, rest?.heldOut, usualSource, { seed, classes }), batches };
}

/** As many own samples as usual ones, as they are and made anew, so that neither outweighs the other. */
function validationOf(
  own: FineTuningCourse['own'], usual: LabelledDigits | undefined, usualSource: (random: Random) => number, { seed }: { seed: number; classes: number },
): LabelledDigits {
  const measured = own.heldOut.labels.length > 0 ? own.heldOut : own.training;
  const random = new Random(seed, 4);
  const wanted = usual ? first(usual, USUAL_HELD_OUT) : made(measured, Int32Array.from({ length: USUAL_HELD_OUT }, () => usualSource(random) === DRAW_NEGATIVE ? DRAW_NEGATIVE : DRAW_DIGIT), seed);
  const repeated = made(measured, Int32Array.from({ length: Math.max(0, wanted.labels.length - measured.labels.length) }, (_, i) => i % measured.labels.length), seed + 1);
  return joined(joined(measured, repeated), wanted);
}

function made(data: LabelledDigits, sources: Int32Array, seed: number): LabelledDigits {
  return makeBatch(data, { seed, epoch: 0, first: 0, sources });
}

/** Of each label's samples a fifth is held out; of fewer than five none. */
function splitByLabel(samples: LabelledDigits, seed: number): FineTuningCourse['own'] {
  const training: number[] = [], heldOut: number[] = [];
  for (let label = 0; label <= DIGITS; label++) {
    const places = Int32Array.from(samples.labels.keys()).filter((i) => samples.labels[i] === label);
    const kept = Math.floor(places.length / 5);
    new Random(seed, label, 5).shuffle(places).forEach((place, i) => (i < kept ? heldOut : training).push(place));
  }
  return { training: chosen(samples, training), heldOut: chosen(samples, heldOut) };
}

/** A data set in another order: pictures out of folders come sorted by their label. */
export function shuffled(digits: LabelledDigits, seed: number): LabelledDigits {
  return chosen(digits, new Random(seed, 6).shuffle(Int32Array.from(digits.labels.keys())));
}

export function chosen({ images, labels }: LabelledDigits, places: ArrayLike<number>): LabelledDigits {
  const out = { images: new Uint8Array(places.length * PIXELS), labels: new Uint8Array(places.length) };
  for (let i = 0; i < places.length; i++) {
    out.images.set(images.subarray(places[i] * PIXELS, (places[i] + 1) * PIXELS), i * PIXELS);
    out.labels[i] = labels[places[i]];
  }
  return out;
}

export function joined(a: LabelledDigits, b: LabelledDigits): LabelledDigits {
  const images = new Uint8Array(a.images.length + b.images.length), labels = new Uint8Array(a.labels.length + b.labels.length);
  images.set(a.images);
  images.set(b.images, a.images.length);
  labels.set(a.labels);
  labels.set(b.labels, a.labels.length);
  return { images, labels };
}

function first({ images, labels }: LabelledDigits, count: number): LabelledDigits {
  return { images: images.subarray(0, count * PIXELS), labels: labels.subarray(0, count) };
}
