import { CLASSES } from '../../digit';
import { Network } from '../../engine/network';
import { readModel, type ModelFiles } from '../../models/model-files';
import { readSources } from '../data/sources';
import { trainingDataOf } from '../data/training-data';
import { buildCnn, buildMlp, type TensorFlow } from '../engine/network';
import { TrainableNetwork } from '../engine/trainable';
import { writeCard } from '../report/card';
import { scheduleOf, type CheckedSettings, type EngineName } from '../common/settings';
import { decide, type Decision } from './decide';
import { pauseFor } from './evaluation';
import { testOnce, type TestResult } from './test-once';
import { factsOf } from './facts';
import type { TrainingProgress, TrainingResult } from '../common/result';
import { saveTrained } from './save';
import { train } from './train';
import { TrainingError } from '../common/errors';
import type { Trained } from './trained';

export interface SessionOptions {
  onProgress: (progress: TrainingProgress) => void;
  /** In a few words what is done before and after the epochs. */
  onStage: (stage: string) => void;
  signal: AbortSignal;
  /** Where the data come from; default: what the settings name. */
  read?: typeof readSources;
}

/**
 * A whole training, from the data to the saved model, in the process or thread that TensorFlow.js is in.
 *
 * @throws (rejects) TrainingError where it goes astray, or is stopped before the first epoch is done: then nothing is
 *   saved; DataSetError; ModelError; what the file system says
 */
export async function runSession(
  tf: TensorFlow,
  engine: EngineName,
  settings: CheckedSettings,
  options: SessionOptions,
): Promise<TrainingResult> {
  const began = performance.now();
  const { signal, onStage, onProgress, read = readSources } = options;
  const schedule = scheduleOf(settings, engine);
  let network: TrainableNetwork | undefined;
  try {
    const sources = await read(settings, options);
    const files = settings.from ? await readModel(settings.from) : undefined;
    network = await networkOf(tf, settings, files);
    const data = await trainingDataOf(sources, settings, {
      seed: settings.seed,
      batchSize: settings.batchSize,
      classes: network.classes,
      pause: pauseFor(signal),
      goesOn: settings.from !== undefined,
      ...schedule,
    });
    // Further hands are few and alike: a network that goes on with them would forget others that it knew.
    const mayForget = settings.from && (data.fineTuning ?? sources.further);
    const before = mayForget ? networkBefore(network, files) : undefined;

    onStage('training');
    const { epochs, best } = await train(network, data.curriculum, { ...schedule, onProgress, signal });
    if (!best) throw stoppedTooEarly();
    const trained: Trained = { settings, engine, schedule, sources, data, network, before, epochs, best, signal };

    if (!signal.aborted) onStage('measuring');
    // All that is decided, is decided by samples to validate with.
    const decision = await decide(trained);
    // And only now the test is looked at.
    const tested = await testOnce(trained, decision);

    const stopped = signal.aborted;
    const facts = await factsOf(trained, decision, tested, { seconds: secondsSince(began), stopped });
    const card = writeCard(facts, tested.report);
    if (decision.better !== false) await saveTrained(network, settings.out, facts, tested.report, card);
    return resultOf(trained, decision, tested, { card, stopped, seconds: secondsSince(began) });
  } catch (error) {
    throw signal.aborted && !(error instanceof TrainingError) ? stoppedTooEarly() : error;
  } finally {
    network?.dispose();
  }
}

const stoppedTooEarly = (): TrainingError =>
  new TrainingError('stopped before the first epoch was done; nothing has been saved');

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

async function networkOf(
  tf: TensorFlow,
  { network, seed }: CheckedSettings,
  files: ModelFiles | undefined,
): Promise<TrainableNetwork> {
  if (files) {
    const {
      model,
      info: { inputShape, classes },
      endsInSoftmax,
    } = await Network.load(tf, files);
    return new TrainableNetwork(tf, model, { inputShape, classes, endsInSoftmax });
  }
  return network === 'mlp'
    ? new TrainableNetwork(tf, buildMlp(tf, seed), { inputShape: [28, 28], classes: CLASSES - 1, endsInSoftmax: false })
    : new TrainableNetwork(tf, buildCnn(tf, seed), { inputShape: [28, 28, 1], classes: CLASSES, endsInSoftmax: false });
}

function networkBefore(network: TrainableNetwork, files: ModelFiles | undefined): Trained['before'] {
  return { weights: network.snapshot(), temperature: files?.metadata.temperature ?? 1 };
}

function resultOf(
  { settings, engine, sources, data, epochs, best }: Trained,
  { judged, better }: Decision,
  { report, before, after }: TestResult,
  { card, stopped, seconds }: Pick<TrainingResult, 'card' | 'stopped' | 'seconds'>,
): TrainingResult {
  return {
    ...(better !== false && { path: settings.out }),
    engine,
    epochs: epochs.length,
    bestEpoch: best.epoch,
    stopped,
    validationLoss: best.validationLoss,
    validationAccuracy: best.validationAccuracy,
    accuracy: report.test.accuracy,
    tested: report.test.n,
    testedOn: data.test.name,
    independent: data.test.independent,
    ...(judged && before && after && { better: better === true, judged, before, after }),
    ...(data.own && { samples: data.own }),
    seconds,
    secondsAnEpoch: epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / epochs.length,
    card,
    notes: sources.notes,
  };
}
