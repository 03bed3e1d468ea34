import { basename } from 'node:path';
import { NOT_A_DIGIT } from '../../digit';
import type { FurtherSets, Part } from '../data/further';
import { readSets } from '../data/sources';
import { digitsOnly } from '../data/split';
import { ENGINE_TITLES } from '../engine/engines';
import type { TrainableNetwork } from '../engine/trainable';
import { commandOf } from '../report/again';
import type { CardFacts } from '../report/card';
import type { FurtherFacts } from '../report/card-further';
import { measure, measureLetters } from '../report/report';
import { KEPT, type Decision } from './decide';
import { withFewOnceStopped } from './evaluation';
import type { TestResult } from './test-once';
import type { Trained } from './trained';

/**
 * What a model card tells of a training, with figures on other data sets, which are measured here.
 * @param seconds that the training has taken
 * @param stopped whether it was stopped before its end: then only what was trained with is measured
 * @throws (rejects) DataSetError where another data set cannot be read
 */
export async function factsOf(
  { settings, engine, schedule, sources, data, network, before, epochs, best, signal }: Trained,
  { temperature }: Decision,
  tested: TestResult,
  { seconds, stopped }: { seconds: number; stopped: boolean },
): Promise<CardFacts> {
  const { out, name = basename(out).replace(/\.keras$/, ''), version = '', from, seed, sets } = settings;
  const { classes } = network;
  const { further } = sources;
  const usual = sources.mnist !== undefined;
  return {
    name,
    version,
    trainedAt: new Date().toISOString(),
    engine: ENGINE_TITLES[engine],
    weights: network.model.countParams(),
    classes,
    network: from ? 'existing' : settings.network,
    from,
    augmentation: schedule.augmentation,
    averaging: schedule.recipe.averaging,
    digits: data.curriculum.data.labels.length - partSize(further, 'train', classes),
    heldOut: data.held - partSize(further, 'choose', classes),
    usual,
    testedOn: data.test.name,
    independent: data.test.independent,
    ...(data.own && { own: data.own }),
    fineTuned: data.fineTuning !== undefined,
    epochs: schedule.epochs,
    completed: epochs.length,
    bestEpoch: best.epoch,
    seed,
    seconds,
    before: tested.before,
    after: tested.after,
    again: commandOf(settings, { engine, epochs: schedule.epochs, usual }),
    others: stopped || !sets ? {} : await measureSets(network, sets, further, temperature, signal),
    ...(before && further && { settled: KEPT }),
    ...(further && { further: await measureKept(network, further, temperature, signal) }),
  };
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
