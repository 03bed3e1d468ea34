import { type LabelledDigits } from '../../data/idx';
import { Random } from '../../random';
import {
  cut,
  DRAW_DIGIT,
  DRAW_NEGATIVE,
  DRAWN_DIGITS,
  makeBatch,
  NEGATIVES,
  planEpoch,
  type BatchPlan,
} from './samples';
import { holdOut, joined, type FurtherCounts, type Split } from './split';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../../digit';
import { ExplainedError } from '../../errors';

/** What a network is trained with, epoch by epoch, and what chooses the best epoch and calibrates it. */
export interface Curriculum {
  /** What the plans' sources are places in. */
  readonly data: LabelledDigits;
  /** Not trained with. */
  readonly validation: LabelledDigits;
  /** @param epoch from 1 */
  batches(epoch: number): BatchPlan[];
}

export interface CurriculumOptions {
  /** Whole number; the same one gives the same samples. */
  seed: number;
  /** Samples a step, from 1. */
  batchSize: number;
  /** Outputs of the network, 10 or 11: one of 10 is shown nothing that is no digit. */
  classes: number;
  /** Called in between, while samples to validate with are made; may throw to stop. */
  pause?: (() => Promise<void> | void) | undefined;
}

/** Too few, or too much alike, to train a network with. */
export class TooFewError extends ExplainedError {
  override name = 'TooFewError';

  constructor(message: string) {
    super(message, { status: 'too few samples' });
  }
}

/**
 * Digits, and different ones among them, that a network is trained with from nothing at least: fewer can hardly be
 * parted.
 */
const LEAST_DIGITS = 20;
const LEAST_LABELS = 2;

/** @throws TooFewError where these are not enough to train a network with that knows nothing yet. */
export function assertEnough(...parts: readonly LabelledDigits[]): void {
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const different = new Set(parts.flatMap(({ labels }) => [...new Set(labels)])).size;
  if (count >= LEAST_DIGITS && different >= LEAST_LABELS) return;
  throw new TooFewError(
    `expected at least ${LEAST_DIGITS} digits, of at least ${LEAST_LABELS} different labels, to train a network ` +
      `from nothing, got ${count} of ${different}: collect more samples, train with MNIST too, or go on from a ` +
      'model',
  );
}

/**
 * In a short training from nothing, less is drawn, and so many of the digits stay as they are: in a few epochs a
 * network learns the usual hands first. One that goes on from a model knows them.
 */
export const SHORT = { epochs: 12, drawn: 0.5, plain: 0.4 } as const;

/** Share of pages' shapes that stay as they are. */
const PAGES_PLAIN = 0.5;

/**
 * Every digit of a data set once an epoch. With augmentation, each is made anew every time, and drawn digits and things
 * that are none come among them.
 * @throws (rejects) TooFewError
 */
export async function wholeCurriculum(
  { training, validation, further }: Split,
  {
    seed,
    batchSize,
    classes,
    augmentation,
    epochs,
    goesOn = false,
    pause,
  }: CurriculumOptions & { augmentation: boolean; epochs: number; goesOn?: boolean },
): Promise<Curriculum> {
  if (training.labels.length === 0 || validation.labels.length === 0) {
    throw new TooFewError(
      `expected digits to train and to validate with, got ${training.labels.length} and ${validation.labels.length}`,
    );
  }
  const isShort = epochs < SHORT.epochs && !goesOn;
  const drawn = !augmentation ? 0 : isShort ? SHORT.drawn : 1;
  const shares = { digits: drawn * DRAWN_DIGITS, negatives: classes > NOT_A_DIGIT ? drawn * NEGATIVES : 0 };
  const plain = !augmentation ? 1 : isShort ? SHORT.plain : 0;
  /** As cameras give them already: half of them stay as they are. */
  const unchanged = (count: number): Pick<BatchPlan, 'plain' | 'plainFrom'> => {
    const pages = further?.training.pages ?? 0;
    return plain === 0 && pages > 0 ? { plain: PAGES_PLAIN, plainFrom: count - pages } : { plain };
  };
  const plan = (count: number, size: number, epoch: number, of?: FurtherCounts): BatchPlan[] =>
    planEpoch(count, size, seed, epoch, shares, of);
  const count = validation.labels.length;
  return {
    data: training,
    validation: augmentation
      ? joined(validation, await made(validation, firstOf(plan(count, count, 0, further?.validation)), pause))
      : validation,
    batches: (epoch) =>
      plan(training.labels.length, batchSize, epoch, further?.training).map((batch) => ({
        ...batch,
        ...unchanged(training.labels.length),
      })),
  };
}

function firstOf(plans: readonly BatchPlan[]): BatchPlan {
  const plan = plans.at(0);
  if (!plan) throw new TooFewError('expected samples to validate with, got none');
  return plan;
}

/** Of each batch in fine-tuning, this share is own samples. */
const OWN_SHARE = 0.3;
/** How often each own sample comes in an epoch, each time made anew, as far as the epoch's length allows. */
const REPEATS = 8;
/** Batches an epoch. */
const LEAST_BATCHES = 12;
const MOST_BATCHES = 60;
/** Share of the usual digits that stay as they are, so that these are not forgotten. */
const USUAL_PLAIN = 0.5;
/** How many of the usual digits validate, and how many drawn ones judge where there are no others. */
const USUAL_HELD_OUT = 1000;
const DRAWN_JUDGES = 2000;

export interface FineTuningCurriculum extends Curriculum {
  /**
   * Whether the network has got better is judged by these: own samples, those held out or else all of them, and usual
   * digits that were not trained with.
   */
  readonly judges: { own: LabelledDigits; usual: LabelledDigits };
}

/**
 * Own samples, each several times in an epoch, among as many of the usual ones that what was known is not forgotten.
 * @param own those to validate with may be none
 * @param usual e.g. MNIST; without it, drawn digits take its place
 * @throws (rejects) TooFewError
 */
export async function fineTuningCurriculum(
  own: Split,
  usual: LabelledDigits | undefined,
  { seed, batchSize, classes, pause }: CurriculumOptions,
): Promise<FineTuningCurriculum> {
  const ownCount = own.training.labels.length;
  if (ownCount === 0)
    throw new TooFewError('expected at least 1 own sample to teach to a model, got none that it can learn');
  const rest = usual && holdOut(usual, seed);
  const restCount = rest?.training.labels.length ?? 0;
  const data = rest ? joined(own.training, rest.training) : own.training;
  const negatives = classes > NOT_A_DIGIT ? NEGATIVES : 0;
  const usualSource = (random: Random): number => {
    const at = random.between(0, 1 + DRAWN_DIGITS + negatives);
    if (at < 1) return restCount > 0 ? ownCount + random.below(restCount) : DRAW_DIGIT;
    return at < 1 + DRAWN_DIGITS ? DRAW_DIGIT : DRAW_NEGATIVE;
  };
  const batches = (epoch: number): BatchPlan[] => {
    const random = new Random(seed, epoch, 3);
    const count = Math.max(
      LEAST_BATCHES,
      Math.min(MOST_BATCHES, Math.round((ownCount * REPEATS) / OWN_SHARE / batchSize)),
    );
    const order = random.shuffle(Int32Array.from({ length: ownCount }, (_, i) => i));
    const sources = new Int32Array(count * batchSize);
    // Spread evenly, so that their share is the same in batches of any size.
    const isOwn = (i: number): boolean => Math.floor((i + 1) * OWN_SHARE) > Math.floor(i * OWN_SHARE);
    const next = overAndOver(order);
    for (let i = 0; i < sources.length; i++) sources[i] = isOwn(i) ? next.next().value : usualSource(random);
    return cut(sources, batchSize, seed, epoch).map((batch) => ({ ...batch, plain: USUAL_PLAIN, plainFrom: ownCount }));
  };

  const measured = own.validation.labels.length > 0 ? own.validation : own.training;
  const make = (sources: Int32Array, nth: number, plain = 0): Promise<LabelledDigits> =>
    made(measured, { seed: seed + nth, epoch: 0, first: 0, sources, plain }, pause);
  const random = new Random(seed, 4);
  const kinds = Int32Array.from({ length: USUAL_HELD_OUT }, () =>
    usualSource(random) === DRAW_NEGATIVE ? DRAW_NEGATIVE : DRAW_DIGIT,
  );
  const wanted = rest ? first(rest.validation, USUAL_HELD_OUT) : await make(kinds, 0);
  // As many own samples as usual ones, as they are and made anew, so that neither outweighs the other.
  const repeated = await make(
    Int32Array.from(
      { length: Math.max(0, wanted.labels.length - measured.labels.length) },
      (_, i) => i % measured.labels.length,
    ),
    1,
  );
  return {
    data,
    batches,
    validation: joined(joined(measured, repeated), wanted),
    judges: {
      own: measured,
      usual: rest?.validation ?? (await make(new Int32Array(DRAWN_JUDGES).fill(DRAW_DIGIT), 2, 1)),
    },
  };
}

function* overAndOver(numbers: Int32Array): Generator<number, never> {
  for (;;) yield* numbers;
}

/** Samples that are made before others get their turn. */
const PIECE = 200;

/** As `makeBatch`, a few at a time. */
async function made(data: LabelledDigits, plan: BatchPlan, pause: CurriculumOptions['pause']): Promise<LabelledDigits> {
  const count = plan.sources.length;
  const all = { images: new Uint8Array(count * DIGIT_PIXELS), labels: new Uint8Array(count) };
  for (let at = 0; at < count; at += PIECE) {
    await pause?.();
    const { images, labels } = makeBatch(data, {
      ...plan,
      first: plan.first + at,
      sources: plan.sources.subarray(at, at + PIECE),
    });
    all.images.set(images, at * DIGIT_PIXELS);
    all.labels.set(labels, at);
  }
  return all;
}

function first({ images, labels }: LabelledDigits, count: number): LabelledDigits {
  return { images: images.subarray(0, count * DIGIT_PIXELS), labels: labels.subarray(0, count) };
}
