import { basename } from 'node:path';
import { Network } from '../../classify/network';
import { readModel, type ModelFiles } from '../../models/model-files';
import { commandOf } from '../report/again';
import { bestTemperature } from '../engine/calibrate';
import { writeCard, type CardFacts } from '../report/card';
import type { FurtherFacts } from '../report/card-further';
import type { Curriculum, FineTuningCurriculum } from '../data/curriculum';
import { ENGINE_TITLES } from '../engine/engines';
import { withWeightsOf, pauseFor, shareOf, accuraciesOf, withFewOnceStopped, type ModelBefore } from './evaluation';
import type { FurtherSets, Part } from '../data/further';
import { trainingDataOf, type Test } from '../data/training-data';
import { buildCnn, buildMlp, type TensorFlow } from '../engine/network';
import { measure, measureLetters, reportOn, type Report } from '../report/report';
import type { Accuracies, TrainingProgress, TrainingResult } from './result';
import { saveTrained } from './save';
import { scheduleOf, type CheckedSettings, type EngineName } from '../settings';
import { readSets, readSources } from '../data/sources';
import { digitsOnly } from '../data/split';
import { train, TrainingError } from './train';
import { TrainableNetwork } from '../engine/trainable';
import { CLASSES, NOT_A_DIGIT } from '../../digit';

export interface SessionOptions {
  onProgress: (progress: TrainingProgress) => void;
  /** In a few words what is done before and after the epochs. */
  onStage: (stage: string) => void;
  signal: AbortSignal;
  /** Where the data come from; default: what the settings name. */
  read?: typeof readSources;
}

/**
 * How far a network that goes on with own samples or further hands moves from what it was towards what it has learnt, 0
 * to 1.
 */
const KEPT = 0.6;

/** Fine-tuning may cost this much of the accuracy on the usual digits; more is worse. */
const BEARABLE_LOSS = 0.001;

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
  const { seed, batchSize } = settings;
  const schedule = scheduleOf(settings, engine);
  const stopped = (): TrainingError =>
    new TrainingError('stopped before the first epoch was done; nothing has been saved');
  let network: TrainableNetwork | undefined;
  try {
    const sources = await read(settings, options);
    const files = settings.from ? await readModel(settings.from) : undefined;
    network = await networkOf(tf, settings, files);
    const { classes } = network;
    const pause = pauseFor(signal);
    const { curriculum, fineTuning, test, held, own } = await trainingDataOf(sources, settings, {
      seed,
      batchSize,
      classes,
      pause,
      goesOn: settings.from !== undefined,
      ...schedule,
    });

    // Further hands are few and alike: a network that goes on with them would forget others that it knew.
    const start = settings.from && (fineTuning ?? sources.further) ? network.snapshot() : undefined;
    const earlier = fineTuning && { weights: network.snapshot(), temperature: files?.metadata.temperature ?? 1 };
    onStage('training');
    const { epochs, best } = await train(network, curriculum, { ...schedule, onProgress, signal });
    if (!best) throw stopped();
    if (!signal.aborted) onStage('measuring');
    // All that is decided, is decided by samples to validate with.
    const temperature = start
      ? await calibrate(network, start, best.temperature, curriculum, signal)
      : best.temperature;
    const judged = earlier && (await judge(network, earlier, temperature, fineTuning, signal));
    const better =
      judged &&
      judged.after.samples >= judged.before.samples &&
      judged.after.usual >= judged.before.usual - BEARABLE_LOSS;
    // And only now the test is looked at.
    const { report, before, after } = await examine(network, test, {
      temperature,
      earlier,
      judged,
      seed,
      signal,
      whole: !fineTuning && schedule.augmentation,
    });
    const stoppedEarly = signal.aborted;

    const seconds = (performance.now() - began) / 1000;
    const secondsAnEpoch = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / epochs.length;
    const { out, name = basename(out).replace(/\.keras$/, ''), version = '' } = settings;
    const facts: CardFacts = {
      name,
      version,
      trainedAt: new Date().toISOString(),
      engine: ENGINE_TITLES[engine],
      weights: network.model.countParams(),
      classes,
      network: settings.from ? 'existing' : settings.network,
      from: settings.from,
      augmentation: schedule.augmentation,
      averaging: schedule.recipe.averaging,
      digits: curriculum.data.labels.length - partSize(sources.further, 'train', classes),
      heldOut: held - partSize(sources.further, 'choose', classes),
      usual: sources.mnist !== undefined,
      testedOn: test.name,
      independent: test.independent,
      ...(own && { own }),
      fineTuned: fineTuning !== undefined,
      epochs: schedule.epochs,
      completed: epochs.length,
      bestEpoch: best.epoch,
      seed,
      seconds,
      before,
      after,
      again: commandOf(settings, { engine, epochs: schedule.epochs, usual: sources.mnist !== undefined }),
      others:
        stoppedEarly || !settings.sets
          ? {}
          : await measureSets(network, settings.sets, sources.further, temperature, signal),
      ...(start && sources.further && { settled: KEPT }),
      ...(sources.further && { further: await measureKept(network, sources.further, temperature, signal) }),
    };
    const card = writeCard(facts, report);
    if (better !== false) await saveTrained(network, out, facts, report, card);
    return {
      ...(better !== false && { path: out }),
      engine,
      epochs: epochs.length,
      bestEpoch: best.epoch,
      stopped: stoppedEarly,
      validationLoss: best.validationLoss,
      validationAccuracy: best.validationAccuracy,
      accuracy: report.test.accuracy,
      tested: report.test.n,
      testedOn: test.name,
      independent: test.independent,
      ...(judged && before && after && { better: better === true, judged, before, after }),
      ...(own && { samples: own }),
      seconds: (performance.now() - began) / 1000,
      secondsAnEpoch,
      card,
      notes: sources.notes,
    };
  } catch (error) {
    throw signal.aborted && !(error instanceof TrainingError) ? stopped() : error;
  } finally {
    network?.dispose();
  }
}

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

/**
 * Moves a network that has gone on from a model part of the way back to what it was, which keeps most of what it has
 * learnt and forgets far less (Wortsman et al. 2022: "Robust fine-tuning of zero-shot models").
 * @returns its temperature; once it has been stopped, it stays as it is
 */
async function calibrate(
  network: TrainableNetwork,
  before: readonly Float32Array[],
  temperature: number,
  { validation }: Curriculum,
  signal: AbortSignal,
): Promise<number> {
  const after = network.snapshot();
  try {
    network.restore(after.map((values, i) => values.map((value, k) => KEPT * value + (1 - KEPT) * before[i][k])));
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
  earlier: ModelBefore,
  temperature: number,
  { judges }: FineTuningCurriculum,
  signal: AbortSignal,
): Promise<{ before: Accuracies; after: Accuracies }> {
  return withFewOnceStopped(signal, judges, async (sets, pause) => ({
    after: await accuraciesOf(network, sets, temperature, pause),
    before: await withWeightsOf(network, earlier, () => accuraciesOf(network, sets, earlier.temperature, pause)),
  }));
}

interface ExamOptions {
  temperature: number;
  /** A fine-tuned network before its training, and what it was judged by. */
  earlier: ModelBefore | undefined;
  judged: { before: Accuracies; after: Accuracies } | undefined;
  seed: number;
  signal: AbortSignal;
  /** Whether to measure also on digits made anew and on drawn things that are none. */
  whole: boolean;
}

/** Looks at the test digits, for the first and the last time. */
async function examine(
  network: TrainableNetwork,
  test: Test,
  { temperature, earlier, judged, seed, signal, whole }: ExamOptions,
): Promise<{ report: Report; before?: Accuracies; after?: Accuracies }> {
  const own = test.own?.open();
  const usual = test.usual.open();
  return withFewOnceStopped(signal, { usual, own: own ?? usual }, async (sets, pause, all) => {
    const options = { temperature, pause };
    const report =
      whole && all
        ? await reportOn(network, sets.usual, seed, options)
        : { temperature, test: await measure(network, sets.usual, options) };
    if (!earlier || !judged) return { report };
    // Without own samples to test with, one has to do with those that it was judged by, which is said.
    if (!own) {
      const { accuracy } = await withWeightsOf(network, earlier, () =>
        measure(network, sets.usual, { temperature: earlier.temperature, pause }),
      );
      return {
        report,
        before: { samples: judged.before.samples, usual: accuracy },
        after: { samples: judged.after.samples, usual: report.test.accuracy },
      };
    }
    return {
      report,
      after: { samples: await shareOf(network, sets.own, pause), usual: report.test.accuracy },
      before: await withWeightsOf(network, earlier, () => accuraciesOf(network, sets, earlier.temperature, pause)),
    };
  });
}

/** Sets that no picture of was trained with. */
async function measureSets(
  network: TrainableNetwork,
  folder: string,
  further: FurtherSets | undefined,
  temperature: number,
  signal: AbortSignal,
): Promise<CardFacts['others']> {
  const figures: CardFacts['others'] = {};
  for (const [name, digits] of Object.entries(await readSets(folder))) {
    if (signal.aborted) break;
    if (further?.hands.some((set) => set.name === name)) continue;
    figures[name] = await withFewOnceStopped(signal, { digits }, (sets, pause) =>
      measure(network, sets.digits, { temperature, pause }),
    );
  }
  return figures;
}

/** Pictures of further sets for a part. */
function partSize(further: FurtherSets | undefined, part: Part, classes: number): number {
  const isKnown = classes > NOT_A_DIGIT;
  const { hands = [], letters = [], pages = [] } = further ?? {};
  const shapes = pages.map(({ parts }) => (isKnown ? parts[part] : digitsOnly(parts[part])).labels.length);
  const others = [...hands, ...(isKnown ? letters : [])].map(({ parts }) => parts[part].labels.length);
  return [...shapes, ...others].reduce((a, b) => a + b, 0);
}

/** What was kept of the sets that were trained with. */
async function measureKept(
  network: TrainableNetwork,
  { hands, letters, pages }: FurtherSets,
  temperature: number,
  signal: AbortSignal,
): Promise<FurtherFacts> {
  const drawn = pages.at(0);
  const facts: FurtherFacts = {
    hands: [],
    letters: [],
    ...(drawn && { pages: { training: drawn.parts.train.labels.length, held: drawn.parts.choose.labels.length } }),
  };
  const base = ({ name, credit, kept, parts }: FurtherSets['hands'][number]) => ({
    name,
    credit,
    kept,
    training: parts.train.labels.length,
    held: parts.choose.labels.length,
  });
  for (const set of hands) {
    facts.hands.push({
      ...base(set),
      figures: await withFewOnceStopped(signal, { digits: set.parts.measure }, (sets, pause) =>
        measure(network, sets.digits, { temperature, pause }),
      ),
    });
  }
  if (network.classes <= NOT_A_DIGIT) return facts;
  for (const set of letters) {
    facts.letters.push({
      ...base(set),
      figures: await withFewOnceStopped(signal, { digits: set.parts.measure }, (sets, pause) =>
        measureLetters(network, sets.digits, { temperature, pause }),
      ),
    });
  }
  return facts;
}
