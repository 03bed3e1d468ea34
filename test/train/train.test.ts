import assert from 'node:assert/strict';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { Network } from '../../lib/engine/network';
import type { ModelFiles } from '../../lib/models/model-files';
import { wholeCurriculum, type Curriculum } from '../../lib/train/data/curriculum';
import { buildCnn, buildMlp, type TensorFlow } from '../../lib/train/engine/network';
import { DRAW_NEGATIVE } from '../../lib/train/data/samples';
import { holdOut } from '../../lib/train/data/split';
import { train } from '../../lib/train/loop/train';
import { TrainingError } from '../../lib/train/common/errors';
import { USUAL_RECIPE } from '../../lib/train/common/recipe';
import type { TrainingProgress } from '../../lib/train/common/result';
import { TrainableNetwork } from '../../lib/train/engine/trainable';
import { plainTensorFlow } from '../../support/tensorflow';
import { drawnSet } from './drawn-set';
import { CLASSES, DIGIT_PIXELS } from '../../lib/digit';

/** Small enough for plain JavaScript. */
function smallNetwork({ layers, sequential, initializers }: TensorFlow): Sequential {
  return sequential({
    layers: [
      layers.averagePooling2d({ inputShape: [28, 28, 1], poolSize: 4 }),
      layers.flatten(),
      layers.dense({ units: 24, activation: 'relu', kernelInitializer: initializers.heNormal({ seed: 1 }) }),
      layers.dense({ units: CLASSES, kernelInitializer: initializers.heNormal({ seed: 2 }) }),
    ],
  });
}

const trainable = (tf: TensorFlow, model: Sequential, inputShape = [28, 28, 1], classes = CLASSES): TrainableNetwork =>
  new TrainableNetwork(tf, model, { inputShape, classes, endsInSoftmax: false });

let tf: TensorFlow;
before(() => {
  tf = plainTensorFlow();
});

describe('training', () => {
  const data = drawnSet(600);
  const curriculum = (batchSize: number): Promise<Curriculum> =>
    wholeCurriculum(holdOut(data, 1), { seed: 1, batchSize, classes: CLASSES, augmentation: true, epochs: 12 });
  let network: TrainableNetwork;
  beforeEach(() => {
    network = trainable(tf, smallNetwork(tf));
  });
  afterEach(() => {
    network.dispose();
  });

  it('makes the loss fall, tells how far it is, and leaves the best weights and no tensors behind', async () => {
    const tensors = tf.memory().numTensors;
    const told: TrainingProgress[] = [];
    const bestOnes: number[] = [];
    const { epochs, best } = await train(network, await curriculum(32), {
      epochs: 6,
      recipe: { ...USUAL_RECIPE, learningRate: 0.01 },
      onProgress: (progress) => told.push(progress),
      onBest: ({ epoch }) => {
        bestOnes.push(epoch);
        return Promise.resolve();
      },
    });
    assert.deepEqual(
      epochs.map(({ epoch }) => epoch),
      [1, 2, 3, 4, 5, 6],
    );
    assert.ok(epochs[5]!.loss < 0.75 * epochs[0]!.loss, `loss ${epochs.map(({ loss }) => loss.toFixed(2)).join(' ')}`);
    assert.ok(epochs[5]!.validationLoss < epochs[0]!.validationLoss);
    assert.ok(epochs[5]!.accuracy > 2 / CLASSES);
    assert.equal(tf.memory().numTensors, tensors);

    const ends = told.filter(({ result }) => result);
    assert.deepEqual(
      ends.map((end) => [end.epoch, end.epochs, end.share]),
      [1, 2, 3, 4, 5, 6].map((epoch) => [epoch, 6, 1]),
    );
    assert.ok(ends.every(({ result, validationLoss }) => validationLoss === result?.validationLoss));
    assert.ok(told.every(({ samplesPerSecond, secondsLeft }) => samplesPerSecond > 0 && secondsLeft >= 0));
    assert.equal(ends[5]?.secondsLeft, 0);
    const least = epochs.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
    assert.equal(best?.epoch, least.epoch);
    assert.equal(bestOnes.at(-1), least.epoch);
    assert.ok(best.temperature > 0);
  });

  it('stops when asked to, and keeps the best epoch so far', async () => {
    const stop = new AbortController();
    const few = data.images.subarray(0, 5 * DIGIT_PIXELS);
    let kept: Float32Array | undefined;
    const { epochs, best } = await train(network, await curriculum(64), {
      epochs: 50,
      signal: stop.signal,
      onBest: async () => {
        kept = await network.logitsOf(few);
        stop.abort();
      },
    });
    assert.equal(epochs.length, 1);
    assert.equal(best?.epoch, 1);
    assert.deepEqual(await network.logitsOf(few), kept);
  });

  it('keeps nothing where it is stopped before the first epoch is done', async () => {
    const { epochs, best } = await train(network, await curriculum(64), { epochs: 50, signal: AbortSignal.abort() });
    assert.deepEqual([epochs, best], [[], undefined]);
  });

  it('says so when the loss is no number any more', async () => {
    await assert.rejects(
      train(network, await curriculum(128), { epochs: 1, recipe: { ...USUAL_RECIPE, learningRate: 1e30 } }),
      TrainingError,
    );
  });

  it('stops at once, also while it waits for samples that take minutes to be made', async () => {
    const stop = new AbortController();
    const endless: Curriculum = {
      ...(await curriculum(64)),
      batches: () => [{ seed: 1, epoch: 1, first: 0, sources: new Int32Array(1_000_000).fill(DRAW_NEGATIVE) }],
    };
    const result = train(network, endless, { epochs: 1, signal: stop.signal });
    stop.abort();
    assert.deepEqual(await result, { epochs: [] });
  });

  it('refuses to train for no epochs, or in epochs without samples', async () => {
    const usual = await curriculum(64);
    await assert.rejects(train(network, usual, { epochs: 0 }), {
      name: 'RangeError',
      message: /expected at least 1 epoch, got 0/,
    });
    await assert.rejects(train(network, { ...usual, batches: () => [] }, { epochs: 1 }), {
      name: 'RangeError',
      message: /expected an epoch of at least 1 sample, got 0 batches/,
    });
  });

  it('takes for a calibration the same logarithms of probabilities as the product does', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28] }),
        tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: 'zeros' }),
      ],
    });
    // Probabilities from about 1 to less than any number that is not 0.
    model.setWeights([model.getWeights()[0]!, tf.tensor1d(Array.from({ length: 10 }, (_, i) => -12 * i))]);
    let artifacts: ModelFiles['artifacts'] | undefined;
    await model.save(
      tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
        artifacts = {
          modelTopology: modelTopology as object,
          weightSpecs: weightSpecs ?? [],
          weightData: weightData as ArrayBuffer,
        };
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
      }),
    );
    const product = await Network.load(tf, {
      path: 'm',
      artifacts: artifacts as ModelFiles['artifacts'],
      metadata: {},
    });
    const read = product.logits(data.images.subarray(0, DIGIT_PIXELS));
    const trained = await new TrainableNetwork(tf, model, {
      inputShape: [28, 28],
      classes: 10,
      endsInSoftmax: true,
    }).logitsOf(data.images.subarray(0, DIGIT_PIXELS));
    trained.forEach((logit, i) => {
      assert.ok(Math.abs(logit - read[i]!) < 1e-3, `class ${i}: ${logit} in training, ${read[i]} in the product`);
    });
    assert.ok(Math.min(...read) < -80);
    product.dispose();
    model.dispose();
  });
});

describe('the compact network', () => {
  it('takes 28×28 pictures, gives eleven logits, and has less than 100,000 weights', async () => {
    const build = (seed: number): ReturnType<typeof trainable> => trainable(tf, buildCnn(tf, seed));
    const network = build(1);
    const same = build(1);
    const other = build(2);
    assert.ok(network.model.countParams() < 100_000);
    const pictures = drawnSet(3).images;
    const logits = await network.logitsOf(pictures);
    assert.equal(logits.length, 3 * CLASSES);
    assert.ok(logits.every(Number.isFinite));
    assert.deepEqual(await same.logitsOf(pictures), logits, 'the same seed gives the same weights');
    assert.notDeepEqual(await other.logitsOf(pictures), logits);
    const inTraining = tf.tidy(() => network.logits(pictures, true).dataSync());
    inTraining.forEach((logit, i) => {
      assert.ok(Math.abs(logit - logits[i]!) < 1e-4);
    });
    for (const each of [network, same, other]) each.dispose();
  });
});

describe('the original network', () => {
  it('takes 28×28 pictures, gives ten logits, and has as many weights as the original', async () => {
    const network = trainable(tf, buildMlp(tf, 1), [28, 28], 10);
    assert.equal(network.model.countParams(), 567_434);
    assert.equal((await network.logitsOf(drawnSet(3).images)).length, 30);
    network.dispose();
  });
});
