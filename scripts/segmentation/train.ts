// node train.js FOLDER OUT [STEPS [ENGINE [FROM]]]: trains the segmentation network on samples (train-*.ink) and tells
// how well it does on choose-*.ink. ENGINE is auto (native TensorFlow where it is installed), native or wasm. With FROM
// it goes on with that model, at half the rate.
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { HEAD } from '../../lib/segmentation/architecture';
import { INPUT_CHANNELS } from '../../lib/segmentation/input';
import { Adam } from '../../lib/train/engine/adam';
import { chooseEngine, loadTensorFlow } from '../../lib/train/engine/engines';
import type { TensorFlow as TrainTensorFlow } from '../../lib/train/engine/network';
import { Random } from '../../lib/random';
import { saveNetwork } from '../../lib/train/loop/save';
import type { EngineChoice } from '../../lib/train/common/settings';
import { weightsOf } from '../../lib/train/engine/trainable';
import { goOnWith, type TensorFlow } from '../surroundings/network';
import { CROP, Crops } from './crops';
import { buildSegmentationNetwork } from './network';
import { readSegmentationSamples, type Sample } from './samples';

const SEED = 1;
const BATCH = 16;
const WEIGHT_DECAY = 1e-3;
const AVERAGING = 0.998;

/** The rate rises over the first steps, then falls as a cosine to a share of itself. */
const LEARNING_RATE = 3e-3;
const RISING = 200;
const LAST = 0.01;

/** Pieces that the network is judged by, and steps from one time to the next. */
const JUDGED = 640;
const JUDGED_EVERY = 1000;
const TOLD_EVERY = 100;

/** Share of the ink's pixels that is found, and of those found that is ink; mean cross-entropy of a pixel's values. */
interface Judged {
  loss: number;
  recall: number;
  precision: number;
}

class Training {
  readonly #crops = new Crops(BATCH);
  readonly #random = new Random(SEED);
  readonly #weights: Variable[];
  readonly adam: Adam;

  constructor(
    private readonly tf: TensorFlow,
    private readonly model: LayersModel,
    private readonly steps: number,
    private readonly rate: number,
  ) {
    this.#weights = weightsOf(tf, model);
    this.adam = new Adam(tf as unknown as TrainTensorFlow, this.#weights, AVERAGING, WEIGHT_DECAY);
  }

  /** @returns the loss */
  learn(samples: readonly Sample[], step: number): number {
    const { tf } = this;
    const random = this.#random;
    this.#crops.fill(
      Array.from({ length: BATCH }, () => random.pick(samples)),
      random,
      true,
    );
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => this.#loss(this.#logits(true)), this.#weights);
      this.adam.apply(grads, this.#rate(step));
      return value.dataSync().at(0) ?? NaN;
    });
  }

  judge(samples: readonly Sample[]): Judged {
    const { tf } = this;
    const random = new Random(SEED);
    const crops = this.#crops;
    const judged = Array.from({ length: JUDGED }, (_, i) => i % samples.length).flatMap((i) => samples[i] ?? []);
    let loss = 0;
    let hits = 0;
    let found = 0;
    let there = 0;
    for (let at = 0; at < JUDGED; at += BATCH) {
      crops.fill(judged.slice(at, at + BATCH), random, false);
      tf.tidy(() => {
        const logits = this.#logits(false);
        loss += ((this.#loss(logits).dataSync().at(0) ?? NaN) * BATCH) / JUDGED;
        logits.dataSync().forEach((value, i) => {
          const isInk = (crops.targets[i] ?? 0) > 0.5;
          const isFound = value > 0;
          if (isInk) there++;
          if (isFound) found++;
          if (isInk && isFound) hits++;
        });
      });
    }
    return { loss, recall: hits / there, precision: hits / found };
  }

  #logits(training: boolean): Tensor {
    const pictures = this.tf.tensor(this.#crops.pictures, [BATCH, CROP, CROP, INPUT_CHANNELS]);
    return this.model.apply(pictures, { training }) as Tensor;
  }

  /** Cross-entropy of logits z with shares t: max(z, 0) - z·t + log(1 + exp(-|z|)). */
  #loss(logits: Tensor): Scalar {
    const { tf } = this;
    const shares = tf.tensor(this.#crops.targets, [BATCH, CROP / 2, CROP / 2, HEAD]);
    const positive = tf.sub(tf.relu(logits), tf.mul(logits, shares));
    return tf.mean(tf.add(positive, tf.log1p(tf.exp(tf.neg(tf.abs(logits))))));
  }

  #rate(step: number): number {
    const cosine = (1 + Math.cos((Math.PI * step) / this.steps)) / 2;
    return this.rate * Math.min(1, step / RISING) * (LAST + (1 - LAST) * cosine);
  }
}

async function main(): Promise<void> {
  const [folder = '', out = '', steps = '6500', wanted = 'auto', from] = process.argv.slice(2);
  const total = Number(steps);
  const engine = await chooseEngine(wanted as EngineChoice);
  const tf = (await loadTensorFlow(engine)) as unknown as TensorFlow;
  const samples = readSegmentationSamples(folder, 'train');
  const choosing = readSegmentationSamples(folder, 'choose');
  const model = buildSegmentationNetwork(tf, SEED);
  if (from) await goOnWith(tf, model, from);
  const training = new Training(tf, model, total, from ? LEARNING_RATE / 2 : LEARNING_RATE);
  console.log(`${engine}, ${samples.length} pages, ${choosing.length} to judge by, ${model.countParams()} weights`);
  const began = performance.now();
  let running = 0;
  for (let step = 1; step <= total; step++) {
    running += (training.learn(samples, step) - running) / Math.min(step, RISING);
    if (step % TOLD_EVERY === 0) {
      const each = (performance.now() - began) / step;
      console.log(`  ${step} of ${total}: loss ${running.toFixed(5)}, ${each.toFixed(0)} ms a step`);
    }
    if (step % JUDGED_EVERY > 0 && step !== total) continue;
    await training.adam.averaged(async () => {
      const { loss, recall, precision } = training.judge(choosing);
      const told = `${step}: loss ${loss.toFixed(5)}`;
      console.log(`${told}, recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`);
      await saveNetwork(model, out, { name: 'InkCam segmentation' });
    });
  }
}

if (require.main === module) void main();
