import { FLOAT, LINEAR, loadKernels, PIXEL, putBytes, RELU, type Kernels } from './kernels';
import { LayerMemory, type Border, type Layer } from './memory';
import { paddedChannels, storedChannels, type CompiledNetwork, type Dense, type Operation } from './network';

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
  /** With the places that their outputs go to. */
  readonly #dense: (Dense & { to: number })[];

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
    this.#dense = dense.map((layer) => ({
      ...layer,
      to: memory.take(BATCH * paddedChannels(layer.outputs) * FLOAT),
    }));
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
        for (const [k, operation] of this.network.operations.entries()) this.#operate(operation, this.#layer(k + 1));
        this.#collect(i - first, numbers.subarray(i * each, (i + 1) * each));
      }
      all.set(this.#conclude(last - first), first * outputs);
    }
    return all;
  }

  /** @param nth 0 for the picture, then what the operations make */
  #layer(nth: number): Layer {
    const layer = this.#layers.at(nth);
    if (!layer) throw new RangeError(`expected one of the network's ${this.#layers.length} layers, got number ${nth}`);
    return layer;
  }

  #show(picture: Uint8Array): void {
    const layer = this.#layer(0);
    const { width, height, channels } = layer;
    putBytes(this.#memory.numbers, picture, layer, { width: width * channels, height });
  }

  #operate(operation: Operation, to: Layer): void {
    const from = this.#layer(operation.from);
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
      const { at, row, width, height, channels } = this.#layer(part);
      const across = width * channels;
      for (let y = 0, from = at / FLOAT; y < height; y++, from += row / FLOAT, to += across) {
        numbers.copyWithin(to, from, from + across);
      }
    }
  }

  /** The dense layers, for all pictures of a batch together. */
  #conclude(count: number): Float32Array {
    const { outputs } = this.network;
    const size = { width: count, height: 1 };
    let from = this.#features;
    for (const { inputs, outputs: own, weights, bias, relu, to } of this.#dense) {
      this.#kernels.convolve(
        { at: from, row: 0 },
        { at: to, row: 0 },
        this.#weights + weights * FLOAT,
        this.#weights + bias * FLOAT,
        size,
        PIXEL,
        { in: inputs, out: paddedChannels(own) },
        relu ? RELU : LINEAR,
      );
      from = to;
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
