// node train.js FOLDER OUT [EPOCHS [ENGINE [FROM]]]: trains the network on samples (train-*.bin), keeps the best epoch
// of choose-*.bin. ENGINE is auto (native TensorFlow where it is installed), native or wasm. With FROM it goes on with
// that model, at half the rate.
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CANDIDATES } from '../../lib/classify/judgement';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';
import { Adam } from '../../lib/train/engine/adam';
import { chooseEngine, loadTensorFlow } from '../../lib/train/engine/engines';
import type { TensorFlow as TrainTensorFlow } from '../../lib/train/engine/network';
import { Random } from '../../lib/random';
import type { EngineChoice } from '../../lib/train/common/settings';
import { saveNetwork } from '../../lib/train/loop/save';
import { rate } from '../../lib/train/loop/train';
import type { Recipe } from '../../lib/train/common/recipe';
import { weightsOf } from '../../lib/train/engine/trainable';
import type { Part } from '../pages/part';
import { Batches, type Variation } from './batches';
import { BOTH, buildSurroundingsNetwork, goOnWith, type TensorFlow } from './network';
import { CANDIDATE, readSamples } from './samples';

const SEED = 1;

export interface Plan extends Recipe {
  batch: number;
  /** Share of what goes into the dense layers that is left out at each step. */
  dropout: number;
  variation: Variation;
}

/**
 * Without dropout and variation the network learns the pages by heart: the samples chosen by get no better after five
 * epochs, while the loss goes on falling. With both it gets better to the end, and needs more epochs for it.
 */
export const PLAN: Plan = {
  batch: 128,
  learningRate: 2e-3,
  schedule: 'cosine',
  labelSmoothing: 0,
  weightDecay: 1e-2,
  averaging: 0.998,
  judge: 'loss',
  dropout: 0.3,
  variation: { gamma: 0.15, noise: 0.05, shift: 1, scale: 0.08, turn: 0.08, still: 0.3 },
};

/** Those whose label is clear. */
export const readClear = (folder: string, part: Part): Buffer[] =>
  readSamples(folder, part).filter((sample) => sample.readUInt8(CANDIDATE) < CANDIDATES.length);

/** The network with what training needs of it. */
class Training {
  readonly weights: Variable[];
  readonly #front: LayersModel;
  readonly #batches: Batches;
  readonly #random = new Random(SEED);
  readonly adam: Adam;
  #step = 0;

  constructor(
    private readonly tf: TensorFlow,
    private readonly model: LayersModel,
    private readonly plan: Plan,
  ) {
    this.weights = weightsOf(tf, model);
    // A dropout layer would leave out the same at each step, or what no seed decides.
    this.#front = tf.model({ inputs: model.inputs, outputs: model.getLayer(BOTH).output });
    this.#batches = new Batches(plan.batch);
    this.adam = new Adam(tf as unknown as TrainTensorFlow, this.weights, plan.averaging, plan.weightDecay);
  }

  /** @returns the mean loss */
  epoch(
    samples: readonly Buffer[],
    order: Int32Array,
    epochs: number,
    onStep: (done: number, loss: number) => void,
  ): number {
    const { batch } = this.plan;
    const count = Math.floor(order.length / batch);
    this.#random.shuffle(order);
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const chosen = [...order.subarray(i * batch, (i + 1) * batch)].flatMap((k) => samples[k] ?? []);
      this.#batches.varied(chosen, this.plan.variation, this.#random);
      loss += this.#learn(rate(this.#step++, count * epochs, this.plan));
      onStep(i + 1, loss / (i + 1));
    }
    return loss / count;
  }

  #inputs(count: number): Tensor[] {
    const { tf } = this;
    const { pictures, measures, size } = this.#batches;
    const part = (values: Float32Array): Float32Array => values.subarray(0, (values.length / size) * count);
    return [
      tf.tensor(part(pictures), [count, SURROUNDINGS_SIZE, SURROUNDINGS_SIZE, SURROUNDINGS_CHANNELS]),
      tf.tensor(part(measures), [count, MEASURES]),
    ];
  }

  #learn(learningRate: number): number {
    const {
      tf,
      model,
      plan: { batch, labelSmoothing, dropout },
    } = this;
    const classes = CANDIDATES.length;
    return tf.tidy(() => {
      const inputs = this.#inputs(batch);
      const labels = tf.tensor1d(this.#batches.labels, 'int32');
      const y = tf.add(tf.mul(tf.oneHot(labels, classes), 1 - labelSmoothing), labelSmoothing / classes);
      const { value, grads } = tf.variableGrads(() => {
        let logits = this.#front.apply(inputs, { training: true }) as Tensor;
        if (dropout > 0) logits = tf.dropout(logits, dropout, undefined, this.#step);
        const last = model.layers.findIndex(({ name }) => name === BOTH);
        for (const layer of model.layers.slice(last + 1)) logits = layer.apply(logits, { training: true }) as Tensor;
        return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
      }, this.weights);
      this.adam.apply(grads, learningRate);
      return value.dataSync().at(0) ?? NaN;
    });
  }

  /** The mean cross-entropy, and how many of each kind were taken for which. */
  judge(samples: readonly Buffer[]): { loss: number; confusion: number[][] } {
    const {
      tf,
      model,
      plan: { batch },
    } = this;
    const classes = CANDIDATES.length;
    const answers: { label: number; read: number }[] = [];
    let loss = 0;
    for (let at = 0; at < samples.length; at += batch) {
      const part = samples.slice(at, at + batch);
      this.#batches.plain(part);
      const logits = (): Tensor => model.apply(this.#inputs(part.length), { training: false }) as Tensor;
      const values = tf.tidy(() => tf.logSoftmax(logits()).dataSync());
      part.forEach((sample, i) => {
        const own = Array.from(values.subarray(i * classes, (i + 1) * classes));
        const label = sample.readUInt8(CANDIDATE);
        loss -= own.at(label) ?? NaN;
        answers.push({ label, read: own.indexOf(Math.max(...own)) });
      });
    }
    const confusion = CANDIDATES.map((_, label) => {
      const own = answers.filter((answer) => answer.label === label);
      return CANDIDATES.map((__, read) => own.filter((answer) => answer.read === read).length);
    });
    return { loss: loss / samples.length, confusion };
  }
}

/** @param onBest called after an epoch that was the best so far, with its weights in the model */
export async function trainSurroundings(
  tf: TensorFlow,
  model: LayersModel,
  samples: Record<'training' | 'choosing', readonly Buffer[]>,
  epochs: number,
  plan: Plan,
  onBest: () => Promise<void>,
): Promise<void> {
  const training = new Training(tf, model, plan);
  const order = Int32Array.from(samples.training.keys());
  let best = Infinity;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
    const loss = training.epoch(samples.training, order, epochs, (done, mean) => {
      if (done % 200 > 0) return;
      console.log(`  ${epoch}: ${done * plan.batch} of ${order.length}, loss ${mean.toFixed(4)}, ${seconds()}`);
    });
    const trained = seconds();
    await training.adam.averaged(async () => {
      const judged = training.judge(samples.choosing);
      const confusion = JSON.stringify(judged.confusion);
      const told = `epoch ${epoch}: ${trained}, loss ${loss.toFixed(4)}, chosen by ${judged.loss.toFixed(4)}`;
      console.log(`${told}, ${confusion}`);
      if (judged.loss >= best) return;
      best = judged.loss;
      await onBest();
    });
  }
}

async function main(): Promise<void> {
  const [folder = '', out = '', epochs = '12', wanted = 'auto', from] = process.argv.slice(2);
  const engine = await chooseEngine(wanted as EngineChoice);
  const tf = (await loadTensorFlow(engine)) as unknown as TensorFlow;
  const samples = { training: readClear(folder, 'train'), choosing: readClear(folder, 'choose') };
  const model = buildSurroundingsNetwork(tf, SEED);
  if (from) await goOnWith(tf, model, from);
  const {
    training: { length },
    choosing,
  } = samples;
  console.log(`${engine}, ${length} to train with, ${choosing.length} to choose with, ${model.countParams()} weights`);
  const plan = from ? { ...PLAN, learningRate: PLAN.learningRate / 2 } : PLAN;
  await trainSurroundings(tf, model, samples, Number(epochs), plan, () =>
    saveNetwork(model, out, { name: 'InkCam surroundings' }),
  );
}

if (require.main === module) void main();
