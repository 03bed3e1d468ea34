import assert from 'node:assert/strict';
import type { Tensor } from '@tensorflow/tfjs-core';
import { readModel } from '../../lib/models/model-files';
import { HEAD } from '../../lib/segmentation/architecture';
import { networkInput } from '../../lib/segmentation/input';
import { loadKernels, plainKernels } from '../../lib/inference/kernels';
import { SEGMENTATION_PATH, SegmentationNetwork } from '../../lib/segmentation/network';
import { Random } from '../../lib/random';
import { plainTensorFlow } from '../../support/tensorflow';

/** Noise with some strokes in it. */
function picture(width: number, height: number): { data: Uint8Array; width: number; height: number } {
  const random = new Random(5);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = (i % width) % 17 < 3 ? 40 + random.below(30) : 180 + random.below(40);
  return { data, width, height };
}

function greatestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('the segmentation network', () => {
  it('computes what TensorFlow.js computes of the same model', async () => {
    const tf = plainTensorFlow();
    const { artifacts } = await readModel(SEGMENTATION_PATH);
    const model = await tf.loadLayersModel({ load: () => Promise.resolve(artifacts) });
    const plane = picture(64, 48);
    const [wide, high] = [plane.width / 2, plane.height / 2];
    const expected = tf.tidy(() => {
      const output = model.predict(tf.tensor(networkInput(plane), [1, plane.height, plane.width, 2])) as Tensor;
      // [row, column, y, x, ink] → ink, (row, y), (column, x)
      return tf.transpose(tf.reshape(output, [high, wide, 2, 2, HEAD / 4]), [4, 0, 2, 1, 3]).dataSync<'float32'>();
    });
    const { dark, light } = SegmentationNetwork.read().segment(plane);
    assert.ok(greatestDifference(Float32Array.from([...dark, ...light]), expected) < 1e-3);
    model.dispose();
  });

  it('computes the same without SIMD instructions', () => {
    const plane = picture(80, 48);
    const fast = SegmentationNetwork.read(SEGMENTATION_PATH, loadKernels()).segment(plane);
    const plain = SegmentationNetwork.read(SEGMENTATION_PATH, plainKernels()).segment(plane);
    assert.ok(greatestDifference(fast.dark, plain.dark) < 1e-3);
    assert.ok(greatestDifference(fast.light, plain.light) < 1e-3);
  });

  it('takes pictures of any size, one after the other', () => {
    const network = SegmentationNetwork.read();
    const first = network.segment(picture(33, 21)).dark.slice();
    assert.equal(first.length, 33 * 21);
    assert.equal(network.segment(picture(320, 240)).dark.length, 320 * 240);
    assert.deepEqual(network.segment(picture(33, 21)).dark, first);
  });
});
