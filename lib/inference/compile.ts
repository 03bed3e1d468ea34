/**
 * Makes a network for the kernels of a model in the TensorFlow.js layers format, where that consists of nothing but
 * what the kernels can do: convolutions, pooling of two by two, cropping, dense layers, ReLU, and a softmax at the end.
 * Of any other model it makes nothing; so it need not tell what is wrong with one.
 */
import * as v from 'valibot';
import type { io } from '@tensorflow/tfjs-core';
import { graphOf, type GraphNode } from './graph';
import { FLOAT, type Window } from './kernels';
import {
  MOST_NUMBERS,
  paddedChannels,
  storedChannels,
  type CompiledNetwork,
  type Dense,
  type Operation,
  type Shape,
} from './network';
import { DIGIT_PIXELS, DIGIT_SIZE } from '../digit';

/** What a model consists of. */
export interface Artifacts {
  modelTopology: object;
  weightSpecs: io.WeightsManifestEntry[];
  weightData: ArrayBuffer;
}

/** @returns undefined where the model has a layer or a setting that the kernels do not know */
export function compile(artifacts: Artifacts): CompiledNetwork | undefined {
  try {
    return new Compiler(artifacts).compile();
  } catch (error) {
    if (error instanceof NotCompilable || error instanceof v.ValiError) return undefined;
    throw error;
  }
}

class NotCompilable extends Error {}

function assertCompilable(condition: boolean): asserts condition {
  if (!condition) throw new NotCompilable();
}

/**
 * What a layer of the model gives: a layer of pictures, a row of features, or the outputs of the dense layers so far.
 */
type Value =
  | { kind: 'layer'; number: number }
  | { kind: 'features'; parts: (number | 'numbers')[] }
  | { kind: 'dense'; nth: number; isLogits: boolean };

const SIDE = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024));
const PAIR = v.pipe(
  v.tuple([SIDE, SIDE]),
  v.check(([a, b]) => a === b),
);
const CHANNELS_LAST = v.optional(v.nullable(v.literal('channels_last')));
const ONES = v.optional(v.nullable(v.union([v.literal(1), v.tuple([v.literal(1), v.literal(1)])])));
const ACTIVATION = v.picklist(['linear', 'relu', 'softmax']);

const CONVOLUTION = v.object({
  filters: SIDE,
  kernel_size: PAIR,
  strides: PAIR,
  padding: v.picklist(['valid', 'same']),
  use_bias: v.boolean(),
  activation: v.optional(v.nullable(v.picklist(['linear', 'relu'])), 'linear'),
  dilation_rate: ONES,
  data_format: CHANNELS_LAST,
});
const TWO = v.tuple([v.literal(2), v.literal(2)]);
const POOLING = v.object({
  pool_size: TWO,
  strides: v.optional(v.nullable(TWO)),
  padding: v.picklist(['valid', 'same']),
  data_format: CHANNELS_LAST,
});
const EDGE = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1024));
const CROPPING = v.object({
  cropping: v.tuple([v.tuple([EDGE, EDGE]), v.tuple([EDGE, EDGE])]),
  data_format: CHANNELS_LAST,
});
const DENSE = v.object({
  units: SIDE,
  use_bias: v.boolean(),
  activation: v.optional(v.nullable(ACTIVATION), 'linear'),
});
const INPUT = v.object({ batch_input_shape: v.pipe(v.array(v.nullable(SIDE)), v.minLength(2), v.maxLength(4)) });

class Compiler {
  readonly #nodes: GraphNode[];
  readonly #output: string;
  readonly #specs: Map<string, { shape: number[]; values: Float32Array }>;
  readonly #values = new Map<string, Value>();
  readonly #shapes: Shape[] = [];
  readonly #operations: Operation[] = [];
  readonly #dense: Dense[] = [];
  readonly #weights: Float32Array[] = [];
  #taken = 0;
  #features: (number | 'numbers')[] | undefined;
  #numbers = 0;
  #inputShape: number[] = [];

  constructor({ modelTopology, weightSpecs, weightData }: Artifacts) {
    const graph = graphOf(modelTopology);
    assertCompilable(graph !== undefined);
    this.#nodes = graph.nodes;
    this.#output = graph.output;
    this.#specs = weightsOf(weightSpecs, weightData);
  }

  compile(): CompiledNetwork {
    for (const node of this.#nodes) {
      const inputs = node.from.map((name) => this.#valueOf(name));
      assertCompilable(!this.#values.has(node.name));
      this.#values.set(node.name, this.#layer(node, inputs));
    }
    const last = this.#valueOf(this.#output);
    assertCompilable(last.kind === 'dense' && this.#shapes.length > 0 && this.#specs.size === 0);
    const { outputs } = this.#lastDense(last);
    const weights = new Float32Array(new SharedArrayBuffer(this.#taken * FLOAT));
    let at = 0;
    for (const each of this.#weights) {
      weights.set(each, at);
      at += each.length;
    }
    return {
      picture: this.#shapes[0],
      inputShape: this.#inputShape,
      numbers: this.#numbers,
      operations: this.#operations,
      features: this.#features ?? [],
      dense: this.#dense,
      outputs,
      weights,
    };
  }

  #valueOf(name: string): Value {
    const value = this.#values.get(name);
    assertCompilable(value !== undefined);
    return value;
  }

  #layer(node: GraphNode, inputs: Value[]): Value {
    const { type, config } = node;
    if (inputs.length === 0 && type !== 'InputLayer') return this.#layer(node, [this.#input(config)]);
    if (type === 'InputLayer') return this.#input(config);
    if (type === 'Concatenate') return this.#concatenated(config, inputs);
    assertCompilable(inputs.length === 1);
    const [input] = inputs;
    switch (type) {
      case 'Conv2D':
        return this.#convolution(node, input);
      case 'MaxPooling2D':
        return this.#pooled(config, input);
      case 'Cropping2D':
        return this.#cropped(config, input);
      case 'Dense':
        return this.#denseLayer(node, input);
      case 'Flatten':
        return this.#flattened(input);
      case 'Dropout':
        return input;
      case 'Reshape':
        return this.#reshaped(config, input);
      case 'Activation':
        return this.#activated(node, input, v.parse(ACTIVATION, config.activation));
      case 'ReLU':
        return this.#activated(node, input, config.max_value == null ? 'relu' : undefined);
      case 'Softmax':
        return this.#activated(node, input, config.axis === -1 || config.axis === 1 ? 'softmax' : undefined);
      default:
        throw new NotCompilable();
    }
  }

  #input(config: Record<string, unknown>): Value {
    const [, ...sides] = v.parse(INPUT, config).batch_input_shape;
    assertCompilable(sides.every((side) => side !== null));
    const isOnly = this.#nodes.filter(({ from }) => from.length === 0).length === 1;
    if (sides.length === 1 && !(isOnly && sides[0] === DIGIT_PIXELS)) {
      assertCompilable(this.#numbers === 0);
      this.#numbers = sides[0];
      return { kind: 'features', parts: ['numbers'] };
    }
    assertCompilable(this.#shapes.length === 0);
    const [height, width, channels = 1] = sides.length === 1 ? [DIGIT_SIZE, DIGIT_SIZE] : sides;
    this.#shapes.push({ width, height, channels });
    this.#inputShape = sides;
    return sides.length === 1 ? { kind: 'features', parts: [0] } : { kind: 'layer', number: 0 };
  }

  #convolution({ name, config }: GraphNode, input: Value): Value {
    assertCompilable(input.kind === 'layer');
    const from = this.#shapes[input.number];
    const {
      filters,
      kernel_size: [columns],
      strides: [stride],
      padding,
      use_bias,
      activation,
    } = v.parse(CONVOLUTION, config);
    const window: Window = { columns, rows: columns, stride };
    const [width, before, after] = extent(from.width, columns, stride, padding);
    const [height, above, below] = extent(from.height, columns, stride, padding);
    assertCompilable(before === above && after === below);
    const kernel = this.#take(`${name}/kernel`, [columns, columns, from.channels, filters]);
    const bias = use_bias ? this.#take(`${name}/bias`, [filters]) : new Float32Array(filters);
    const inputs = this.#stored(input.number);
    return this.#operation(
      input.number,
      { width, height, channels: filters },
      {
        kind: 'convolve',
        window,
        before,
        after,
        relu: activation === 'relu',
        weights: this.#put(laidOut(kernel, columns ** 2, from.channels, inputs, filters)),
        bias: this.#put(laidOut(bias, 1, 1, 1, filters)),
      },
    );
  }

  #pooled(config: Record<string, unknown>, input: Value): Value {
    assertCompilable(input.kind === 'layer' && input.number > 0);
    const { padding } = v.parse(POOLING, config);
    const { width, height, channels } = this.#shapes[input.number];
    assertCompilable(padding === 'valid' || (width % 2 === 0 && height % 2 === 0));
    return this.#operation(input.number, { width: width >> 1, height: height >> 1, channels }, { kind: 'pool' });
  }

  #cropped(config: Record<string, unknown>, input: Value): Value {
    assertCompilable(input.kind === 'layer' && input.number === 0);
    const {
      cropping: [[top, bottom], [left, right]],
    } = v.parse(CROPPING, config);
    const { width, height, channels } = this.#shapes[input.number];
    return this.#operation(
      input.number,
      { width: width - left - right, height: height - top - bottom, channels },
      { kind: 'crop', left, top },
    );
  }

  #operation(from: number, shape: Shape, how: DistributedOmit<Operation, 'from' | 'shape'>): Value {
    const { width, height, channels } = shape;
    assertCompilable(width > 0 && height > 0 && width * height * channels <= MOST_NUMBERS);
    this.#operations.push({ from, shape, ...how });
    return { kind: 'layer', number: this.#shapes.push(shape) - 1 };
  }

  #flattened(input: Value): Value {
    if (input.kind !== 'layer') return input;
    return { kind: 'features', parts: [input.number] };
  }

  /** 784 numbers or 28×28 as a picture of one channel, as which they are taken anyway. */
  #reshaped(config: Record<string, unknown>, input: Value): Value {
    const isPicture =
      input.kind === 'layer' ? input.number === 0 : input.kind === 'features' && input.parts.join() === '0';
    const { width, height, channels } = this.#shapes[0];
    assertCompilable(
      isPicture && channels === 1 && JSON.stringify(config.target_shape) === JSON.stringify([height, width, 1]),
    );
    return { kind: 'layer', number: 0 };
  }

  #concatenated(config: Record<string, unknown>, inputs: Value[]): Value {
    const parts = inputs.flatMap((input) => {
      assertCompilable(input.kind === 'features');
      return input.parts;
    });
    assertCompilable(config.axis === -1 || config.axis === 1);
    return { kind: 'features', parts };
  }

  #denseLayer({ name, config }: GraphNode, input: Value): Value {
    assertCompilable(input.kind !== 'layer');
    const { units, use_bias, activation } = v.parse(DENSE, config);
    const [kept, inputs] = input.kind === 'dense' ? this.#outputsOf(input) : this.#featuresOf(input.parts);
    const kernel = this.#take(`${name}/kernel`, [kept.length, units]);
    const padded = paddedChannels(units);
    const rows = new Float32Array(inputs * padded);
    kept.forEach((row, i) => {
      rows.set(kernel.subarray(i * units, (i + 1) * units), row * padded);
    });
    const bias = use_bias ? this.#take(`${name}/bias`, [units]) : new Float32Array(units);
    this.#dense.push({
      inputs,
      outputs: units,
      relu: activation === 'relu',
      weights: this.#put(rows),
      bias: this.#put(laidOut(bias, 1, 1, 1, units)),
    });
    return { kind: 'dense', nth: this.#dense.length - 1, isLogits: activation === 'softmax' };
  }

  /** Dense layers come one after the other: each takes what the one before gives. */
  #lastDense({ nth }: Value & { kind: 'dense' }): Dense {
    assertCompilable(nth === this.#dense.length - 1);
    return this.#dense[nth];
  }

  #outputsOf(value: Value & { kind: 'dense' }): [places: number[], size: number] {
    const { outputs } = this.#lastDense(value);
    assertCompilable(!value.isLogits);
    return [Array.from({ length: outputs }, (_, i) => i), paddedChannels(outputs)];
  }

  #featuresOf(parts: (number | 'numbers')[]): [places: number[], size: number] {
    assertCompilable(this.#features === undefined);
    this.#features = parts;
    return [this.#placesOf(parts), this.#sizeOf(parts)];
  }

  /** Where the features of these parts lie in a row of features, in the model's order. */
  #placesOf(parts: readonly (number | 'numbers')[]): number[] {
    const places: number[] = [];
    let first = 0;
    for (const part of parts) {
      const [pixels, channels, padded] = this.#extentOf(part);
      for (let i = 0; i < pixels; i++) {
        for (let k = 0; k < channels; k++) places.push(first + i * padded + k);
      }
      first += pixels * padded;
    }
    assertCompilable(places.length <= MOST_NUMBERS);
    return places;
  }

  #sizeOf(parts: readonly (number | 'numbers')[]): number {
    return parts.reduce<number>((sum, part) => {
      const [pixels, , padded] = this.#extentOf(part);
      return sum + pixels * padded;
    }, 0);
  }

  #extentOf(part: number | 'numbers'): [pixels: number, channels: number, padded: number] {
    if (part === 'numbers') return [1, this.#numbers, this.#numbers];
    const { width, height, channels } = this.#shapes[part];
    return [width * height, channels, this.#stored(part)];
  }

  #stored(layer: number): number {
    return storedChannels(layer, this.#shapes[layer], this.#operations);
  }

  /**
   * ReLU is done by what computes its input, where nobody else takes that; maxima of it are the same before and after.
   */
  #activated(
    { from: [name] }: GraphNode,
    input: Value,
    activation: v.InferOutput<typeof ACTIVATION> | undefined,
  ): Value {
    assertCompilable(activation !== undefined);
    if (activation === 'linear') return input;
    if (input.kind === 'dense') {
      assertCompilable(!input.isLogits && this.#usersOf(name) === 1);
      if (activation === 'softmax') return { ...input, isLogits: true };
      this.#lastDense(input).relu = true;
      return input;
    }
    assertCompilable(activation === 'relu' && input.kind === 'layer' && input.number > 0);
    let { number } = input;
    let operation = this.#operations[number - 1];
    while (operation.kind === 'pool') {
      number = operation.from;
      assertCompilable(number > 0);
      operation = this.#operations[number - 1];
    }
    // All layers from there to here have one user each, or another would get what is positive only.
    const between = this.#nodes.filter((node) => {
      const value = this.#values.get(node.name);
      return value?.kind === 'layer' && value.number >= number && value.number <= input.number;
    });
    assertCompilable(operation.kind === 'convolve' && between.every((node) => this.#usersOf(node.name) === 1));
    operation.relu = true;
    return input;
  }

  #usersOf(name: string): number {
    return this.#nodes.filter(({ from }) => from.includes(name)).length;
  }

  #take(name: string, shape: number[]): Float32Array {
    const found = this.#specs.get(name);
    assertCompilable(found !== undefined && found.shape.join() === shape.join());
    this.#specs.delete(name);
    return found.values;
  }

  #put(values: Float32Array): number {
    const at = this.#taken;
    this.#weights.push(values);
    this.#taken += values.length;
    return at;
  }
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * @returns what a convolution makes of a side, and how many zeros it takes before and after, as TensorFlow counts them
 */
function extent(side: number, kernel: number, stride: number, padding: 'valid' | 'same'): [number, number, number] {
  if (padding === 'valid') return [Math.floor((side - kernel) / stride) + 1, 0, 0];
  const out = Math.ceil(side / stride);
  const missing = Math.max(0, (out - 1) * stride + kernel - side);
  return [out, Math.floor(missing / 2), Math.ceil(missing / 2)];
}

/** Weights of `pixels × channels × outputs`, with room for more channels and outputs, which are zero. */
function laidOut(
  values: Float32Array,
  pixels: number,
  channels: number,
  inputs: number,
  outputs: number,
): Float32Array {
  const padded = paddedChannels(outputs);
  const out = new Float32Array(pixels * inputs * padded);
  for (let pixel = 0, from = 0; pixel < pixels; pixel++) {
    for (let i = 0; i < channels; i++, from += outputs) {
      out.set(values.subarray(from, from + outputs), (pixel * inputs + i) * padded);
    }
  }
  return out;
}

/** By name: 32-bit numbers, all of them finite. */
function weightsOf(
  specs: readonly io.WeightsManifestEntry[],
  data: ArrayBuffer,
): Map<string, { shape: number[]; values: Float32Array }> {
  const weights = new Map<string, { shape: number[]; values: Float32Array }>();
  let at = 0;
  for (const { name, shape, dtype, quantization } of specs) {
    const count = shape.reduce((product, side) => product * side, 1);
    assertCompilable(
      dtype === 'float32' && quantization === undefined && !weights.has(name) && at + count * FLOAT <= data.byteLength,
    );
    // A copy begins where 32-bit numbers may.
    const values = new Float32Array(data.slice(at, (at += count * FLOAT)));
    assertCompilable(values.every(Number.isFinite));
    weights.set(name, { shape, values });
  }
  assertCompilable(at === data.byteLength);
  return weights;
}
