import { setImmediate } from 'node:timers/promises';
import type { LabelledDigits } from '../../data/idx';
import { measure } from '../report/report';
import type { Accuracies } from '../common/result';
import { subset } from '../data/split';
import type { TrainableNetwork } from '../engine/trainable';

/** Once it has been stopped, a training is measured on no more pictures of a kind than this: whoever stops it waits. */
const QUICK = 400;

const turn = (): Promise<void> => setImmediate();

/** What lets others have their turn, and throws where that is to be stopped. */
export type Pause = () => Promise<void>;

/** Lets others have their turn, and ends what is running where the signal says so. */
export function pauseFor(signal: AbortSignal): Pause {
  return async () => {
    await turn();
    signal.throwIfAborted();
  };
}

/** Measures with all digits; once the signal has said to stop, with a few of them instead. */
export async function withFewOnceStopped<S extends Record<string, LabelledDigits>, R>(
  signal: AbortSignal,
  sets: S,
  work: (sets: S, pause: Pause, whole: boolean) => Promise<R>,
): Promise<R> {
  const pause = pauseFor(signal);
  try {
    await pause();
    return await work(sets, pause, true);
  } catch (error) {
    if (!signal.aborted) throw error;
    const few = Object.fromEntries(Object.entries(sets).map(([name, digits]) => [name, spread(digits)])) as S;
    return work(few, turn, false);
  }
}

/** A network as it was. */
export interface ModelBefore {
  weights: readonly Float32Array[];
  temperature: number;
}

/** Does something with a network as it was; afterwards it is as it is now. */
export async function withWeightsOf<R>(
  network: TrainableNetwork,
  { weights }: ModelBefore,
  work: () => Promise<R>,
): Promise<R> {
  const now = network.snapshot();
  network.restore(weights);
  try {
    return await work();
  } finally {
    network.restore(now);
  }
}

/** How a network reads own samples and usual digits. */
export async function accuraciesOf(
  network: TrainableNetwork,
  { own, usual }: { own: LabelledDigits; usual: LabelledDigits },
  temperature: number,
  pause: Pause,
): Promise<Accuracies> {
  return {
    samples: await shareOf(network, own, pause),
    usual: (await measure(network, usual, { temperature, pause })).accuracy,
  };
}

/** Share of own samples that is read right. They may show no digit, which is an answer too. */
export async function shareOf(network: TrainableNetwork, own: LabelledDigits, pause: Pause): Promise<number> {
  return network.lossAndAccuracy(await network.logitsOf(own.images, pause), own).accuracy;
}

/** A few from all over a data set, whose writers may come one after the other. */
function spread(digits: LabelledDigits): LabelledDigits {
  const count = Math.min(QUICK, digits.labels.length);
  return subset(
    digits,
    Array.from({ length: count }, (_, i) => Math.floor((i * digits.labels.length) / count)),
  );
}
