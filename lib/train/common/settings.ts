import { resolve } from 'node:path';
import { describe } from '../../pictures/picture';
import { PLAIN_RECIPE, USUAL_RECIPE, type Recipe } from './recipe';
import { ExplainedError } from '../../errors';

/** What computes. `auto`: native TensorFlow where it is installed and works here, else wasm. */
const ENGINES = ['auto', 'wasm', 'native'] as const;
export type EngineChoice = (typeof ENGINES)[number];
export type EngineName = Exclude<EngineChoice, 'auto'>;

/** `cnn`: the compact one of the shipped model. `mlp`: dense layers of 512, 256 and 128, as in the original project. */
const NETWORKS = ['cnn', 'mlp'] as const;
type NetworkName = (typeof NETWORKS)[number];

export const DEFAULT_BATCH_SIZE = 128;

/** What a training is to do. Only `out` and one source of data have to be given. */
export interface TrainingSettings {
  /** Folder of MNIST's four IDX files. */
  mnist?: string | undefined;
  /** What is missing of MNIST is fetched into its folder. Default false. */
  fetch?: boolean | undefined;
  /** Where from; default: MNIST's public mirrors. */
  mirrors?: readonly string[] | undefined;
  /** Folder of labelled pictures, see `readLabelledPictures`. */
  samples?: string | undefined;
  /** Folder of digits by further hands, see `readHands`: trained with beside MNIST. */
  hands?: string | undefined;
  /** Folder of letters, see `readLetters`: trained with as what is no digit. */
  letters?: string | undefined;
  /** Folder of drawn pages' shapes, see `readPages`: trained with beside MNIST. */
  pages?: string | undefined;
  /** Default `cnn`. */
  network?: NetworkName | undefined;
  /**
   * A model to go on from; with `samples` it is fine-tuned: its own network is kept, and `network` is not looked at.
   */
  from?: string | undefined;
  /** 1 to 1000. Default: by network and engine, see `defaultsFor`. */
  epochs?: number | undefined;
  /** Samples a step, 1 to 4096. Default `DEFAULT_BATCH_SIZE`. */
  batchSize?: number | undefined;
  /** The greatest, above 0, at most 1. Default: by network. */
  learningRate?: number | undefined;
  /** Samples made anew each time, drawn ones among them. Default: on, but off for `mlp`. */
  augmentation?: boolean | undefined;
  /** Whole number from 0; the same one gives the same samples and initial weights. Default 1. */
  seed?: number | undefined;
  /** Default `auto`. */
  engine?: EngineChoice | undefined;
  /** Where to save: a folder for model.json, weights and card; or a file that ends in .keras. */
  out: string;
  /** What the model is called. Default: its file's or folder's name. */
  name?: string | undefined;
  version?: string | undefined;
  /** Folder of further data sets to measure on, NAME-images-idx3-ubyte(.gz) and NAME-labels-idx1-ubyte(.gz). */
  sets?: string | undefined;
}

/** Settings as a training gets them: checked, complete but for what the engine decides. */
export interface CheckedSettings extends Omit<TrainingSettings, 'engine'> {
  network: NetworkName;
  batchSize: number;
  seed: number;
  engine: EngineChoice;
}

/** A setting is not as it has to be. */
export class TrainingSettingsError extends ExplainedError {
  override name = 'TrainingSettingsError';

  constructor(message: string) {
    super(message, { status: 'bad settings' });
  }
}

/**
 * Checks settings that may come from anywhere; names that are not known are refused.
 * @throws TrainingSettingsError
 */
export function checkSettings(given: TrainingSettings): CheckedSettings {
  const known = Object.keys(CHECKS);
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name))
      throw new TrainingSettingsError(`expected a setting of a training (${known.join(', ')}), got ${name}`);
    const expected = value === undefined ? undefined : CHECKS[name as keyof TrainingSettings](value);
    if (expected) throw new TrainingSettingsError(`expected ${name} to be ${expected}, got ${describe(value)}`);
  }
  if (!given.mnist && !given.samples)
    throw new TrainingSettingsError(
      'expected something to train with, got neither the folder of MNIST nor one of samples',
    );
  if ((given.hands || given.letters || given.pages) && (!given.mnist || (given.from && given.samples))) {
    throw new TrainingSettingsError(
      'expected hands, letters and pages beside MNIST, got no MNIST or own samples to teach to a model',
    );
  }
  if (!given.out) throw new TrainingSettingsError('expected a place to save the model at, got none');
  const absolute = Object.fromEntries(
    (['mnist', 'samples', 'hands', 'letters', 'pages', 'from', 'out', 'sets'] as const).flatMap((name) =>
      given[name] ? [[name, resolve(given[name])]] : [],
    ),
  );
  return {
    network: 'cnn',
    batchSize: DEFAULT_BATCH_SIZE,
    seed: 1,
    engine: 'auto',
    ...definedOf(given),
    ...absolute,
  } as CheckedSettings;
}

type Check = (value: unknown) => string | false;
const text: Check = (value) => (typeof value !== 'string' || value.trim() === '' || value.includes('\0')) && 'a path';
const wholeNumber =
  (least: number, most: number): Check =>
  (value) =>
    !(Number.isInteger(value) && (value as number) >= least && (value as number) <= most) &&
    `a whole number from ${least} to ${most}`;
const oneOf =
  (names: readonly string[]): Check =>
  (value) =>
    !names.includes(value as string) && names.join(' or ');
const flag: Check = (value) => typeof value !== 'boolean' && 'true or false';

const CHECKS: Record<keyof TrainingSettings, Check> = {
  mnist: text,
  fetch: flag,
  mirrors: (value) =>
    !(Array.isArray(value) && value.length > 0 && value.every((mirror) => typeof mirror === 'string')) && 'addresses',
  samples: text,
  hands: text,
  letters: text,
  pages: text,
  network: oneOf(NETWORKS),
  from: text,
  epochs: wholeNumber(1, 1000),
  batchSize: wholeNumber(1, 4096),
  learningRate: (value) => !(typeof value === 'number' && value > 0 && value <= 1) && 'a number above 0, at most 1',
  augmentation: flag,
  seed: wholeNumber(0, 999_999_999),
  engine: oneOf(ENGINES),
  out: text,
  name: (value) => typeof value !== 'string' && 'a string',
  version: (value) => typeof value !== 'string' && 'a string',
  sets: text,
};

export interface Schedule {
  epochs: number;
  recipe: Recipe;
  augmentation: boolean;
}

/** Epochs of the compact network, so that a training ends within some five minutes on two processor cores. */
const CNN_EPOCHS: Record<EngineName, number> = { wasm: 3, native: 10 };

/** What is not set, by what is trained and what computes. */
export function scheduleOf(
  { network, from, samples, epochs, learningRate, augmentation }: CheckedSettings,
  engine: EngineName,
): Schedule {
  const own = { ...(learningRate !== undefined && { learningRate }) };
  if (from) {
    const fineTuning = samples !== undefined;
    const recipe: Recipe = {
      ...USUAL_RECIPE,
      learningRate: fineTuning ? 0.0004 : 0.0005,
      averaging: fineTuning ? 0.98 : USUAL_RECIPE.averaging,
      ...own,
    };
    return { epochs: epochs ?? (fineTuning ? 3 : 2), recipe, augmentation: augmentation ?? true };
  }
  if (network === 'mlp') {
    const plain = !(augmentation ?? false);
    return { epochs: epochs ?? 50, recipe: { ...PLAIN_RECIPE, ...own }, augmentation: !plain };
  }
  return {
    epochs: epochs ?? CNN_EPOCHS[engine],
    recipe: { ...USUAL_RECIPE, ...own },
    augmentation: augmentation ?? true,
  };
}

function definedOf<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
