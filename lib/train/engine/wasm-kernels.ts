import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { LINEAR, RELU, type Mode } from '../../inference/kernels';
import { convolved, filterGradientOf, halvedGradientOf } from './convolutions';

/**
 * What the wasm backend lacks for training a convolutional network, or does slowly, put together from what it does
 * fast. Registered once, beside its own kernels.
 */
export function registerTrainingKernels(): void {
  replaceKernel(tf.Conv2D, convolve);
  replaceKernel(tf.FusedConv2D, convolveWithBias);
  replaceKernel(tf.Conv2DBackpropFilter, filterGradient);
  replaceKernel(tf.Conv2DBackpropInput, inputGradient);
  replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, depthwiseFilterGradient);
  replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, depthwiseInputGradient);
  replaceKernel(tf.ResizeNearestNeighborGrad, enlargedGradient);
  replaceKernel(tf.BatchMatMul, productOf);
  replaceKernel(tf.MaxPoolGrad, poolGradient);
  replaceKernel(tf.Sum, sumOf);
}

type Inputs = Record<string, tf.TensorInfo>;
type Kernel = (inputs: Inputs, attrs: tf.NamedAttrMap, stock: Stock, backend: BackendWasm) => tf.Tensor | tf.TensorInfo;
type Stock = (inputs: Inputs, attrs: tf.NamedAttrMap) => tf.TensorInfo;

function replaceKernel(kernelName: string, kernel: Kernel): void {
  const backendName = 'wasm';
  const own = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (own) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    ...(own?.setupFunc && { setupFunc: own.setupFunc }),
    kernelFunc: ({ inputs, attrs = {}, backend }) =>
      kernel(
        inputs as Inputs,
        attrs,
        (given, settings) => {
          if (!own) throw new Error(`the wasm backend has no ${kernelName} for this`);
          return own.kernelFunc({ inputs: given, attrs: settings, backend }) as tf.TensorInfo;
        },
        backend as unknown as BackendWasm,
      ),
  });
}

function convolution(attrs: tf.NamedAttrMap, inputShape: number[], filterShape: number[]): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode, dataFormat } = attrs as unknown as tf.Conv2DBackpropInputAttrs;
  if (dataFormat !== 'NHWC') throw new Error(`expected the data format NHWC to train on wasm, got ${dataFormat}`);
  return tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

type Shape4 = [number, number, number, number];

/**
 * The gradient of a convolution's filter is itself a convolution, of the input with the output's gradient, in which
 * batch and channels have changed places and the stride has become a dilation.
 */
function filterGradient(
  { x, dy }: Inputs,
  attrs: tf.NamedAttrMap,
  _stock: Stock,
  backend: BackendWasm,
): tf.Tensor | tf.TensorInfo {
  const { filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  const {
    padInfo: { top, bottom, left, right },
    strideHeight,
    strideWidth,
  } = convolution(attrs, x.shape, filterShape);
  const own =
    strideHeight === strideWidth &&
    withPadding(x, [top, bottom, left, right], (image) =>
      filterGradientOf(backend, image, dy, filterShape, strideHeight),
    );
  if (own) return own;
  return tf.tidy(() => {
    const image = tf.transpose(padded(x as unknown as tf.Tensor4D, top, bottom, left, right), [3, 1, 2, 0]);
    const kernel = tf.transpose(dy as unknown as tf.Tensor4D, [1, 2, 0, 3]);
    const gradient = tf.conv2d(image, kernel, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
    // Rows and columns that the strides never reached.
    const [height, width] = filterShape;
    return tf.transpose(tf.slice(gradient, [0, 0, 0, 0], [-1, height, width, -1]), [1, 2, 0, 3]);
  });
}

/** For stride 1, the gradient of the input is a convolution of the output's gradient with the filter turned about. */
function inputGradient(
  inputs: Inputs,
  attrs: tf.NamedAttrMap,
  stock: Stock,
  backend: BackendWasm,
): tf.Tensor | tf.TensorInfo {
  const { dy, filter } = inputs;
  const { inputShape } = attrs as unknown as tf.Conv2DBackpropInputAttrs;
  const {
    strideHeight,
    strideWidth,
    filterHeight,
    filterWidth,
    padInfo: { top, bottom, left, right },
  } = convolution(attrs, inputShape, filter.shape);
  const around = [
    filterHeight - 1 - top,
    filterHeight - 1 - bottom,
    filterWidth - 1 - left,
    filterWidth - 1 - right,
  ] as const;
  if (strideHeight !== 1 || strideWidth !== 1 || around.some((side) => side < 0)) return stock(inputs, attrs);
  const turned = tf.tidy(() => tf.transpose(tf.reverse(filter as unknown as tf.Tensor4D, [0, 1]), [0, 1, 3, 2]));
  try {
    return (
      withPadding(dy, around, (gradient) => convolved(backend, gradient, turned, 1)) ??
      tf.tidy(() => tf.conv2d(padded(dy as unknown as tf.Tensor4D, ...around), turned, 1, 'valid'))
    );
  } finally {
    turned.dispose();
  }
}

/** A convolution of the layers that are trained. */
function convolve(inputs: Inputs, attrs: tf.NamedAttrMap, stock: Stock, backend: BackendWasm): tf.TensorInfo {
  return ownConvolution(inputs, attrs, backend, LINEAR) ?? stock(inputs, attrs);
}

/** The same with a bias, and perhaps a ReLU. */
function convolveWithBias(inputs: Inputs, attrs: tf.NamedAttrMap, stock: Stock, backend: BackendWasm): tf.TensorInfo {
  const { activation } = attrs as unknown as tf.FusedConv2DAttrs;
  const { bias, filter } = inputs as Partial<Inputs>;
  const mode = activation === 'linear' ? LINEAR : activation === 'relu' ? RELU : undefined;
  const isPlain = bias === undefined || (bias.shape.length === 1 && bias.shape[0] === filter?.shape[3]);
  const own = mode !== undefined && isPlain ? ownConvolution(inputs, attrs, backend, mode) : undefined;
  return own ?? stock(inputs, attrs);
}

/** @returns undefined where our own kernels cannot compute it */
function ownConvolution(
  inputs: Inputs,
  attrs: tf.NamedAttrMap,
  backend: BackendWasm,
  mode: Mode,
): tf.TensorInfo | undefined {
  const { x, filter } = inputs;
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs as unknown as tf.Conv2DAttrs;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as Shape4,
    filter.shape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast',
  );
  const {
    padInfo: { top, bottom, left, right },
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
  } = info;
  const isPlain = dataFormat === 'NHWC' && strideHeight === strideWidth && dilationHeight === 1 && dilationWidth === 1;
  if (!isPlain) return undefined;
  const { bias } = inputs as Partial<Inputs>;
  return withPadding(x, [top, bottom, left, right], (image) =>
    convolved(backend, image, filter, strideHeight, bias, mode),
  );
}

type Sides = readonly [top: number, bottom: number, left: number, right: number];

/** Computes with zeros about the pictures, and lets go of the copy. */
function withPadding<T>(pictures: tf.TensorInfo, sides: Sides, compute: (padded: tf.TensorInfo) => T): T {
  const image = padded(pictures as unknown as tf.Tensor4D, ...sides);
  try {
    return compute(image);
  } finally {
    if (image !== pictures) image.dispose();
  }
}

/** Pixels that a depthwise convolution of stride 1 adds about its input: above and below, left and right. */
function aboutDepthwise(
  attrs: tf.NamedAttrMap,
  inputShape: number[],
  filterShape: number[],
): [top: number, bottom: number, left: number, right: number] {
  const { strides, pad, dilations, dimRoundingMode } = attrs as unknown as tf.DepthwiseConv2dNativeBackpropInputAttrs;
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
  if (info.strideHeight !== 1 || info.strideWidth !== 1 || filterShape[3] !== 1) {
    throw new Error('expected a depthwise convolution of stride 1 and one output for each input to train on wasm');
  }
  const {
    padInfo: { top, bottom, left, right },
  } = info;
  return [top, bottom, left, right];
}

/** For each tap of the filter: the input, displaced, times the output's gradient. */
function depthwiseFilterGradient({ x, dy }: Inputs, attrs: tf.NamedAttrMap): tf.Tensor {
  const { filterShape } = attrs as unknown as tf.DepthwiseConv2dNativeBackpropFilterAttrs;
  const about = aboutDepthwise(attrs, x.shape, filterShape);
  const [height, width, channels] = filterShape;
  const [count, high, wide] = dy.shape;
  return tf.tidy(() => {
    const image = padded(x as unknown as tf.Tensor4D, ...about);
    const gradient = dy as unknown as tf.Tensor4D;
    const taps = Array.from({ length: height * width }, (_, tap) => {
      const own = tf.slice4d(image, [0, Math.floor(tap / width), tap % width, 0], [count, high, wide, channels]);
      return tf.sum(tf.mul(own, gradient), [0, 1, 2]);
    });
    return tf.reshape(tf.stack(taps), filterShape);
  });
}

/** A depthwise convolution of the output's gradient with the filter turned about. */
function depthwiseInputGradient({ dy, filter }: Inputs, attrs: tf.NamedAttrMap): tf.Tensor {
  const { inputShape } = attrs as unknown as tf.DepthwiseConv2dNativeBackpropInputAttrs;
  const [top, bottom, left, right] = aboutDepthwise(attrs, inputShape, filter.shape);
  const [height, width] = filter.shape;
  return tf.tidy(() => {
    const [above, below, before, behind] = [height - 1 - top, height - 1 - bottom, width - 1 - left, width - 1 - right];
    const around = padded(dy as unknown as tf.Tensor4D, above, below, before, behind);
    return tf.depthwiseConv2d(around, tf.reverse(filter as unknown as tf.Tensor4D, [0, 1]), 1, 'valid');
  });
}

/** Each pixel's gradient is the sum over those that it was enlarged to. */
function enlargedGradient({ images, dy }: Inputs): tf.Tensor {
  const [count, height, width, channels] = images.shape;
  const [, high, wide] = dy.shape;
  const down = high / height;
  const across = wide / width;
  if (!Number.isInteger(down) || !Number.isInteger(across)) {
    const sizes = `${width}×${height} to ${wide}×${high}`;
    throw new Error(`expected pictures to be enlarged by a whole number to train on wasm, got ${sizes}`);
  }
  return tf.tidy(() => {
    const cells = tf.reshape(dy as unknown as tf.Tensor, [count * height, down, width, across, channels]);
    return tf.reshape(tf.sum(cells, [1, 3]), images.shape);
  });
}

/** The backend multiplies fast only what is not to be transposed. */
function productOf(inputs: Inputs, attrs: tf.NamedAttrMap, stock: Stock): tf.Tensor | tf.TensorInfo {
  const { transposeA, transposeB } = attrs as unknown as tf.BatchMatMulAttrs;
  if (!transposeA && !transposeB) return stock(inputs, attrs);
  return tf.tidy(() =>
    tf.matMul(
      transposeA ? turned(inputs.a) : (inputs.a as unknown as tf.Tensor),
      transposeB ? turned(inputs.b) : (inputs.b as unknown as tf.Tensor),
    ),
  );
}

/** Each output's gradient goes to the first greatest input of its window. */
function poolGradient(
  { dy, input }: Inputs,
  attrs: tf.NamedAttrMap,
  _stock: Stock,
  backend: BackendWasm,
): tf.TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const {
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    padInfo,
  } = tf.backend_util.computePool2DInfo(input.shape as Shape4, filterSize, strides, 1, pad, dimRoundingMode);
  const isHalving =
    [filterHeight, filterWidth, strideHeight, strideWidth].every((side) => side === 2) &&
    inHeight === 2 * outHeight &&
    inWidth === 2 * outWidth;
  const halved = isHalving ? halvedGradientOf(backend, input, dy) : undefined;
  if (halved) return halved;
  const out = backend.makeOutput(input.shape, 'float32');
  // After the output has been made: the heap moves when it grows.
  const [x, gradient, sums] = [input, dy, out].map((info) => backend.typedArrayFromHeap(info) as Float32Array);
  sums.fill(0);
  const rowStep = inWidth * inChannels;
  for (let n = 0, at = 0; n < batchSize; n++) {
    const image = n * inHeight * rowStep;
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * strideHeight - padInfo.top;
      const y0 = Math.max(0, top);
      const y1 = Math.min(inHeight, top + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * strideWidth - padInfo.left;
        const x0 = Math.max(0, left);
        const x1 = Math.min(inWidth, left + filterWidth);
        for (let c = 0; c < inChannels; c++, at++) {
          let best = -1;
          let greatest = -Infinity;
          for (let iy = y0; iy < y1; iy++) {
            for (let ix = x0, i = image + iy * rowStep + x0 * inChannels + c; ix < x1; ix++, i += inChannels) {
              if (x[i] > greatest) {
                greatest = x[i];
                best = i;
              }
            }
          }
          if (best >= 0) sums[best] += gradient[at];
        }
      }
    }
  }
  return out;
}

/** A sum over all but the last dimension, which is what a bias has for a gradient. */
function sumOf(inputs: Inputs, attrs: tf.NamedAttrMap, stock: Stock, backend: BackendWasm): tf.TensorInfo {
  const { x } = inputs;
  const { axis, keepDims } = attrs as unknown as tf.SumAttrs;
  const last = x.shape.length - 1;
  const axes = tf.util.parseAxisParam(axis, x.shape);
  if (keepDims || x.dtype !== 'float32' || last < 1 || axes.length !== last || axes.includes(last))
    return stock(inputs, attrs);
  const sums = new Float64Array(x.shape[last]);
  const out = backend.makeOutput([sums.length], 'float32');
  const values = backend.typedArrayFromHeap(x) as Float32Array;
  const count = sums.length;
  const four = 4 * count;
  let first = 0;
  for (; first + four <= values.length; first += four) {
    for (let k = 0, i = first; k < count; k++, i++) {
      sums[k] += values[i] + values[i + count] + values[i + 2 * count] + values[i + 3 * count];
    }
  }
  for (; first < values.length; first += count) for (let k = 0; k < count; k++) sums[k] += values[first + k];
  (backend.typedArrayFromHeap(out) as Float32Array).set(sums);
  return out;
}

function turned(matrices: tf.TensorInfo): tf.Tensor {
  const rank = matrices.shape.length;
  return tf.transpose(
    matrices as unknown as tf.Tensor,
    matrices.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
}

function padded(image: tf.Tensor4D, top: number, bottom: number, left: number, right: number): tf.Tensor4D {
  return top + bottom + left + right === 0
    ? image
    : tf.pad4d(image, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
}
