import type * as core from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../extract/surroundings';
import { ModelError, type ModelFiles } from '../models/model-files';
import { CANDIDATES, PICTURE_BYTES } from './judgement';
import type { TensorFlow } from './network';
import { assertNumbers, assertOutputs } from './trial';

/** The network that tells from what stands about a shape what it is. */
export class SurroundingsNetwork {
  private constructor(private readonly tf: TensorFlow, private readonly model: LayersModel, private readonly path: string) {}

  /** @throws (rejects) ModelError where it cannot be built, or its inputs or outputs are others */
  static async load(tf: TensorFlow, { path, artifacts }: ModelFiles): Promise<SurroundingsNetwork> {
    const model = await tf.loadLayersModel({ load: () => Promise.resolve(artifacts) });
    const inputs = model.inputs.map(({ shape }) => shape.slice(1).join('×')).join(' and ');
    const expected = `${SURROUNDINGS_SIZE}×${SURROUNDINGS_SIZE}×${SURROUNDINGS_CHANNELS} and ${MEASURES}`;
    if (inputs !== expected) throw new ModelError(`${path}: expected inputs of ${expected}, got ${inputs}`);
    assertNumbers(path, model);
    const network = new SurroundingsNetwork(tf, model, path);
    network.judge(new Uint8Array(PICTURE_BYTES), new Float32Array(MEASURES));
    return network;
  }

  /** @returns n·5 probabilities */
  judge(pictures: Uint8Array, measures: Float32Array): Float32Array<ArrayBuffer> {
    const { tf, model } = this, count = measures.length / MEASURES;
    const values = new Float32Array(pictures.length);
    for (let i = 0; i < values.length; i++) values[i] = pictures[i] / 255;
    const output = tf.tidy(() => model.predictOnBatch([
      tf.tensor(values, [count, SURROUNDINGS_SIZE, SURROUNDINGS_SIZE, SURROUNDINGS_CHANNELS]),
      tf.tensor(measures, [count, MEASURES]),
    ]) as core.Tensor);
    try {
      const logits = output.dataSync<'float32'>();
      assertOutputs(this.path, logits, count, CANDIDATES.length, false);
      return softmax(logits);
    } finally {
      output.dispose();
    }
  }
}

function softmax(logits: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(logits.length), classes = CANDIDATES.length;
  for (let first = 0; first < logits.length; first += classes) {
    const own = logits.subarray(first, first + classes), greatest = Math.max(...own);
    const powers = Array.from(own, (logit) => Math.exp(logit - greatest)), sum = powers.reduce((a, b) => a + b);
    out.set(powers.map((power) => power / sum), first);
  }
  return out;
}
