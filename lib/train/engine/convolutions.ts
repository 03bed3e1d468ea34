/**
 * Convolutions, and gradients of these and of pooling, by our own kernels, on the memory of TensorFlow.js' wasm
 * backend: twice as fast as what it has. They take pictures of stride 1 and more, without dilation, whose outputs have
 * a multiple of eight channels.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {
  FLOAT,
  kernelsIn,
  LINEAR,
  type Mode,
  type Rows,
  type Size,
  type TrainingKernels,
  type Window,
} from '../../inference/kernels';
import { OUTPUTS_AT_ONCE } from '../../inference/network';

type Shape4 = [number, number, number, number];

/** @throws RangeError for a tensor of other than four dimensions */
function shape4(shape: readonly number[]): Shape4 {
  if (!isShape4(shape)) throw new RangeError(`expected a tensor of four dimensions, got ${shape.length}`);
  return shape;
}

const isShape4 = (shape: readonly number[]): shape is Shape4 => shape.length === 4;

let kernels: { of: BackendWasm; own: TrainingKernels | undefined } | undefined;

/** @returns undefined where the processor lacks the instructions */
function kernelsOf(backend: BackendWasm): TrainingKernels | undefined {
  if (kernels?.of !== backend) {
    const {
      asm: { memory },
    } = backend.wasm as unknown as { asm: { memory: WebAssembly.Memory } };
    kernels = { of: backend, own: kernelsIn(memory, kernelsFile) };
  }
  return kernels.own;
}

/** Where kernels.wasm lies; code that is bundled lies elsewhere. */
let kernelsFile: string | undefined;

/** Says where the WebAssembly of the kernels lies, before they are loaded from within a bundle. */
export function setKernelsFile(file: string): void {
  kernelsFile = file;
}

/**
 * @param x n × height × width × in, with the zeros about it that the windows take
 * @param filter rows × columns × in × out
 * @param bias out numbers; default 0 for each
 * @param mode `LINEAR` or `RELU`
 * @returns n × outHeight × outWidth × out; undefined where our kernels cannot compute it
 */
export function convolved(
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  stride: number,
  bias?: tf.TensorInfo,
  mode: Mode = LINEAR,
): tf.TensorInfo | undefined {
  const own = kernelsOf(backend);
  const [rows, columns, inputs, outputs] = shape4(filter.shape);
  if (!own || outputs % OUTPUTS_AT_ONCE !== 0) return undefined;
  const window = { rows, columns, stride };
  const { width, height } = outputSize(x, window);
  const [count] = shape4(x.shape);
  const zeros = bias ? undefined : tf.zeros([outputs]);
  const out = backend.makeOutput([count, height, width, outputs], 'float32');
  // After the last one has been made: the memory grows, but nothing moves in it.
  const biases = placeOf(backend, (bias ?? zeros) as tf.TensorInfo);
  const weights = placeOf(backend, filter);
  for (let n = 0; n < count; n++) {
    const from = pictureOf(backend, x, n);
    const to = pictureOf(backend, out, n);
    own.convolve(from, to, weights, biases, { width, height }, window, { in: inputs, out: outputs }, mode);
  }
  zeros?.dispose();
  return out;
}

/**
 * @param x as `convolved` takes it
 * @param outer gradient of the output
 * @param filterShape rows × columns × in × out
 * @returns the filter's gradient; undefined where our kernels cannot compute it
 */
export function filterGradientOf(
  backend: BackendWasm,
  x: tf.TensorInfo,
  outer: tf.TensorInfo,
  filterShape: readonly number[],
  stride: number,
): tf.TensorInfo | undefined {
  const own = kernelsOf(backend);
  const [rows, columns, inputs, outputs] = shape4(filterShape);
  if (!own || outputs % OUTPUTS_AT_ONCE !== 0) return undefined;
  const [count, height, width] = shape4(outer.shape);
  const out = backend.makeOutput([...filterShape], 'float32');
  (backend.typedArrayFromHeap(out) as Float32Array).fill(0);
  const to = placeOf(backend, out);
  for (let n = 0; n < count; n++) {
    own.filterGradient(
      pictureOf(backend, x, n),
      pictureOf(backend, outer, n),
      to,
      { width, height },
      { rows, columns, stride },
      { in: inputs, out: outputs },
    );
  }
  return out;
}

/**
 * @param x what was pooled in windows of two by two, without any left over
 * @param outer gradient of the output
 * @returns the gradient of `x`; undefined where our kernels cannot compute it
 */
export function halvedGradientOf(
  backend: BackendWasm,
  x: tf.TensorInfo,
  outer: tf.TensorInfo,
): tf.TensorInfo | undefined {
  const own = kernelsOf(backend);
  const [count, height, width, channels] = shape4(outer.shape);
  if (!own || channels % 4 !== 0) return undefined;
  const out = backend.makeOutput(x.shape, 'float32');
  // Pictures follow each other without a gap, and so are one high picture.
  const size = { width, height: count * height };
  own.poolGradient(placeOf(backend, x), placeOf(backend, outer), placeOf(backend, out), size, channels);
  return out;
}

function outputSize({ shape }: tf.TensorInfo, { rows, columns, stride }: Window): Size {
  const [, height, width] = shape4(shape);
  return { width: Math.floor((width - columns) / stride) + 1, height: Math.floor((height - rows) / stride) + 1 };
}

/** Where a tensor's numbers lie in the backend's memory, bytes. */
function placeOf({ dataIdMap }: BackendWasm, { dataId }: tf.TensorInfo): number {
  const { memoryOffset } = (dataIdMap as unknown as { get(id: object): { memoryOffset: number } }).get(dataId);
  return memoryOffset;
}

function pictureOf(backend: BackendWasm, pictures: tf.TensorInfo, nth: number): Rows {
  const [, height, width, channels] = shape4(pictures.shape);
  const row = width * channels * FLOAT;
  return { at: placeOf(backend, pictures) + nth * height * row, row };
}
