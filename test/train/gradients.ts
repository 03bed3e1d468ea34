import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { Random } from '../../lib/random';
import type { TensorFlow } from '../../lib/train/engine/network';

/** What is computed on two backends and compared: gradients, flat, by name. */
export const CASES: Record<string, (tf: TensorFlow) => Record<string, number[]>> = {
  'a convolution, valid': convolution([3, 9, 8, 3], [3, 3, 3, 5], 1, 'valid'),
  'a convolution, same': convolution([2, 7, 6, 4], [3, 5, 4, 3], 1, 'same'),
  'a convolution of one channel': convolution([4, 10, 10, 1], [5, 5, 1, 6], 1, 'valid'),
  'a convolution of eight outputs, valid': convolution([3, 9, 8, 3], [3, 3, 3, 8], 1, 'valid'),
  'a convolution of sixteen outputs and eight inputs, same': convolution([1, 4, 5, 8], [3, 3, 8, 16], 1, 'same'),
  'a convolution of one channel and eight outputs': convolution([4, 10, 10, 1], [5, 5, 1, 8], 1, 'valid'),
  'a convolution of eight outputs with a stride': convolution([2, 9, 10, 5], [3, 3, 5, 8], 2, 'same'),
  'a convolution with a bias': withBias([2, 7, 6, 3], [3, 3, 3, 8], 'linear'),
  'a convolution with a bias and a ReLU': withBias([2, 7, 6, 3], [3, 3, 3, 8], 'relu'),
  'greatest of two by two, eight channels': pooling([2, 8, 6, 8], 2, 2, 'valid'),
  'a convolution with a stride': convolution([2, 9, 10, 3], [3, 3, 3, 4], 2, 'same'),
  'a convolution with an uneven stride that leaves pixels out': convolution([2, 10, 8, 2], [3, 2, 2, 3], 3, 'valid'),
  'a depthwise convolution, same': depthwise([2, 7, 6, 4], [3, 3, 4, 1], 'same'),
  'a depthwise convolution, valid': depthwise([3, 6, 8, 2], [3, 2, 2, 1], 'valid'),
  // One only: of several the plain backend gives wrong ones for all but the first.
  'a picture enlarged': (tf) => {
    const x = filled(tf, [1, 3, 4, 5], 1) as Tensor4D;
    const weights = filled(tf, [1, 6, 12, 5], 2);
    return gradients(tf, { x }, () => tf.square(tf.mul(tf.image.resizeNearestNeighbor(x, [6, 12]), weights)));
  },
  'greatest of windows': pooling([2, 8, 6, 3], 2, 2, 'valid'),
  'greatest of windows that overlap and reach out': pooling([2, 7, 5, 2], 3, 2, 'same'),
  products: (tf) => {
    const [a, b] = [filled(tf, [6, 9], 1), filled(tf, [9, 4], 2)];
    return gradients(tf, { a, b }, () => tf.square(tf.matMul(a, b)));
  },
  'products of several matrices, turned': (tf) => {
    const [a, b] = [filled(tf, [3, 5, 2], 1), filled(tf, [3, 4, 5], 2)];
    return gradients(tf, { a, b }, () => tf.square(tf.matMul(a, b, true, true)));
  },
  'a dense layer with a bias and a softmax': (tf) => {
    const [x, w, bias, label] = [
      filled(tf, [6, 7], 1),
      filled(tf, [7, 5], 2),
      filled(tf, [5], 3),
      filled(tf, [6, 5], 4),
    ];
    return gradients(tf, { x, w, bias }, () => tf.mul(label, tf.logSoftmax(tf.add(tf.matMul(x, w), bias))));
  },
  sums: (tf) => {
    const x = filled(tf, [4, 3, 5], 1);
    return {
      last: [...tf.sum(x, [0, 1]).dataSync()],
      other: [...tf.sum(x, [1, 2]).dataSync()],
      all: [...tf.sum(x).dataSync()],
      kept: [...tf.sum(x, [0, 1], true).dataSync()],
    };
  },
};

function convolution(
  input: [number, number, number, number],
  filter: [number, number, number, number],
  stride: number,
  pad: 'valid' | 'same',
) {
  return (tf: TensorFlow): Record<string, number[]> => {
    const x = filled(tf, input, 1) as Tensor4D;
    const w = filled(tf, filter, 2) as Tensor4D;
    return gradients(tf, { x, w }, () => tf.square(tf.conv2d(x, w, stride, pad)));
  };
}

function withBias(input: Shape4, filter: Shape4, activation: 'linear' | 'relu') {
  return (tf: TensorFlow): Record<string, number[]> => {
    const x = filled(tf, input, 1) as Tensor4D;
    const w = filled(tf, filter, 2) as Tensor4D;
    const bias = filled(tf, [filter[3]], 3) as Tensor1D;
    const fused = (): Tensor => tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'same', bias, activation });
    const output = [...fused().dataSync()];
    return activation === 'relu' ? { output } : { output, ...gradients(tf, { x, w, bias }, () => tf.square(fused())) };
  };
}

type Shape4 = [number, number, number, number];

function depthwise(input: Shape4, filter: Shape4, pad: 'valid' | 'same') {
  return (tf: TensorFlow): Record<string, number[]> => {
    const x = filled(tf, input, 1) as Tensor4D;
    const w = filled(tf, filter, 2) as Tensor4D;
    return gradients(tf, { x, w }, () => tf.square(tf.depthwiseConv2d(x, w, 1, pad)));
  };
}

function pooling(input: [number, number, number, number], size: number, stride: number, pad: 'valid' | 'same') {
  return (tf: TensorFlow): Record<string, number[]> => {
    const x = filled(tf, input, 1) as Tensor4D;
    return gradients(tf, { x }, () => tf.square(tf.maxPool(x, size, stride, pad)));
  };
}

function filled(tf: TensorFlow, shape: number[], seed: number): Tensor {
  const random = new Random(seed, 77);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.between(-1, 1)),
    shape,
  );
}

function gradients(tf: TensorFlow, at: Record<string, Tensor>, of: () => Tensor): Record<string, number[]> {
  const names = Object.keys(at);
  const found = tf.grads(() => tf.sum(of()))(Object.values(at));
  return Object.fromEntries(names.map((name, i) => [name, [...found[i]!.dataSync()]]));
}
