import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { assertOutputs, trialPictures, withinBudget } from '../../lib/classify/trial';
import { watchKernels } from '../../lib/engine/kernel-failures';
import { Network } from '../../lib/engine/network';
import { readModel } from '../../lib/models/model-files';
import { makeModel, saveModel, temporaryFolder, tf } from './models';

describe('the trial of a network', () => {
  const outputs = (...rows: number[][]): [Float32Array, number, number] => [
    Float32Array.from(rows.flat()),
    rows.length,
    rows[0]!.length,
  ];

  it('lets probabilities and logits pass', () => {
    assertOutputs('m', ...outputs([0.25, 0.75], [1, 0]), true);
    assertOutputs('m', ...outputs([-20, 1e30], [0, 0]), false);
  });

  for (const [what, rows, message] of [
    [
      'a sum of more than 1',
      [
        [0.5, 0.5],
        [0.6, 0.6],
      ],
      /expected probabilities that sum up to 1, got a sum of 1.2000; the model is damaged/,
    ],
    ['a probability below 0', [[1.5, -0.5]], /got one of -0.5/],
    ['a probability that is no number', [[NaN, 1]], /expected outputs that are numbers, got NaN/],
  ] as [string, number[][], RegExp][]) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => {
          assertOutputs('m', ...outputs(...rows), true);
        },
        { name: 'ModelError', message },
      );
    });
  }

  it('refuses logits that are no numbers, and too many or too few of them', () => {
    assert.throws(
      () => {
        assertOutputs('m', ...outputs([1, Infinity]), false);
      },
      { name: 'ModelError', message: /got Infinity/ },
    );
    assert.throws(
      () => {
        assertOutputs('m', new Float32Array(9), 1, 10, false);
      },
      { name: 'ModelError', message: /expected 10 outputs for a picture, got 9 for 1/ },
    );
  });

  it('has pictures of every kind, no two alike', () => {
    const pictures = trialPictures();
    const all = Array.from({ length: pictures.length / 784 }, (_, i) => pictures.subarray(i * 784, (i + 1) * 784));
    assert.equal(new Set(all.map((picture) => Buffer.from(picture).toString('hex'))).size, all.length);
    assert.ok(
      all.some((picture) => picture.every((value) => value === 0)) &&
        all.some((picture) => picture.every((value) => value === 255)),
    );
    assert.ok(all.filter((picture) => new Set(picture).size > 1).length >= 4);
  });

  it('refuses what the engine says that it could not compute, which would be what lay in memory', async () => {
    const { warn } = console;
    const said: unknown[] = [];
    const folder = await temporaryFolder();
    console.warn = (...args: unknown[]) => {
      said.push(...args);
    };
    try {
      watchKernels();
      await saveModel(makeModel({ network: 'mlp', inputShape: [784], classes: 10, ending: 'logits' }), folder.path);
      const network = await Network.load(tf, await readModel(folder.path));
      const predict = network.model.predictOnBatch.bind(network.model);
      network.model.predictOnBatch = (x) => {
        console.warn(
          'XNN status for xnn_create_convolution2d_nhwc_f32 is not successful. Got status 2. Use -c dbg to see XNN ' +
            'logs.',
        );
        return predict(x);
      };
      assert.throws(() => network.logits(new Uint8Array(784)), {
        name: 'ModelError',
        message: /the engine could not compute a layer of the network; .*xnn_create_convolution2d_nhwc_f32/,
      });
      network.model.predictOnBatch = predict;
      assert.equal(network.logits(new Uint8Array(784)).length, 10);
      console.warn('something else');
      assert.deepEqual(said, ['something else']);
      network.dispose();
    } finally {
      console.warn = warn;
      await folder.remove();
    }
  });

  it('counts the weights of one network at a time, also where two are built at once, and then of none', async () => {
    const build = (units: number) => async (): Promise<number> => {
      await setImmediate();
      return tf.sequential({ layers: [tf.layers.dense({ inputShape: [10], units })] }).countParams();
    };
    const [small, large, exact] = await Promise.allSettled([
      withinBudget(tf, 'm', 100, build(2)),
      withinBudget(tf, 'm', 100, build(10)),
      withinBudget(tf, 'm', 110, build(10)),
    ]);
    assert.deepEqual(
      [small, exact],
      [
        { status: 'fulfilled', value: 22 },
        { status: 'fulfilled', value: 110 },
      ],
    );
    assert.equal(large.status, 'rejected');
    assert.equal(await build(1000)(), 11_000);
  });
});
