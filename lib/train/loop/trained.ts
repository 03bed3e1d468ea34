import type { TrainingData } from '../data/training-data';
import type { Sources } from '../data/sources';
import type { TrainableNetwork } from '../engine/trainable';
import type { CheckedSettings, EngineName, Schedule } from '../common/settings';
import type { ModelBefore } from './evaluation';
import type { TrainingOutcome } from './train';

/** A training whose epochs are done, or that was stopped after some of them: what is decided and told by. */
export interface Trained extends Required<TrainingOutcome> {
  settings: CheckedSettings;
  engine: EngineName;
  schedule: Schedule;
  sources: Sources;
  data: TrainingData;
  /** With the weights of the best epoch. */
  network: TrainableNetwork;
  /** What the network was, where it went on from a model with own samples or further hands. */
  before: ModelBefore | undefined;
  signal: AbortSignal;
}
