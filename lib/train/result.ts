import type { EngineName } from './settings';
import type { EpochResult, TrainingProgress } from './train';

/** How far a training is. */
export type { EpochResult, TrainingProgress };

/** Share of pictures that a model reads right, 0 to 1. */
export interface Standing {
  /** On the own samples held out; on all of them where too few were there to hold some out. */
  samples: number;
  /** On MNIST's test set, or on drawn digits where MNIST is not there. */
  usual: number;
}

/** What a training came to. */
export interface TrainingResult {
  /** Where the model lies: the folder or the .keras file. Not there where it was not saved, because it would be worse. */
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
  /** Only where an existing model was fine-tuned: whether it reads no worse than before. Only then it is saved. */
  better?: boolean;
  before?: Standing;
  after?: Standing;
  /** Own samples, where there were any. */
  samples?: { training: number; heldOut: number };
  /** Of the whole, from the message to the saved model. */
  seconds: number;
  secondsAnEpoch: number;
  /** The model card, Markdown. */
  card: string;
  /** What people should know, such as data that were not there. */
  notes: string[];
}
