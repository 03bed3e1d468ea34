import type * as core from '@tensorflow/tfjs-core';
import type * as tfLayers from '@tensorflow/tfjs-layers';
import { CLASSES, DIGIT_SIZE } from '../../digit';

/** TensorFlow.js with its layers, on whatever backend; native tfjs-node has the same. */
export type TensorFlow = typeof core &
  Pick<typeof tfLayers, 'layers' | 'sequential' | 'initializers' | 'loadLayersModel'>;

/**
 * The compact network: four convolutions and one dense layer, 91,000 weights, 3.7 million multiplications a digit. It
 * takes [n, 28, 28, 1] of 0 to 1 and gives [n, 11] logits.
 *
 * Where it can, pooling stands before ReLU, which gives the same as after it for a quarter of the work. Of a first
 * layer without ReLU TensorFlow.js would compute the gradient of the pictures.
 *
 * @param seed of the initial weights
 */
export function buildCnn(tf: TensorFlow, seed: number): tfLayers.Sequential {
  let layer = 0;
  const kernelInitializer = (): ReturnType<typeof tf.initializers.heNormal> =>
    tf.initializers.heNormal({ seed: seed + ++layer });
  const { conv2d, maxPooling2d, activation, flatten, dense } = tf.layers;
  return tf.sequential({
    name: 'digits',
    layers: [
      conv2d({
        inputShape: [DIGIT_SIZE, DIGIT_SIZE, 1],
        filters: 24,
        kernelSize: 5,
        activation: 'relu',
        kernelInitializer: kernelInitializer(),
      }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({
        filters: 32,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: kernelInitializer(),
      }),
      conv2d({ filters: 64, kernelSize: 3, kernelInitializer: kernelInitializer() }),
      maxPooling2d({ poolSize: 2 }),
      activation({ activation: 'relu' }),
      conv2d({ filters: 96, kernelSize: 3, activation: 'relu', kernelInitializer: kernelInitializer() }),
      flatten(),
      dense({ units: CLASSES, kernelInitializer: kernelInitializer() }),
    ],
  });
}

/**
 * The network of the original project: dense layers of 512, 256 and 128, and a dropout of one half; 567,434 weights. It
 * takes [n, 28, 28] of 0 to 1 and gives [n, 10] logits. What the dropout leaves out is not ruled by the seed.
 *
 * @param seed of the initial weights
 */
export function buildMlp(tf: TensorFlow, seed: number): tfLayers.Sequential {
  let layer = 0;
  const kernelInitializer = (): ReturnType<typeof tf.initializers.glorotUniform> =>
    tf.initializers.glorotUniform({ seed: seed + ++layer });
  const { flatten, dense, dropout } = tf.layers;
  return tf.sequential({
    name: 'digits',
    layers: [
      flatten({ inputShape: [DIGIT_SIZE, DIGIT_SIZE] }),
      ...[512, 256, 128].map((units) => dense({ units, activation: 'relu', kernelInitializer: kernelInitializer() })),
      dropout({ rate: 0.5 }),
      dense({ units: CLASSES - 1, kernelInitializer: kernelInitializer() }),
    ],
  });
}
