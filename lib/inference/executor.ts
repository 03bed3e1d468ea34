import { FLOAT, LINEAR, loadKernels, PIXEL, RELU, type Kernels } from './kernels';
import { LayerMemory, type Border, type Layer } from './memory';
import { paddedChannels, storedChannels, type CompiledNetwork, type Operation } from './network';

/** Pictures computed together: more are not faster, and the memory of WebAssembly is never given back. */
const BATCH = 32;

/** Computes one network. */
export class Executor {
  readonly #kernels: Kernels;
  readonly #memory: LayerMemory;
  readonly #weights: number;
  readonly #layers: Layer[];
  /** A row of features for each picture of a batch. */
  readonly #features: number;
  /** Numbers in such a row. */
  readonly #across: number;
  readonly #outputs: number[];

  constructor(
    private readonly network: CompiledNetwork,
    kernels: Kernels = loadKernels(),
  ) {
    const { picture, operations, dense, weights } = network;
    const memory = new LayerMemory(kernels);
    this.#kernels = kernels;
    this.#memory = memory;
    this.#weights = memory.put(weights);
    this.#layers = [picture, ...operations.map(({ shape }) => shape)].map((shape, i) =>
      memory.layer(shape.width, shape.height, storedChannels(i, shape, operations), borderOf(i, operations)),
    );
    this.#across = dense[0].inputs;
    this.#features = memory.take(BATCH * this.#across * FLOAT);
    this.#outputs = dense.map(({ outputs }) => memory.take(BATCH * paddedChannels(outputs) * FLOAT));
  }

  /**
   * @param pictures n × height × width × channels bytes, which stand for 0 to 1
   * @param numbers n × the numbers of the other input, where the network has one
   * @returns n × outputs
   */
  compute(pictures: Uint8Array, numbers = new Float32Array(0)): Float32Array<ArrayBuffer> {
    const {
      picture: { width, height, channels },
      outputs,
      numbers: each,
    } = this.network;
    const size = width * height * channels;
    const count = pictures.length / size;
    const all = new Float32Array(count * outputs);
    for (let first = 0; first < count; first += BATCH) {
      const last = Math.min(count, first + BATCH);
      for (let i = first; i < last; i++) {
        this.#show(pictures.subarray(i * size, (i + 1) * size));
        for (const [k, operation] of this.network.operations.entries()) this.#operate(operation, this.#layers[k + 1]);
        this.#collect(i - first, numbers.subarray(i * each, (i + 1) * each));
      }
      all.set(this.#conclude(last - first), first * outputs);
    }
    return all;
  }

  #show(picture: Uint8Array): void {
    const { at, row, width, height, channels } = this.#layers[0];
    const { numbers } = this.#memory;
    const across = width * channels;
    for (let y = 0, from = 0, to = at / FLOAT; y < height; y++, to += row / FLOAT) {
      for (let x = 0; x < across; x++, from++) numbers[to + x] = picture[from] / 255;
    }
  }

  #operate(operation: Operation, to: Layer): void {
    const from = this.#layers[operation.from];
    if (operation.kind === 'pool') {
      this.#kernels.pool(from, to, to, to.channels);
    } else if (operation.kind === 'crop') {
      const { numbers } = this.#memory;
      const across = to.width * to.channels;
      for (let y = 0; y < to.height; y++) {
        const first = (from.at + (operation.top + y) * from.row) / FLOAT + operation.left * from.channels;
        numbers.copyWithin((to.at + y * to.row) / FLOAT, first, first + across);
      }
    } else {
      const { before, window, weights, bias, relu } = operation;
      const { at, row, channels } = from;
      const corner = { at: at - before * (row + channels * FLOAT), row };
      this.#kernels.convolve(
        corner,
        to,
        this.#weights + weights * FLOAT,
        this.#weights + bias * FLOAT,
        to,
        window,
        { in: channels, out: to.channels },
        relu ? RELU : LINEAR,
      );
    }
  }

  /** Lays a picture's features side by side. */
  #collect(nth: number, own: Float32Array): void {
    const { numbers } = this.#memory;
    let to = this.#features / FLOAT + nth * this.#across;
    for (const part of this.network.features) {
      if (part === 'numbers') {
        numbers.set(own, to);
        to += own.length;
        continue;
      }
      const { at, row, width, height, channels } = this.#layers[part];
      const across = width * channels;
      for (let y = 0, from = at / FLOAT; y < height; y++, from += row / FLOAT, to += across) {
        numbers.copyWithin(to, from, from + across);
      }
    }
  }

  /** The dense layers, for all pictures of a batch together. */
  #conclude(count: number): Float32Array {
    const { dense, outputs } = this.network;
    const size = { width: count, height: 1 };
    let from = this.#features;
    for (const [i, { inputs, outputs: own, weights, bias, relu }] of dense.entries()) {
      this.#kernels.convolve(
        { at: from, row: 0 },
        { at: this.#outputs[i], row: 0 },
        this.#weights + weights * FLOAT,
        this.#weights + bias * FLOAT,
        size,
        PIXEL,
        { in: inputs, out: paddedChannels(own) },
        relu ? RELU : LINEAR,
      );
      from = this.#outputs[i];
    }
    const out = new Float32Array(count * outputs);
    const across = paddedChannels(outputs);
    const { numbers } = this.#memory;
    for (let i = 0; i < count; i++) {
      const first = from / FLOAT + i * across;
      out.set(numbers.subarray(first, first + outputs), i * outputs);
    }
    return out;
  }
}

/** The zeros about a layer that the widest of its windows take. */
function borderOf(layer: number, operations: readonly Operation[]): Border {
  const windows = operations.flatMap((operation) =>
    operation.kind === 'convolve' && operation.from === layer ? [operation] : [],
  );
  return {
    before: Math.max(0, ...windows.map(({ before }) => before)),
    after: Math.max(0, ...windows.map(({ after }) => after)),
  };
}
