import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  decoderName,
  DEPTHWISE,
  encoderName,
  HEAD,
  LEVELS,
  POINTWISE,
  STEM,
  STEM_SIZE,
  upName,
} from '../../lib/segmentation/architecture';
import { INPUT_CHANNELS } from '../../lib/segmentation/input';
import type { TensorFlow } from '../surroundings/network';

/** @param seed of the initial weights */
export function buildSegmentationNetwork(tf: TensorFlow, seed: number): LayersModel {
  let layer = 0;
  const kernelInitializer = () => tf.initializers.heNormal({ seed: seed + ++layer });
  // As many weights as a depthwise kernel has inputs of its own: 9, whatever the number of channels is.
  const depthwiseInitializer = () => tf.initializers.randomNormal({ mean: 0, stddev: 1 / 3, seed: seed + ++layer });
  const { conv2d, depthwiseConv2d, maxPooling2d, upSampling2d, add } = tf.layers;
  const apply = (to: { apply(x: SymbolicTensor | SymbolicTensor[]): unknown }, x: SymbolicTensor | SymbolicTensor[]) =>
    to.apply(x) as SymbolicTensor;
  const pointwise = (x: SymbolicTensor, filters: number, name: string, activation?: 'relu'): SymbolicTensor =>
    apply(
      conv2d({
        filters,
        kernelSize: 1,
        name,
        kernelInitializer: kernelInitializer(),
        ...(activation && { activation }),
      }),
      x,
    );
  const separable = (x: SymbolicTensor, filters: number, name: string): SymbolicTensor => {
    const spread = apply(
      depthwiseConv2d({
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        name: name + DEPTHWISE,
        depthwiseInitializer: depthwiseInitializer(),
      }),
      x,
    );
    const mixed = pointwise(spread, filters, name + POINTWISE, 'relu');
    return x.shape[3] === filters ? apply(add(), [x, mixed]) : mixed;
  };

  const input = tf.input({ shape: [null, null, INPUT_CHANNELS], name: 'picture' });
  let x = apply(
    conv2d({
      filters: STEM,
      kernelSize: STEM_SIZE,
      strides: 2,
      padding: 'same',
      activation: 'relu',
      name: 'stem',
      kernelInitializer: kernelInitializer(),
    }),
    input,
  );
  const levels = LEVELS.map(({ filters, depth }, level) => {
    if (level > 0) x = apply(maxPooling2d({ poolSize: 2 }), x);
    for (let nth = 0; nth < depth; nth++) x = separable(x, filters, encoderName(level, nth));
    return { level, filters, skipped: x };
  });
  for (const { level, filters, skipped } of levels.slice(0, -1).reverse()) {
    const coarse = apply(upSampling2d({ size: [2, 2] }), pointwise(x, filters, upName(level)));
    x = separable(apply(add(), [skipped, coarse]), filters, decoderName(level));
  }
  return tf.model({ inputs: input, outputs: pointwise(x, HEAD, 'head'), name: 'segmentation' });
}
