import type { EngineName } from './settings';

/** What one epoch came to. */
export interface EpochResult {
  /** From 1. */
  epoch: number;
  /** Means over the epoch's samples, as the weights were at each step. */
  loss: number;
  accuracy: number;
  /** Of the weights at its end, over the samples held out. */
  validationLoss: number;
  validationAccuracy: number;
  seconds: number;
}

/** How far a training is. */
export interface TrainingProgress {
  epoch: number;
  epochs: number;
  /** Share of the epoch that is done, 0 to 1. */
  share: number;
  /** Means over the epoch so far. */
  loss: number;
  accuracy: number;
  /** Of the epoch that was completed last; undefined before the first. */
  validationLoss: number | undefined;
  validationAccuracy: number | undefined;
  samplesPerSecond: number;
  /** Until the last epoch's end. */
  secondsLeft: number;
  /** At the end of an epoch. */
  result?: EpochResult;
}

/** Share of pictures that a model reads right, 0 to 1. */
export interface Accuracies {
  /** On own samples. */
  samples: number;
  /** On MNIST's digits, or on drawn ones where MNIST is not there. */
  usual: number;
}

/** What a training came to. */
export interface TrainingResult {
  /**
   * Where the model lies: the folder or the .keras file. Not there where it was not saved, because it would be worse.
   */
  path?: string;
  engine: EngineName;
  /** Epochs that were completed, and the one whose weights were kept. */
  epochs: number;
  bestEpoch: number;
  /** Whether it was stopped before its end. */
  stopped: boolean;
  /** Of the best epoch, on the samples held out. */
  validationLoss: number;
  validationAccuracy: number;
  /** Share of the test pictures that it reads right, how many those were, and what. */
  accuracy: number;
  tested: number;
  testedOn: 'MNIST' | 'drawn digits' | 'own samples';
  /**
   * Whether those were neither trained with nor had a say in what was chosen. False where own samples were too few to
   * set some aside: then it was tested on those that chose the best epoch, and will read others less well.
   */
  independent: boolean;
  /**
   * Only where an existing model was fine-tuned: whether it reads the samples to validate with no worse than before.
   * Only then it is saved. `judged` has what that was decided by.
   */
  better?: boolean;
  judged?: { before: Accuracies; after: Accuracies };
  /** The same on test pictures; where no own samples are among those, on the own samples that it was judged by. */
  before?: Accuracies;
  after?: Accuracies;
  /** Own samples, where there were any, by what they were for. */
  samples?: { training: number; validation: number; test: number };
  /** Of the whole, from the message to the saved model. */
  seconds: number;
  secondsAnEpoch: number;
  /** The model card, Markdown. */
  card: string;
  /** What people should know, such as data that were not there. */
  notes: string[];
}
