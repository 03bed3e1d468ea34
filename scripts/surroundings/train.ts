// node train.js FOLDER OUT [EPOCHS]: trains the network on samples (train-*.bin), keeps the best epoch of choose-*.bin.
import { CANDIDATES } from '../../lib/classify/judgement';
import type { Tensor, Variable, io } from '@tensorflow/tfjs-core';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';
import { saveModel } from '../../lib/models/model-files';
import { Adam } from '../../lib/train/adam';
import { Random } from '../../lib/train/random';
import type { TensorFlow as TrainTensorFlow } from '../../lib/train/network';
import { buildSurroundingsNetwork, type TensorFlow } from './network';
import type { Part } from '../pages/part';
import { CANDIDATE, PICTURE, readSamples } from './samples';

const BATCH = 128, RATE = 2e-3, AVERAGING = 0.998, DECAY = 1e-2, SEED = 1;

const labelOf = (sample: Buffer): number => sample[CANDIDATE];

const readClear = (folder: string, part: Part): Buffer[] => (
  readSamples(folder, part).filter((sample) => labelOf(sample) < CANDIDATES.length)
);

/** Light and exposure vary more than the pages show. */
function batchOf(tf: TensorFlow, samples: Buffer[], random?: Random): { inputs: Tensor[]; labels: Int32Array } {
  const pictures = new Float32Array(samples.length * PICTURE), measures = new Float32Array(samples.length * MEASURES);
  samples.forEach((sample, i) => {
    const gain = random ? random.between(0.8, 1.15) / 255 : 1 / 255, gamma = random ? Math.exp(random.normal() * 0.15) : 1;
    const levels = Float32Array.from({ length: 256 }, (_, value) => Math.min(1, (value * gain)) ** gamma);
    for (let k = 0; k < PICTURE; k++) pictures[i * PICTURE + k] = k % SURROUNDINGS_CHANNELS === 0 ? levels[sample[k]] : sample[k] / 255;
    for (let k = 0; k < MEASURES; k++) measures[i * MEASURES + k] = sample.readFloatLE(PICTURE + 4 * k);
  });
  return {
    inputs: [
      tf.tensor(pictures, [samples.length, SURROUNDINGS_SIZE, SURROUNDINGS_SIZE, SURROUNDINGS_CHANNELS]),
      tf.tensor(measures, [samples.length, MEASURES]),
    ],
    labels: Int32Array.from(samples, labelOf),
  };
}

async function main(): Promise<void> {
  const [folder, out, wanted = '8'] = process.argv.slice(2), epochs = Number(wanted);
  const wasm = require('../../lib/train/wasm-tensorflow') as { startWasm(): Promise<void> };
  await wasm.startWasm();
  const tf = wasm as unknown as TensorFlow;
  const training = readClear(folder, 'train'), choosing = readClear(folder, 'choose'), random = new Random(SEED);
  console.log(`${training.length} to train with, ${choosing.length} to choose with`);
  const model = buildSurroundingsNetwork(tf, SEED);
  console.log(`${model.countParams()} weights`);
  const weights = model.trainableWeights.map((weight) => weight.read())
    .filter((weight): weight is Variable => weight instanceof tf.Variable);
  const adam = new Adam(tf as unknown as TrainTensorFlow, weights, AVERAGING, DECAY);
  const order = Int32Array.from(training.keys()), steps = Math.floor(training.length / BATCH) * epochs;
  let step = 0, best = Infinity;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    random.shuffle(order);
    let loss = 0, count = 0;
    const began = performance.now();
    for (let at = 0; at + BATCH <= order.length; at += BATCH) {
      const rate = RATE * Math.min(1, (step + 1) / 200) * (1 + Math.cos(Math.PI * step / steps)) / 2;
      step++;
      loss += tf.tidy(() => {
        const { inputs, labels } = batchOf(tf, Array.from(order.subarray(at, at + BATCH), (i) => training[i]), random);
        const y = tf.oneHot(tf.tensor1d(labels, 'int32'), CANDIDATES.length);
        const { value, grads } = tf.variableGrads(() => {
          const logits = model.apply(inputs, { training: true }) as Tensor;
          return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
        }, weights);
        adam.apply(grads, rate);
        return value.dataSync()[0];
      });
      if (++count % 100 === 0) console.log(`  ${epoch}: ${count} of ${Math.floor(order.length / BATCH)}, loss ${(loss / count).toFixed(4)}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
    adam.swap();
    const judged = judge(tf, model, choosing);
    console.log(`epoch ${epoch}: ${((performance.now() - began) / 1000).toFixed(0)} s, loss ${(loss / count).toFixed(4)}, chosen by ${judged.loss.toFixed(4)}, ${judged.text}`);
    if (judged.loss < best) {
      best = judged.loss;
      await save(model, out);
    }
    adam.swap();
  }
}

function judge(tf: TensorFlow, model: ReturnType<typeof buildSurroundingsNetwork>, samples: Buffer[]): { loss: number; text: string } {
  let loss = 0;
  const confusion = CANDIDATES.map(() => CANDIDATES.map(() => 0));
  for (let at = 0; at < samples.length; at += BATCH) {
    const part = samples.slice(at, at + BATCH);
    const values = tf.tidy(() => tf.logSoftmax(model.apply(batchOf(tf, part).inputs, { training: false }) as Tensor).dataSync());
    part.forEach((sample, i) => {
      const own = Array.from(values.slice(i * CANDIDATES.length, (i + 1) * CANDIDATES.length));
      loss -= own[labelOf(sample)];
      confusion[labelOf(sample)][own.indexOf(Math.max(...own))]++;
    });
  }
  return { loss: loss / samples.length, text: JSON.stringify(confusion) };
}

async function save(model: ReturnType<typeof buildSurroundingsNetwork>, out: string): Promise<void> {
  await model.save({ save: async (artifacts: io.ModelArtifacts) => {
    await saveModel(out, artifacts, { name: 'InkCam surroundings' });
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  } });
}

void main();
