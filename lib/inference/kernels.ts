import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where pixels lie in the kernels' memory: the first one, and how far apart rows are, in bytes. */
export interface Rows {
  at: number;
  row: number;
}

/** What becomes of a sum: it is stored, or what of it is positive is, or that is added to what is there. */
export const LINEAR = 0;
export const RELU = 1;
export const ADD_RELU = 2;
export type Mode = typeof LINEAR | typeof RELU | typeof ADD_RELU;

/** What networks consist of, on 32-bit numbers of one memory. Places in it are in bytes. */
export interface Kernels {
  /** Makes room for so many bytes and looks at the memory, which may lie elsewhere than before. */
  memory(bytes: number): Float32Array;
  /**
   * A convolution: each pixel's outputs as sums over the inputs in its window.
   * @param from the first pixel of the first window
   * @param weights `rows × columns × in × out`
   * @param bias `out`
   * @param size of what it makes
   * @param channels in (any number) and out (a multiple of eight)
   */
  convolve(
    from: Rows,
    to: Rows,
    weights: number,
    bias: number,
    size: Size,
    window: Window,
    channels: { in: number; out: number },
    mode: Mode,
  ): void;
  /**
   * Each channel's sum over 3 × 3 pixels.
   * @param from the pixel left above the first one
   * @param weights `9 × channels`
   * @param channels a multiple of four
   */
  depthwise(from: Rows, to: Rows, weights: number, size: Size, channels: number): void;
  /**
   * The greatest of each two by two pixels.
   * @param size of what it makes
   */
  pool(from: Rows, to: Rows, size: Size, channels: number): void;
  /**
   * Adds a layer to one of twice its resolution.
   * @param size of the smaller one
   */
  addUp(from: Rows, to: Rows, size: Size, channels: number): void;
}

export interface Size {
  width: number;
  height: number;
}

/** What each output of a convolution sees, pixels; and how far apart the windows of neighbours are. */
export interface Window {
  columns: number;
  rows: number;
  stride: number;
}

/** The window of a convolution that looks at one pixel. */
export const PIXEL: Window = { columns: 1, rows: 1, stride: 1 };

/** Bytes of a number. */
export const FLOAT = 4;

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

type Exports = Record<
  'convolve' | 'filterGradient' | 'poolGradient' | 'depthwise' | 'pool' | 'addUp',
  (...numbers: number[]) => void
>;

/** With four numbers at a time where the processor has such instructions, otherwise one by one. */
export function loadKernels(): Kernels {
  return kernelsIn(new WebAssembly.Memory({ initial: 1 })) ?? plainKernels();
}

/** What a network is trained with, too. */
export interface TrainingKernels extends Kernels {
  /**
   * Adds to a filter's gradient what one picture gives.
   * @param from the first pixel of the first window of the convolution's input
   * @param outer the gradient of its output
   * @param to the filter's gradient, `rows × columns × in × out`
   * @param size of the output
   * @param channels in (any number) and out (a multiple of eight)
   */
  filterGradient(
    from: Rows,
    outer: Rows,
    to: number,
    size: Size,
    window: Window,
    channels: { in: number; out: number },
  ): void;
  /**
   * The gradient of `pool`'s input, without gaps between rows.
   * @param from the input, of `2 × width` by `2 × height` pixels
   * @param outer the gradient of the output
   * @param size of the output
   * @param channels a multiple of four
   */
  poolGradient(from: number, outer: number, to: number, size: Size, channels: number): void;
}

/**
 * The kernels with four numbers at a time, on a memory that may be somebody else's.
 * @param file where kernels.wasm lies
 * @returns undefined where the processor has no such instructions
 */
export function kernelsIn(
  memory: WebAssembly.Memory,
  file = join(__dirname, 'kernels.wasm'),
): TrainingKernels | undefined {
  const bytes = readFileSync(file);
  if (!WebAssembly.validate(bytes)) return undefined;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return new SimdKernels(memory, instance.exports as unknown as Exports);
}

/** The same without such instructions, and without what only training needs. */
export function plainKernels(): Kernels {
  return new PlainKernels();
}

/** Puts bytes, which stand for 0 to 1, where a layer's rows lie. */
export function putBytes(numbers: Float32Array, bytes: Uint8Array, { at, row }: Rows, { width, height }: Size): void {
  for (let y = 0, from = 0, to = at / FLOAT; y < height; y++, to += row / FLOAT) {
    for (let x = 0; x < width; x++, from++) numbers[to + x] = bytes[from] / 255;
  }
}

/** What kernels.wasm does, which takes nothing but numbers. */
class SimdKernels implements TrainingKernels {
  constructor(
    private readonly own: WebAssembly.Memory,
    private readonly exports: Exports,
  ) {}

  memory(bytes: number): Float32Array {
    const missing = bytes - this.own.buffer.byteLength;
    if (missing > 0) this.own.grow(Math.ceil(missing / PAGE));
    return new Float32Array(this.own.buffer);
  }

  convolve(
    from: Rows,
    to: Rows,
    weights: number,
    bias: number,
    { width, height }: Size,
    window: Window,
    channels: { in: number; out: number },
    mode: Mode,
  ): void {
    const { run, step, down } = stepsOf(window, from, channels.in);
    const out = channels.out * FLOAT;
    const { rows } = window;
    this.exports.convolve(
      from.at,
      from.row,
      to.at,
      to.row,
      weights,
      bias,
      width,
      height,
      run,
      rows,
      step,
      down,
      out,
      mode,
    );
  }

  filterGradient(
    from: Rows,
    outer: Rows,
    to: number,
    { width, height }: Size,
    window: Window,
    channels: { in: number; out: number },
  ): void {
    const { run, step, down } = stepsOf(window, from, channels.in);
    const out = channels.out * FLOAT;
    const { rows } = window;
    this.exports.filterGradient(from.at, from.row, outer.at, outer.row, to, width, height, run, rows, step, down, out);
  }

  poolGradient(from: number, outer: number, to: number, { width, height }: Size, channels: number): void {
    this.exports.poolGradient(from, outer, to, width, height, channels * FLOAT);
  }

  depthwise(from: Rows, to: Rows, weights: number, { width, height }: Size, channels: number): void {
    this.exports.depthwise(from.at, from.row, to.at, to.row, weights, width, height, channels * FLOAT);
  }

  pool(from: Rows, to: Rows, { width, height }: Size, channels: number): void {
    this.exports.pool(from.at, from.row, to.at, to.row, width, height, channels * FLOAT);
  }

  addUp(from: Rows, to: Rows, { width, height }: Size, channels: number): void {
    this.exports.addUp(from.at, from.row, to.at, to.row, width, height, channels * FLOAT);
  }
}

/** Bytes of a row of a window, and from one window to the next one, sidewards and down. */
function stepsOf(
  { columns, stride }: Window,
  { row }: Rows,
  channels: number,
): { run: number; step: number; down: number } {
  const pixel = channels * FLOAT;
  return { run: columns * pixel, step: stride * pixel, down: stride * row };
}

class PlainKernels implements Kernels {
  #memory = new Float32Array(0);

  memory(bytes: number): Float32Array {
    if (bytes > this.#memory.byteLength) {
      const before = this.#memory;
      this.#memory = new Float32Array(Math.ceil(bytes / FLOAT));
      this.#memory.set(before);
    }
    return this.#memory;
  }

  convolve(
    from: Rows,
    to: Rows,
    weights: number,
    bias: number,
    { width, height }: Size,
    { columns, rows, stride }: Window,
    { in: inputs, out: outputs }: { in: number; out: number },
    mode: Mode,
  ): void {
    const memory = this.#memory;
    const sums = new Float32Array(outputs);
    const first = weights / FLOAT;
    const biases = memory.subarray(bias / FLOAT);
    const row = from.row / FLOAT;
    const run = columns * inputs;
    for (let y = 0; y < height; y++) {
      for (let x = 0, t = (to.at + y * to.row) / FLOAT; x < width; x++) {
        for (let k = 0; k < outputs; k++) sums[k] = biases[k];
        for (let i = 0, w = first; i < rows; i++) {
          const s = from.at / FLOAT + (y * stride + i) * row + x * stride * inputs;
          for (let j = 0; j < run; j++) {
            for (let k = 0; k < outputs; k++, w++) sums[k] += memory[s + j] * memory[w];
          }
        }
        for (let k = 0; k < outputs; k++, t++) {
          memory[t] = mode === LINEAR ? sums[k] : Math.max(0, sums[k]) + (mode === ADD_RELU ? memory[t] : 0);
        }
      }
    }
  }

  depthwise(from: Rows, to: Rows, weights: number, { width, height }: Size, channels: number): void {
    const memory = this.#memory;
    const w = memory.subarray(weights / FLOAT, weights / FLOAT + 9 * channels);
    const row = from.row / FLOAT;
    for (let y = 0; y < height; y++) {
      const s = from.at / FLOAT + y * row;
      const t = (to.at + y * to.row) / FLOAT;
      for (let i = 0; i < width * channels; i++) {
        let sum = 0;
        for (let tap = 0, k = i % channels; tap < 9; tap++, k += channels) {
          sum += w[k] * memory[s + i + Math.floor(tap / 3) * row + (tap % 3) * channels];
        }
        memory[t + i] = sum;
      }
    }
  }

  pool(from: Rows, to: Rows, { width, height }: Size, channels: number): void {
    const memory = this.#memory;
    const down = from.row / FLOAT;
    for (let y = 0; y < height; y++) {
      let s = (from.at + 2 * y * from.row) / FLOAT;
      let t = (to.at + y * to.row) / FLOAT;
      for (let x = 0; x < width; x++, s += channels) {
        for (let k = 0; k < channels; k++, s++, t++) {
          const upper = Math.max(memory[s], memory[s + channels]);
          memory[t] = Math.max(upper, memory[s + down], memory[s + down + channels]);
        }
      }
    }
  }

  addUp(from: Rows, to: Rows, { width, height }: Size, channels: number): void {
    const memory = this.#memory;
    for (let y = 0; y < 2 * height; y++) {
      let t = (to.at + y * to.row) / FLOAT;
      const row = (from.at + (y >> 1) * from.row) / FLOAT;
      for (let x = 0; x < 2 * width; x++) {
        const s = row + (x >> 1) * channels;
        for (let k = 0; k < channels; k++, t++) memory[t] += memory[s + k];
      }
    }
  }
}
