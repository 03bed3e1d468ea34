import type { LabelledDigits } from '../../data/idx';
import {
  assertEnough,
  fineTuningCurriculum,
  TooFewError,
  wholeCurriculum,
  type Curriculum,
  type CurriculumOptions,
  type FineTuningCurriculum,
} from './curriculum';
import { drawDigit } from '../synthesis/drawn-digits';
import { partOf, type FurtherSets, type Part } from './further';
import { Random } from '../../random';
import type { TrainingResult } from '../common/result';
import type { CheckedSettings } from '../common/settings';
import type { Sources } from './sources';
import { digitsOnly, holdOut, joined, splitInThree, HeldOut, type FurtherCounts, type Split } from './split';
import { NOT_A_DIGIT } from '../../digit';

/** What a network is tested with, once everything has been decided. */
interface Test {
  name: TrainingResult['testedOn'];
  /** See `TrainingResult`. */
  independent: boolean;
  usual: HeldOut;
  /** Own samples, to compare a fine-tuned network with what it was; undefined where there were too few. */
  own?: HeldOut;
}

/** What a training is made of. */
export interface TrainingData {
  curriculum: Curriculum;
  /** The same, where an existing model is fine-tuned. */
  fineTuning?: FineTuningCurriculum;
  test: Test;
  /** How many digits of the data were held out to choose the best epoch and to calibrate. */
  held: number;
  /** How many own samples were for what, where there are any but those mixed into MNIST. */
  own?: NonNullable<TrainingResult['samples']>;
}

type Options = CurriculumOptions & { augmentation: boolean; epochs: number; goesOn?: boolean };

/**
 * Split the data into what is trained with, validated with and tested with.
 * @throws (rejects) TooFewError
 */
export async function trainingDataOf(
  { samples: found, mnist, further }: Sources,
  { from }: CheckedSettings,
  options: Options,
): Promise<TrainingData> {
  const { seed, classes } = options;
  const samples = found && classes <= NOT_A_DIGIT ? digitsOnly(found) : found;
  if (found && samples?.labels.length === 0)
    throw new TooFewError(
      `expected samples of digits, because this network tells nothing else, got ${found.labels.length} that are none`,
    );
  if (from && samples) return fineTuningLessons(samples, mnist, options);
  if (mnist) {
    // Own samples are among it, as many as they are: MNIST's test digits are by other writers.
    const usual = holdOut(samples ? joined(samples, mnist.training) : mnist.training, seed);
    const parts = further ? withFurther(usual, further, classes) : usual;
    return { ...(await whole(parts, options)), test: { name: 'MNIST', independent: true, usual: mnist.test } };
  }
  if (!samples) throw new TooFewError('expected digits to train with, got none');
  const three = splitInThree(samples, seed);
  const test = digitsOnly(three.test);
  if (test.labels.length > 0) {
    return {
      ...(await whole(three, options)),
      own: counts(three),
      test: { name: 'own samples', independent: true, usual: new HeldOut(() => test) },
    };
  }
  const parts = holdOut(samples, seed);
  return {
    ...(await whole(parts, options)),
    own: counts({ ...parts, test }),
    test: { name: 'own samples', independent: false, usual: new HeldOut(() => parts.validation) },
  };
}

/** A network that knows no "not a digit" is shown no letters, and nothing else that is none. */
function withFurther({ training, validation }: Split, { hands, letters, pages }: FurtherSets, classes: number): Split {
  const isKnown = classes > NOT_A_DIGIT;
  const add = (digits: LabelledDigits, part: Part): [LabelledDigits, FurtherCounts] => {
    const [more, others, shapes] = [partOf(hands, part), partOf(isKnown ? letters : [], part), partOf(pages, part)];
    const known = isKnown ? shapes : digitsOnly(shapes);
    return [
      [more, others, known].reduce(joined, digits),
      { hands: more.labels.length, letters: others.labels.length, pages: known.labels.length },
    ];
  };
  const [all, counts] = add(training, 'train');
  const [held, heldCounts] = add(validation, 'choose');
  return { training: all, validation: held, further: { training: counts, validation: heldCounts } };
}

async function whole(parts: Split, options: Options): Promise<Pick<TrainingData, 'curriculum' | 'held'>> {
  const { training, validation } = parts;
  assertEnough(training, validation);
  return { curriculum: await wholeCurriculum(parts, options), held: validation.labels.length };
}

/** Drawn digits to test with where MNIST is not there. */
const DRAWN_TEST = 2000;

async function fineTuningLessons(
  samples: LabelledDigits,
  mnist: Sources['mnist'],
  options: Options,
): Promise<TrainingData> {
  const three = splitInThree(samples, options.seed);
  const fineTuning = await fineTuningCurriculum(three, mnist?.training, options);
  const drawn = (): LabelledDigits => {
    const all = Array.from({ length: DRAWN_TEST }, (_, i) => drawDigit(new Random(options.seed, -3, i)));
    return { images: Buffer.concat(all.map(({ image }) => image)), labels: Uint8Array.from(all, ({ label }) => label) };
  };
  return {
    curriculum: fineTuning,
    fineTuning,
    held: three.validation.labels.length,
    own: counts(three),
    test: {
      ...(mnist ? { name: 'MNIST', usual: mnist.test } : { name: 'drawn digits', usual: new HeldOut(drawn) }),
      independent: true,
      ...(three.test.labels.length > 0 && { own: new HeldOut(() => three.test) }),
    },
  };
}

function counts({ training, validation, test }: Split & { test: LabelledDigits }): NonNullable<TrainingData['own']> {
  return { training: training.labels.length, validation: validation.labels.length, test: test.labels.length };
}
