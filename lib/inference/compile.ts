/**
 * Makes a network for the kernels of a model in the TensorFlow.js layers format, where that consists of nothing but
 * what the kernels can do: convolutions, pooling of two by two, cropping, dense layers, ReLU, and a softmax at the end.
 * Of any other model it makes nothing; so it need not tell what is wrong with one.
 */
import * as v from 'valibot';
import type { WeightSpec } from '../models/model';
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
  weightSpecs: WeightSpec[];
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
    const picture = this.#shapes.at(0);
    const firstDense = this.#dense.at(0);
    assertCompilable(last.kind === 'dense' && picture !== undefined && firstDense !== undefined);
    assertCompilable(this.#specs.size === 0);
    const { outputs } = this.#lastDense(last);
    const weights = new Float32Array(new SharedArrayBuffer(this.#taken * FLOAT));
    let at = 0;
    for (const each of this.#weights) {
      weights.set(each, at);
      at += each.length;
    }
    return {
      picture,
      inputShape: this.#inputShape,
      numbers: this.#numbers,
      operations: this.#operations,
      features: this.#features ?? [],
      dense: [firstDense, ...this.#dense.slice(1)],
      outputs,
      weights,
    };
  }

  #shapeOf(layer: number): Shape {
    const shape = this.#shapes.at(layer);
    assertCompilable(shape !== undefined);
    return shape;
  }

  /** What makes a layer; nothing makes the picture, layer 0. */
  #makerOf(layer: number): Operation {
    assertCompilable(layer > 0);
    const operation = this.#operations.at(layer - 1);
    assertCompilable(operation !== undefined);
    return operation;
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
    const input = inputs.at(0);
    assertCompilable(input !== undefined && inputs.length === 1);
    return this.#layerOfOne(node, input);
  }

  #layerOfOne(node: GraphNode, input: Value): Value {
    const { type, config } = node;
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
      case 'ReLU':
      case 'Softmax':
        return this.#activated(node, input, activationOf(node));
      default:
        throw new NotCompilable();
    }
  }

  #input(config: Record<string, unknown>): Value {
    const [, ...sides] = v.parse(INPUT, config).batch_input_shape;
    assertCompilable(sides.every((side) => side !== null));
    const height = sides.at(0);
    const width = sides.at(1);
    assertCompilable(height !== undefined);
    if (width === undefined) return this.#rowInput(height);
    this.#takePicture(sides, { width, height, channels: sides.at(2) ?? 1 });
    return { kind: 'layer', number: 0 };
  }

  /** A row of numbers: a digit's pixels where they are the only input, otherwise what is told beside a picture. */
  #rowInput(length: number): Value {
    const isOnly = this.#nodes.filter(({ from }) => from.length === 0).length === 1;
    if (isOnly && length === DIGIT_PIXELS) {
      this.#takePicture([length], { width: DIGIT_SIZE, height: DIGIT_SIZE, channels: 1 });
      return { kind: 'features', parts: [0] };
    }
    assertCompilable(this.#numbers === 0);
    this.#numbers = length;
    return { kind: 'features', parts: ['numbers'] };
  }

  #takePicture(inputShape: number[], shape: Shape): void {
    assertCompilable(this.#shapes.length === 0);
    this.#shapes.push(shape);
    this.#inputShape = inputShape;
  }

  #convolution({ name, config }: GraphNode, input: Value): Value {
    assertCompilable(input.kind === 'layer');
    const from = this.#shapeOf(input.number);
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
    const { width, height, channels } = this.#shapeOf(input.number);
    assertCompilable(padding === 'valid' || (width % 2 === 0 && height % 2 === 0));
    return this.#operation(input.number, { width: width >> 1, height: height >> 1, channels }, { kind: 'pool' });
  }

  #cropped(config: Record<string, unknown>, input: Value): Value {
    assertCompilable(input.kind === 'layer' && input.number === 0);
    const {
      cropping: [[top, bottom], [left, right]],
    } = v.parse(CROPPING, config);
    const { width, height, channels } = this.#shapeOf(input.number);
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
    const { width, height, channels } = this.#shapeOf(0);
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
    const last = this.#dense.at(-1);
    assertCompilable(last !== undefined && nth === this.#dense.length - 1);
    return last;
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
    const { width, height, channels } = this.#shapeOf(part);
    return [width * height, channels, this.#stored(part)];
  }

  #stored(layer: number): number {
    return storedChannels(layer, this.#shapeOf(layer), this.#operations);
  }

  /**
   * ReLU is done by what computes its input, where nobody else takes that; maxima of it are the same before and after.
   */
  #activated({ from }: GraphNode, input: Value, activation: v.InferOutput<typeof ACTIVATION> | undefined): Value {
    assertCompilable(activation !== undefined);
    if (activation === 'linear') return input;
    if (input.kind === 'dense') {
      const name = from.at(0);
      assertCompilable(name !== undefined && !input.isLogits && this.#usersOf(name) === 1);
      if (activation === 'softmax') return { ...input, isLogits: true };
      this.#lastDense(input).relu = true;
      return input;
    }
    assertCompilable(activation === 'relu' && input.kind === 'layer');
    let { number } = input;
    let operation = this.#makerOf(number);
    while (operation.kind === 'pool') {
      number = operation.from;
      operation = this.#makerOf(number);
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

/** @returns undefined for ReLU that is cut off above, and for a softmax over something else than the outputs */
function activationOf({ type, config }: GraphNode): v.InferOutput<typeof ACTIVATION> | undefined {
  if (type === 'ReLU') return config.max_value == null ? 'relu' : undefined;
  if (type === 'Softmax') return config.axis === -1 || config.axis === 1 ? 'softmax' : undefined;
  return v.parse(ACTIVATION, config.activation);
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
  specs: readonly WeightSpec[],
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
