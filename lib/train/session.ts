import { basename } from 'node:path';
import { Network } from '../classify/network';
import { readModel, type ModelFiles } from '../models/model-files';
import { bestTemperature } from './calibrate';
import { writeCard, type CardFacts } from './card';
import { fineTuningCourse, joined, shuffled, wholeCourse, type Course, type FineTuningCourse } from './course';
import type { LabelledDigits } from '../data/idx';
import { drawDigit } from './drawn-digits';
import { ENGINE_TITLES } from './engines';
import { Exam } from './exam';
import { buildCnn, buildMlp, CLASSES, NOT_A_DIGIT, type TensorFlow } from './network';
import { Random } from './random';
import { measure } from './report';
import type { TrainingProgress, TrainingResult } from './result';
import { saveTrained } from './save';
import { scheduleOf, type CheckedSettings, type EngineName } from './settings';
import { digitsOnly, readSets, readSources, type Sources } from './sources';
import { train, TrainingError } from './train';
import { TrainableNetwork } from './trainable';

export interface SessionOptions {
  onProgress: (progress: TrainingProgress) => void;
  /** In a few words what is done before and after the epochs. */
  onStage: (stage: string) => void;
  signal: AbortSignal;
}

/** How far a fine-tuned network goes from what it was towards what it has learnt, 0 to 1. */
const KEPT = 0.6;

/** Fine-tuning may cost this much of the accuracy on the usual digits; more is worse. */
const BEARABLE_LOSS = 0.001;

/**
 * A whole training, from the data to the saved model, in the process or thread that TensorFlow.js is in.
 *
 * @throws (rejects) TrainingError where it goes astray, or is stopped before the first epoch is done: then nothing is saved;
 *   DataSetError; ModelError; what the file system says
 */
export async function runSession(tf: TensorFlow, engine: EngineName, settings: CheckedSettings, options: SessionOptions): Promise<TrainingResult> {
  const began = performance.now();
  const { signal, onStage, onProgress } = options;
  const { seed, batchSize } = settings;
  const schedule = scheduleOf(settings, engine);
  const stopped = (): TrainingError => new TrainingError('stopped before the first epoch was done; nothing has been saved');
  let network: TrainableNetwork | undefined;
  try {
    const sources = await readSources(settings, options);
    const files = settings.from ? await readModel(settings.from) : undefined;
    network = await networkOf(tf, settings, files);
    const { classes } = network;
    if (sources.samples && classes <= NOT_A_DIGIT) sources.samples = digitsOnly(sources.samples);
    const fineTuning = settings.from && sources.samples ? fineTuningCourse(sources.samples, sources.mnist?.training, { seed, batchSize, classes }) : undefined;
    const course = fineTuning ?? wholeCourse(dataOf(sources, seed), { seed, batchSize, classes, ...schedule });
    const test = testOf(sources, course, seed);
    const { heldOut, training } = fineTuning?.own ?? {};
    const own = heldOut && heldOut.labels.length > 0 ? heldOut : training;
    const exam = new Exam(network, { test: test.digits, own, temperature: files?.metadata.temperature ?? 1, seed, whole: !fineTuning && schedule.augmentation, signal });

    if (own) onStage('measuring before');
    await exam.before();
    const weightsBefore = fineTuning && network.snapshot();
    onStage('training');
    const { epochs, best } = await train(network, course, { ...schedule, onProgress, signal });
    if (!best) throw stopped();
    if (!signal.aborted) onStage('measuring');
    const temperature = weightsBefore && !signal.aborted ? await settle(network, weightsBefore, course) : best.temperature;
    const { report, before, after } = await exam.after(temperature);
    const stoppedEarly = signal.aborted;

    const better = before && after && after.samples >= before.samples && after.usual >= before.usual - BEARABLE_LOSS;
    const seconds = (performance.now() - began) / 1000;
    const secondsAnEpoch = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0) / epochs.length;
    const { out, name = basename(out).replace(/\.keras$/, ''), version = '' } = settings;
    const facts: CardFacts = {
      name, version, trainedAt: new Date().toISOString(), engine: ENGINE_TITLES[engine], weights: network.model.countParams(), classes,
      network: settings.from ? 'existing' : settings.network, from: settings.from, augmentation: schedule.augmentation,
      digits: course.data.labels.length, heldOut: heldOutOf(course), usual: sources.mnist !== undefined, testedOn: test.name,
      ...(fineTuning && { samples: fineTuning.own.training.labels.length }),
      epochs: schedule.epochs, bestEpoch: best.epoch, seed, seconds, before, after,
      others: stoppedEarly || !settings.sets ? {} : await measureSets(network, settings.sets, temperature),
    };
    const card = writeCard(facts, report);
    if (better !== false) await saveTrained(network, out, facts, report, card);
    return {
      ...(better !== false && { path: out }), engine, epochs: epochs.length, bestEpoch: best.epoch, stopped: stoppedEarly,
      validationLoss: best.validationLoss, validationAccuracy: best.validationAccuracy,
      accuracy: report.test.accuracy, tested: report.test.n, testedOn: test.name,
      ...(before && after && { better: better === true, before, after }),
      ...(fineTuning && { samples: { training: fineTuning.own.training.labels.length, heldOut: fineTuning.own.heldOut.labels.length } }),
      seconds: (performance.now() - began) / 1000, secondsAnEpoch, card, notes: sources.notes,
    };
  } catch (error) {
    throw signal.aborted && !(error instanceof TrainingError) ? stopped() : error;
  } finally {
    network?.dispose();
  }
}

async function networkOf(tf: TensorFlow, { network, seed }: CheckedSettings, files: ModelFiles | undefined): Promise<TrainableNetwork> {
  if (files) {
    const { model, info: { inputShape, classes }, endsInSoftmax } = await Network.load(tf, files);
    return new TrainableNetwork(tf, model, { inputShape, classes, endsInSoftmax });
  }
  return network === 'mlp'
    ? new TrainableNetwork(tf, buildMlp(tf, seed), { inputShape: [28, 28], classes: CLASSES - 1, endsInSoftmax: false })
    : new TrainableNetwork(tf, buildCnn(tf, seed), { inputShape: [28, 28, 1], classes: CLASSES, endsInSoftmax: false });
}

/** What a network is trained with from the beginning. MNIST comes in a good order; pictures come sorted by their label. */
function dataOf({ mnist, samples }: Sources, seed: number): LabelledDigits {
  if (!samples) {
    if (!mnist) throw new TrainingError('there is nothing to train with');
    return mnist.training;
  }
  return shuffled(mnist ? joined(samples, mnist.training) : samples, seed);
}

const DRAWN_TEST = 2000;

function testOf({ mnist }: Sources, course: Course, seed: number): { name: TrainingResult['testedOn']; digits: LabelledDigits } {
  if (mnist) return { name: 'MNIST', digits: mnist.test };
  if (!('own' in course)) return { name: 'own samples', digits: digitsOnly(course.validation) };
  const drawn = Array.from({ length: DRAWN_TEST }, (_, i) => drawDigit(new Random(seed, -3, i)));
  return { name: 'drawn digits', digits: { images: Buffer.concat(drawn.map(({ image }) => image)), labels: Uint8Array.from(drawn, ({ label }) => label) } };
}

/** How many of the data set's pictures were not trained with. */
function heldOutOf(course: Course): number {
  return 'own' in course ? (course as FineTuningCourse).own.heldOut.labels.length : Math.ceil(course.data.labels.length / 9);
}

/**
 * Moves a fine-tuned network part of the way back to what it was, which keeps most of what it has learnt and forgets far less
 * (Wortsman et al. 2022: "Robust fine-tuning of zero-shot models").
 * @returns its temperature
 */
async function settle(network: TrainableNetwork, before: Float32Array[], { validation }: Course): Promise<number> {
  const after = network.snapshot();
  network.restore(after.map((values, i) => values.map((value, k) => KEPT * value + (1 - KEPT) * before[i][k])));
  return bestTemperature(await network.logitsOf(validation.images), validation.labels, network.classes);
}

async function measureSets(network: TrainableNetwork, folder: string, temperature: number): Promise<CardFacts['others']> {
  const figures: CardFacts['others'] = {};
  for (const [name, digits] of Object.entries(await readSets(folder))) figures[name] = await measure(network, digits, { temperature });
  return figures;
}
