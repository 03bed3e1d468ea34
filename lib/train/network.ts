import type * as core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import { DIGIT_SIZE } from '../extract/normalise';

/** TensorFlow.js with its layers, on whatever backend; native tfjs-node has the same. */
export type TensorFlow = typeof core & Pick<typeof layers, 'layers' | 'sequential' | 'initializers'>;

/** 0 to 9, and "not a digit". */
export const CLASSES = 11;

/**
 * The compact network: five 3×3 convolutions, each with batch normalisation, and one dense layer; 58,000 weights and
 * 5.5 million multiplications a digit. Gives logits.
 *
 * Batch normalisation (Ioffe and Szegedy 2015) helps training only; `foldBatchNormalisation` takes it out again.
 *
 * @param seed of the initial weights and of dropout
 */
export function buildCnn(tf: TensorFlow, seed: number): layers.Sequential {
  const model = tf.sequential({ name: 'digits' });
  let next = seed;
  const initializer = (): ReturnType<typeof tf.initializers.heNormal> => tf.initializers.heNormal({ seed: ++next });
  const convolution = (filters: number, padding: 'same' | 'valid', first = false): void => {
    model.add(tf.layers.conv2d({
      filters, kernelSize: 3, padding, useBias: false, kernelInitializer: initializer(),
      ...(first ? { inputShape: [DIGIT_SIZE, DIGIT_SIZE, 1] } : {}),
    }));
    model.add(tf.layers.batchNormalization({ momentum: 0.98, epsilon: 1e-3 }));
    model.add(tf.layers.activation({ activation: 'relu' }));
  };
  convolution(16, 'same', true);
  convolution(24, 'valid');
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  convolution(32, 'same');
  convolution(48, 'valid');
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  convolution(64, 'valid');
  model.add(tf.layers.flatten());
  model.add(tf.layers.dropout({ rate: 0.2, seed: ++next }));
  model.add(tf.layers.dense({ units: CLASSES, kernelInitializer: initializer() }));
  return model;
}
