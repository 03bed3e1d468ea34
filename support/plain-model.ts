import type { io } from '@tensorflow/tfjs-core';

const UNITS = 600;

/** A model whose weights are all the same number, large enough that saving it takes its time. */
export function plainModel(value: number): io.ModelArtifacts {
  const dense = (name: string, units: number): object => ({
    class_name: 'Dense',
    config: { name, units, activation: 'linear', use_bias: true, trainable: true, dtype: 'float32' },
  });
  const flat = {
    class_name: 'Flatten',
    config: { name: 'flat', trainable: true, batch_input_shape: [null, 28, 28], dtype: 'float32' },
  };
  const shapes: [string, number[]][] = [
    ['one/kernel', [784, UNITS]],
    ['one/bias', [UNITS]],
    ['two/kernel', [UNITS, 10]],
    ['two/bias', [10]],
  ];
  const count = shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'digits', layers: [flat, dense('one', UNITS), dense('two', 10)] },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightSpecs: shapes.map(([name, shape]) => ({ name, shape, dtype: 'float32' as const })),
    weightData: new Float32Array(count).fill(value).buffer,
  };
}
