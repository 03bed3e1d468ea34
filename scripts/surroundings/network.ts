import type * as core from '@tensorflow/tfjs-core';
import type { initializers, input, layers, LayersModel, loadLayersModel, model } from '@tensorflow/tfjs-layers';
import { CANDIDATES } from '../../lib/classify/judgement';
import { readModel } from '../../lib/models/model-files';
import { MEASURES, REACH, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';

export type TensorFlow = typeof core & {
  initializers: typeof initializers;
  input: typeof input;
  layers: typeof layers;
  model: typeof model;
  loadLayersModel: typeof loadLayersModel;
};

/** The name of the layer whose result the dense layers get. */
export const BOTH = 'both';

/** Cells about the shape itself that are looked at closely too. */
const ABOUT = 2;

/**
 * Filters of the convolutions of each way, and units of the hidden dense layer. Most stand where they help most: what a
 * shape is shows in itself, the whole picture only tells what kind of place it stands in.
 */
const WHOLE = [8, 16, 24] as const;
const MIDDLE = [16, 32, 32, 48] as const;
const UNITS = 64;

/**
 * The network that tells from what stands about a candidate what it is. Three small convolutions see the whole picture
 * at half its resolution, four others the shape in the middle of it at its full one; what they give and the measures go
 * through a dense layer. 2.7 million multiplications.
 * @param seed of the initial weights
 */
export function buildSurroundingsNetwork(tf: TensorFlow, seed: number): LayersModel {
  const size = SURROUNDINGS_SIZE;
  const outside = Math.floor((size - size / REACH) / 2) - ABOUT;
  let layer = 0;
  const kernelInitializer = () => tf.initializers.heNormal({ seed: seed + ++layer });
  const { conv2d, cropping2D, maxPooling2d, flatten, concatenate, dense } = tf.layers;
  const convolution = (filters: number, kernelSize = 3, strides = 1) =>
    conv2d({
      filters,
      kernelSize,
      strides,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: kernelInitializer(),
    });
  const pooling = () => maxPooling2d({ poolSize: 2 });
  const picture = tf.input({ shape: [size, size, SURROUNDINGS_CHANNELS], name: 'picture' });
  const measures = tf.input({ shape: [MEASURES], name: 'measures' });
  const through = (...steps: { apply(value: typeof picture): unknown }[]) =>
    steps.reduce((value, step) => step.apply(value) as typeof picture, picture);
  const whole = through(
    convolution(WHOLE[0], 5, 2),
    pooling(),
    convolution(WHOLE[1]),
    pooling(),
    convolution(WHOLE[2]),
    flatten(),
  );
  const middle = through(
    cropping2D({
      cropping: [
        [outside, outside],
        [outside, outside],
      ],
    }),
    convolution(MIDDLE[0]),
    pooling(),
    convolution(MIDDLE[1]),
    convolution(MIDDLE[2]),
    pooling(),
    convolution(MIDDLE[3]),
    flatten(),
  );
  const both = concatenate({ name: BOTH }).apply([whole, middle, measures]);
  const hidden = dense({ units: UNITS, activation: 'relu', kernelInitializer: kernelInitializer() }).apply(both);
  const output = dense({ units: CANDIDATES.length, kernelInitializer: kernelInitializer() }).apply(hidden);
  return tf.model({ inputs: [picture, measures], outputs: output as typeof picture, name: 'surroundings' });
}

/** Gives a network the weights of a saved one. */
export async function goOnWith(tf: TensorFlow, model: LayersModel, path: string): Promise<void> {
  const { artifacts } = await readModel(path);
  const saved = await tf.loadLayersModel({ load: () => Promise.resolve(artifacts) });
  model.setWeights(saved.getWeights());
  saved.dispose();
}
