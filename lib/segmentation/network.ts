import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plane } from '../pictures/planes';
import {
  decoderName, DEPTHWISE, encoderName, HEAD, INKS, LEVELS, POINTWISE, STEM, STEM_SIZE, upName,
} from './architecture';
import { INPUT_CHANNELS, networkInput, padded } from './input';
import { ADD_RELU, LINEAR, loadKernels, RELU, type Kernels, type Mode, type Rows, type Size } from './kernels';

/** Where the shipped network lies. */
export const SEGMENTATION_PATH = join(__dirname, '..', '..', '..', 'models', 'segmentation');

const FLOAT = 4;

/** Values of pixels between a border of zeros, in the kernels' memory. */
interface Layer extends Rows, Size {
  channels: number;
}

/** Logits of dark and of bright ink, one value for each pixel. */
export type Logits = Record<(typeof INKS)[number], Float32Array>;

interface Weights {
  kernel: number;
  bias: number;
}

/** The network that tells which pixels are written, see `architecture.ts`. */
export class SegmentationNetwork {
  readonly #places = new Map<string, Weights>();
  readonly #kernels: Kernels;
  #memory: Float32Array;
  /** Up to here the memory is taken, bytes; the weights lie at its beginning. */
  #taken = 0;
  readonly #weightsEnd: number;

  /** @param weights by name, as TensorFlow.js has them */
  constructor(weights: ReadonlyMap<string, Float32Array>, kernels: Kernels = loadKernels()) {
    this.#kernels = kernels;
    const total = [...weights.values()].reduce((sum, { byteLength }) => sum + aligned(byteLength), 0);
    this.#memory = kernels.memory(total);
    for (const [name, values] of weights) {
      const at = this.#take(values.byteLength), [layer, kind] = name.split('/');
      const place = this.#places.get(layer) ?? { kernel: 0, bias: 0 };
      place[kind === 'bias' ? 'bias' : 'kernel'] = at;
      this.#places.set(layer, place);
      this.#memory.set(values, at / FLOAT);
    }
    this.#weightsEnd = this.#taken;
  }

  /**
   * Reads a network in the TensorFlow.js layers format.
   * @throws Error where the files are not there, or are of another network
   */
  static read(folder = SEGMENTATION_PATH, kernels?: Kernels): SegmentationNetwork {
    const text = readFileSync(join(folder, 'model.json'), 'utf8');
    const { weightsManifest } = JSON.parse(text) as { weightsManifest: Manifest };
    const weights = new Map<string, Float32Array>();
    for (const { paths, weights: specs } of weightsManifest) {
      const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
      let at = 0;
      for (const { name, shape } of specs) {
        const count = shape.reduce((product, side) => product * side, 1), values = new Float32Array(count);
        for (let i = 0; i < count; i++, at += FLOAT) values[i] = bytes.readFloatLE(at);
        weights.set(name, values);
      }
    }
    return new SegmentationNetwork(weights, kernels);
  }

  /** @param plane a working copy, see `workingCopy` */
  segment(plane: Plane): Logits {
    const { width, height, data } = padded(plane);
    this.#taken = this.#weightsEnd;
    const stem = this.#stem(networkInput({ data, width, height }), width, height), levels: Layer[] = [];
    LEVELS.forEach(({ filters, depth }, level) => {
      let x = level > 0 ? this.#pooled(levels[level - 1]) : stem;
      for (let nth = 0; nth < depth; nth++) x = this.#separable(x, filters, encoderName(level, nth));
      levels.push(x);
    });
    let x = levels[LEVELS.length - 1];
    for (let level = LEVELS.length - 2; level >= 0; level--) {
      const { filters } = LEVELS[level], coarse = this.#pointwise(x, filters, upName(level), LINEAR);
      this.#kernels.addUp(coarse, levels[level], coarse, filters);
      x = this.#separable(levels[level], filters, decoderName(level));
    }
    return this.#logits(this.#pointwise(x, HEAD, 'head', LINEAR), plane);
  }

  #take(bytes: number): number {
    const at = this.#taken;
    this.#taken += aligned(bytes);
    if (this.#taken > this.#memory.byteLength) this.#memory = this.#kernels.memory(this.#taken);
    return at;
  }

  #layer(width: number, height: number, channels: number): Layer {
    const row = (width + 2) * channels * FLOAT, start = this.#take((height + 2) * row);
    const memory = this.#memory.subarray(start / FLOAT, start / FLOAT + (height + 2) * row / FLOAT);
    // The border is all that has to be zero.
    memory.fill(0, 0, row / FLOAT);
    memory.fill(0, (height + 1) * row / FLOAT);
    for (let y = 1, at = row / FLOAT; y <= height; y++, at += row / FLOAT) {
      memory.fill(0, at, at + channels);
      memory.fill(0, at + (width + 1) * channels, at + (width + 2) * channels);
    }
    return { at: start + row + channels * FLOAT, row, width, height, channels };
  }

  #weights(name: string): Weights {
    const place = this.#places.get(name);
    if (!place) throw new Error(`expected the segmentation network to have a layer ${name}`);
    return place;
  }

  #pointwise(
    from: Layer, channels: number, name: string, mode: Mode, to = this.#layer(from.width, from.height, channels),
  ): Layer {
    const { kernel, bias } = this.#weights(name);
    this.#kernels.pointwise(from, to, kernel, bias, from, { in: from.channels, out: channels }, mode);
    return to;
  }

  /** Where input and output have as many channels, the result is added to the input, in its place. */
  #separable(from: Layer, channels: number, name: string): Layer {
    const before = this.#taken, isAdded = from.channels === channels;
    const to = isAdded ? from : this.#layer(from.width, from.height, channels), after = isAdded ? before : this.#taken;
    const spread = this.#layer(from.width, from.height, from.channels);
    const corner = { at: from.at - from.row - from.channels * FLOAT, row: from.row };
    this.#kernels.depthwise(corner, spread, this.#weights(name + DEPTHWISE).kernel, from, from.channels);
    this.#pointwise(spread, channels, name + POINTWISE, isAdded ? ADD_RELU : RELU, to);
    this.#taken = after;
    return to;
  }

  /** The stem's convolution: what each position sees is laid side by side, and so is a sum over inputs like others. */
  #stem(input: Float32Array, width: number, height: number): Layer {
    const [wide, high] = [width / 2, height / 2], stem = this.#layer(wide, high, STEM), taken = this.#taken;
    const picture = this.#layer(width, height, INPUT_CHANNELS), across = width * INPUT_CHANNELS;
    const seen = STEM_SIZE * STEM_SIZE * INPUT_CHANNELS, row = wide * seen * FLOAT, at = this.#take(high * row);
    const memory = this.#memory, down = picture.row / FLOAT, corner = picture.at / FLOAT - down - INPUT_CHANNELS;
    for (let y = 0; y < height; y++) {
      memory.set(input.subarray(y * across, (y + 1) * across), picture.at / FLOAT + y * down);
    }
    const length = STEM_SIZE * INPUT_CHANNELS;
    for (let y = 0, to = at / FLOAT; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        let from = corner + 2 * y * down + 2 * x * INPUT_CHANNELS;
        for (let i = 0; i < STEM_SIZE; i++, from += down) {
          for (let k = 0; k < length; k++, to++) memory[to] = memory[from + k];
        }
      }
    }
    const { kernel, bias } = this.#weights('stem');
    this.#kernels.pointwise({ at, row }, stem, kernel, bias, stem, { in: seen, out: STEM }, RELU);
    this.#taken = taken;
    return stem;
  }

  #pooled(from: Layer): Layer {
    const to = this.#layer(from.width / 2, from.height / 2, from.channels);
    this.#kernels.pool(from, to, to, from.channels);
    return to;
  }

  #logits(head: Layer, { width, height }: Size): Logits {
    const memory = this.#memory, dark = new Float32Array(width * height), light = new Float32Array(width * height);
    for (let y = 0, at = 0; y < height; y++) {
      const row = (head.at + (y >> 1) * head.row) / FLOAT + (y & 1) * 2 * INKS.length;
      for (let x = 0; x < width; x++, at++) {
        const from = row + (x >> 1) * HEAD + (x & 1) * INKS.length;
        dark[at] = memory[from];
        light[at] = memory[from + 1];
      }
    }
    return { dark, light };
  }
}

type Manifest = { paths: string[]; weights: { name: string; shape: number[] }[] }[];

/** To multiples of what is loaded at once. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

let shipped: SegmentationNetwork | undefined;

/** The shipped network, read when it is first needed. */
export function segmentationNetwork(): SegmentationNetwork {
  return (shipped ??= SegmentationNetwork.read());
}
