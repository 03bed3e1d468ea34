import { CANDIDATES } from '../../lib/classify/judgement';
import type * as core from '@tensorflow/tfjs-core';
import type { initializers, input, layers, LayersModel, model } from '@tensorflow/tfjs-layers';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';

export type TensorFlow = typeof core & {
  initializers: typeof initializers; input: typeof input; layers: typeof layers; model: typeof model;
};

/**
 * The network that tells from what stands about a candidate what it is: three small convolutions, whose result and the
 * measures go through a dense layer. 1.2 million multiplications.
 * @param seed of the initial weights
 */
export function buildSurroundingsNetwork(tf: TensorFlow, seed: number): LayersModel {
  let layer = 0;
  const kernelInitializer = () => tf.initializers.heNormal({ seed: seed + ++layer });
  const { conv2d, maxPooling2d, flatten, concatenate, dense } = tf.layers;
  const picture = tf.input({ shape: [SURROUNDINGS_SIZE, SURROUNDINGS_SIZE, SURROUNDINGS_CHANNELS], name: 'picture' });
  const measures = tf.input({ shape: [MEASURES], name: 'measures' });
  const steps = [
    conv2d({ filters: 12, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu', kernelInitializer: kernelInitializer() }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 24, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: kernelInitializer() }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: kernelInitializer() }),
    flatten(),
  ];
  const seen = steps.reduce((value, step) => step.apply(value) as typeof picture, picture);
  const both = concatenate().apply([seen, measures]) as typeof picture;
  const hidden = dense({ units: 48, activation: 'relu', kernelInitializer: kernelInitializer() }).apply(both) as typeof picture;
  const output = dense({ units: CANDIDATES.length, kernelInitializer: kernelInitializer() }).apply(hidden) as typeof picture;
  return tf.model({ inputs: [picture, measures], outputs: output, name: 'surroundings' });
}
