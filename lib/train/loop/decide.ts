import type { LabelledDigits } from '../../data/idx';
import type { FineTuningCurriculum } from '../data/curriculum';
import { bestTemperature } from '../engine/calibrate';
import { weightsBetween, type TrainableNetwork } from '../engine/trainable';
import { accuraciesOf, pauseFor, withFewOnceStopped, withWeightsOf, type ModelBefore } from './evaluation';
import type { Accuracies } from '../common/result';
import type { Trained } from './trained';

/**
 * How far a network that goes on with own samples or further hands moves from what it was towards what it has learnt, 0
 * to 1.
 */
export const KEPT = 0.6;

/** Fine-tuning may cost this much of the accuracy on the usual digits; more is worse. */
const BEARABLE_LOSS = 0.001;

/** What is decided of a network by the samples to validate with. */
export interface Decision {
  /** See `bestTemperature`. */
  temperature: number;
  /** Only where an existing model was fine-tuned: see `TrainingResult`. */
  judged?: { before: Accuracies; after: Accuracies };
  better?: boolean;
}

/**
 * Decides with which weights and which temperature a trained network reads; and of a fine-tuned one, whether it has got
 * better. The network has these weights afterwards.
 */
export async function decide({ network, before, best, data, signal }: Trained): Promise<Decision> {
  if (!before) return { temperature: best.temperature };
  const { curriculum, fineTuning } = data;
  const temperature = await settle(network, before, best.temperature, curriculum.validation, signal);
  if (!fineTuning) return { temperature };
  const judged = await judge(network, before, temperature, fineTuning, signal);
  return { temperature, judged, better: isBetter(judged) };
}

/**
 * Moves a network that has gone on from a model part of the way back to what it was, which keeps most of what it has
 * learnt and forgets far less (Wortsman et al. 2022: "Robust fine-tuning of zero-shot models").
 * @returns its temperature; once it has been stopped, it stays as it is
 */
async function settle(
  network: TrainableNetwork,
  before: ModelBefore,
  temperature: number,
  validation: LabelledDigits,
  signal: AbortSignal,
): Promise<number> {
  const after = network.snapshot();
  try {
    network.restore(weightsBetween(before.weights, after, KEPT));
    return bestTemperature(
      await network.logitsOf(validation.images, pauseFor(signal)),
      validation.labels,
      network.classes,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    network.restore(after);
    return temperature;
  }
}

/** How a fine-tuned network reads what it is judged by, and how it read that before. */
function judge(
  network: TrainableNetwork,
  before: ModelBefore,
  temperature: number,
  { judges }: FineTuningCurriculum,
  signal: AbortSignal,
): Promise<{ before: Accuracies; after: Accuracies }> {
  return withFewOnceStopped(signal, judges, async (sets, pause) => ({
    after: await accuraciesOf(network, sets, temperature, pause),
    before: await withWeightsOf(network, before, () => accuraciesOf(network, sets, before.temperature, pause)),
  }));
}

function isBetter({ before, after }: { before: Accuracies; after: Accuracies }): boolean {
  return after.samples >= before.samples && after.usual >= before.usual - BEARABLE_LOSS;
}
