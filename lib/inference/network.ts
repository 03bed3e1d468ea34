import type { Window } from './kernels';

/**
 * A network as the kernels compute it: pictures go through convolutions and pooling, what comes of them is laid side by
 * side as features, with numbers of another input where there are any, and dense layers make the outputs of these.
 *
 * It can be sent to a worker as it is; its weights are shared then, not copied.
 */
export interface CompiledNetwork {
  /** Of one picture; its values go from 0 to 1. */
  picture: Shape;
  /** The same as the model has it: [28, 28], [28, 28, 1] or [784]. */
  inputShape: number[];
  /** How many numbers the other input has, for each picture. */
  numbers: number;
  /** Each makes a layer of an earlier one; layer 0 is the picture. */
  operations: Operation[];
  /** What the features consist of, in this order: layers by their number, and the other input's numbers. */
  features: (number | 'numbers')[];
  /** Each makes its outputs of those of the one before, the first one of the features. */
  dense: [Dense, ...Dense[]];
  /** How many numbers it gives for a picture. A softmax at the end is left out: it gives logits. */
  outputs: number;
  /** All weights, in memory that threads share. */
  weights: Float32Array<SharedArrayBuffer>;
}

/** Sides in pixels, and numbers of each pixel. */
export interface Shape {
  width: number;
  height: number;
  channels: number;
}

export type Operation = { from: number; shape: Shape } & (
  | { kind: 'convolve'; window: Window; before: number; after: number; weights: number; bias: number; relu: boolean }
  /** The greatest of each two by two pixels. */
  | { kind: 'pool' }
  | { kind: 'crop'; left: number; top: number }
);

/** Places of weights are counted in numbers, from the first of `CompiledNetwork.weights`. */
export interface Dense {
  inputs: number;
  outputs: number;
  weights: number;
  bias: number;
  relu: boolean;
}

/** Most numbers that one layer may give for one picture: 28×28 pixels with 512 channels are 401,408. */
export const MOST_NUMBERS = 2 ** 19;

/** The kernels give outputs eight at a time. */
export const OUTPUTS_AT_ONCE = 8;

/** The channels that a layer has in the kernels' memory: those beyond its own are zero. */
export function paddedChannels(channels: number): number {
  return Math.ceil(channels / OUTPUTS_AT_ONCE) * OUTPUTS_AT_ONCE;
}

/** The same for a layer by its number: the picture, and what is cropped of it, have their own channels only. */
export function storedChannels(layer: number, { channels }: Shape, operations: readonly Operation[]): number {
  return layer === 0 || operations[layer - 1]?.kind === 'crop' ? channels : paddedChannels(channels);
}
