import assert from 'node:assert/strict';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { drawDigit } from '../../lib/train/drawn-digits';
import { PIXELS, type LabelledDigits } from '../../lib/data/idx';
import { logitsOf } from '../../lib/train/measure';
import { buildCnn, CLASSES, type TensorFlow } from '../../lib/train/network';
import { Random } from '../../lib/train/random';
import { holdOut, train, TrainingError, type TrainingProgress } from '../../lib/train/train';
import { plainTensorFlow } from '../tensorflow';

/** Small enough for plain JavaScript. */
function smallNetwork({ layers, sequential, initializers }: TensorFlow): Sequential {
  return sequential({ layers: [
    layers.averagePooling2d({ inputShape: [28, 28, 1], poolSize: 4 }),
    layers.flatten(),
    layers.dense({ units: 24, activation: 'relu', kernelInitializer: initializers.heNormal({ seed: 1 }) }),
    layers.dense({ units: CLASSES, kernelInitializer: initializers.heNormal({ seed: 2 }) }),
  ] });
}

function drawnSet(count: number): LabelledDigits {
  const drawn = Array.from({ length: count }, (_, i) => drawDigit(new Random(9, i)));
  return { images: Uint8Array.from(drawn.flatMap(({ image }) => [...image])), labels: Uint8Array.from(drawn, ({ label }) => label) };
}

let tf: TensorFlow;
before(() => { tf = plainTensorFlow(); });

describe('training', () => {
  const data = drawnSet(600);
  let model: Sequential;
  beforeEach(() => { model = smallNetwork(tf); });
  afterEach(() => { model.dispose(); });

  it('makes the loss fall, tells how far it is, and leaves the best weights and no tensors behind', async () => {
    const tensors = tf.memory().numTensors;
    const told: TrainingProgress[] = [];
    const best: number[] = [];
    const results = await train(tf, model, data, {
      epochs: 6, seed: 1, batchSize: 32, learningRate: 0.01,
      onProgress: (progress) => told.push(progress),
      onBest: ({ epoch }) => { best.push(epoch); return Promise.resolve(); },
    });
    assert.deepEqual(results.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6]);
    assert.ok(results[5].loss < 0.75 * results[0].loss, `loss ${results.map(({ loss }) => loss.toFixed(2)).join(' ')}`);
    assert.ok(results[5].validationLoss < results[0].validationLoss);
    assert.ok(results[5].accuracy > 2 / CLASSES);
    assert.equal(tf.memory().numTensors, tensors);

    const ends = told.filter(({ result }) => result);
    assert.deepEqual(ends.map(({ epoch, epochs, share }) => [epoch, epochs, share]), [1, 2, 3, 4, 5, 6].map((epoch) => [epoch, 6, 1]));
    assert.ok(told.every(({ samplesPerSecond, secondsLeft }) => samplesPerSecond > 0 && secondsLeft >= 0));
    assert.equal(ends[5].secondsLeft, 0);
    const least = results.reduce((a, b) => b.validationLoss < a.validationLoss ? b : a);
    assert.equal(best.at(-1), least.epoch);
  });

  it('stops when asked to, and keeps the best epoch so far', async () => {
    const stop = new AbortController();
    let kept: Float32Array | undefined;
    const results = await train(tf, model, data, {
      epochs: 50, seed: 1, batchSize: 64, signal: stop.signal,
      onBest: () => {
        kept = logitsOf(tf, model, data.images.subarray(0, 5 * PIXELS));
        stop.abort();
        return Promise.resolve();
      },
    });
    assert.equal(results.length, 1);
    assert.deepEqual(logitsOf(tf, model, data.images.subarray(0, 5 * PIXELS)), kept);
  });

  it('says so when the loss is no number any more', async () => {
    await assert.rejects(train(tf, model, data, { epochs: 1, seed: 1, learningRate: 1e30 }), TrainingError);
  });

  it('holds out digits that it does not train with', () => {
    const { training, heldOut } = holdOut(data);
    assert.equal(heldOut.labels.length, 60);
    assert.equal(training.images.length, 540 * PIXELS);
    assert.deepEqual(heldOut.images, data.images.subarray(540 * PIXELS));
  });
});

describe('the compact network', () => {
  it('takes 28×28 pictures, gives eleven logits, and has less than 100,000 weights', () => {
    const model = buildCnn(tf, 1);
    assert.ok(model.countParams() < 100_000);
    const pictures = drawnSet(3).images;
    const logits = logitsOf(tf, model, pictures);
    assert.equal(logits.length, 3 * CLASSES);
    assert.ok(logits.every(Number.isFinite));
    const same = buildCnn(tf, 1), other = buildCnn(tf, 2);
    assert.deepEqual(logitsOf(tf, same, pictures), logits, 'the same seed gives the same weights');
    assert.notDeepEqual(logitsOf(tf, other, pictures), logits);
    for (const each of [model, same, other]) each.dispose();
  });
});
