import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plane } from '../pictures/planes';
import {
  decoderName,
  DEPTHWISE,
  encoderName,
  HEAD,
  INKS,
  LEVELS,
  POINTWISE,
  STEM,
  STEM_SIZE,
  upName,
} from './architecture';
import { INPUT_CHANNELS, networkInput, padded } from './input';
import {
  ADD_RELU,
  FLOAT,
  LINEAR,
  loadKernels,
  PIXEL,
  RELU,
  type Kernels,
  type Mode,
  type Size,
} from '../inference/kernels';
import { LayerMemory, type Layer } from '../inference/memory';

/** Where the shipped network lies. */
export const SEGMENTATION_PATH = join(__dirname, '..', '..', '..', 'models', 'segmentation');

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
  readonly #memory: LayerMemory;
  /** The weights lie at the memory's beginning, up to here. */
  readonly #weightsEnd: number;

  /** @param weights by name, as TensorFlow.js has them */
  constructor(weights: ReadonlyMap<string, Float32Array>, kernels: Kernels = loadKernels()) {
    this.#kernels = kernels;
    this.#memory = new LayerMemory(kernels);
    for (const [name, values] of weights) {
      const [layer, kind] = name.split('/');
      const place = this.#places.get(layer) ?? { kernel: 0, bias: 0 };
      place[kind === 'bias' ? 'bias' : 'kernel'] = this.#memory.put(values);
      this.#places.set(layer, place);
    }
    this.#weightsEnd = this.#memory.taken;
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
        const count = shape.reduce((product, side) => product * side, 1);
        const values = new Float32Array(count);
        for (let i = 0; i < count; i++, at += FLOAT) values[i] = bytes.readFloatLE(at);
        weights.set(name, values);
      }
    }
    return new SegmentationNetwork(weights, kernels);
  }

  /** @param plane a working copy, see `workingCopy` */
  segment(plane: Plane): Logits {
    const { width, height, data } = padded(plane);
    this.#memory.giveBack(this.#weightsEnd);
    const stem = this.#stem(networkInput({ data, width, height }), width, height);
    const levels: Layer[] = [];
    LEVELS.forEach(({ filters, depth }, level) => {
      let x = level > 0 ? this.#pooled(levels[level - 1]) : stem;
      for (let nth = 0; nth < depth; nth++) x = this.#separable(x, filters, encoderName(level, nth));
      levels.push(x);
    });
    let x = levels[LEVELS.length - 1];
    for (let level = LEVELS.length - 2; level >= 0; level--) {
      const { filters } = LEVELS[level];
      const coarse = this.#pointwise(x, filters, upName(level), LINEAR);
      this.#kernels.addUp(coarse, levels[level], coarse, filters);
      x = this.#separable(levels[level], filters, decoderName(level));
    }
    return this.#logits(this.#pointwise(x, HEAD, 'head', LINEAR), plane);
  }

  #weights(name: string): Weights {
    const place = this.#places.get(name);
    if (!place) throw new Error(`expected the segmentation network to have a layer ${name}`);
    return place;
  }

  #pointwise(
    from: Layer,
    channels: number,
    name: string,
    mode: Mode,
    to = this.#memory.layer(from.width, from.height, channels),
  ): Layer {
    const { kernel, bias } = this.#weights(name);
    this.#kernels.convolve(from, to, kernel, bias, from, PIXEL, { in: from.channels, out: channels }, mode);
    return to;
  }

  /** Where input and output have as many channels, the result is added to the input, in its place. */
  #separable(from: Layer, channels: number, name: string): Layer {
    const memory = this.#memory;
    const before = memory.taken;
    const isAdded = from.channels === channels;
    const to = isAdded ? from : memory.layer(from.width, from.height, channels);
    const after = isAdded ? before : memory.taken;
    const spread = memory.layer(from.width, from.height, from.channels);
    const corner = { at: from.at - from.row - from.channels * FLOAT, row: from.row };
    this.#kernels.depthwise(corner, spread, this.#weights(name + DEPTHWISE).kernel, from, from.channels);
    this.#pointwise(spread, channels, name + POINTWISE, isAdded ? ADD_RELU : RELU, to);
    memory.giveBack(after);
    return to;
  }

  #stem(input: Float32Array, width: number, height: number): Layer {
    const memory = this.#memory;
    const stem = memory.layer(width / 2, height / 2, STEM);
    const { taken } = memory;
    const picture = memory.layer(width, height, INPUT_CHANNELS);
    const across = width * INPUT_CHANNELS;
    for (let y = 0, to = picture.at / FLOAT; y < height; y++, to += picture.row / FLOAT) {
      memory.numbers.set(input.subarray(y * across, (y + 1) * across), to);
    }
    const { kernel, bias } = this.#weights('stem');
    const window = { columns: STEM_SIZE, rows: STEM_SIZE, stride: 2 };
    const corner = { at: picture.at - picture.row - INPUT_CHANNELS * FLOAT, row: picture.row };
    this.#kernels.convolve(corner, stem, kernel, bias, stem, window, { in: INPUT_CHANNELS, out: STEM }, RELU);
    memory.giveBack(taken);
    return stem;
  }

  #pooled(from: Layer): Layer {
    const to = this.#memory.layer(from.width / 2, from.height / 2, from.channels);
    this.#kernels.pool(from, to, to, from.channels);
    return to;
  }

  #logits(head: Layer, { width, height }: Size): Logits {
    const memory = this.#memory.numbers;
    const dark = new Float32Array(width * height);
    const light = new Float32Array(width * height);
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

let shipped: SegmentationNetwork | undefined;

/** The shipped network, read when it is first needed. */
export function segmentationNetwork(): SegmentationNetwork {
  return (shipped ??= SegmentationNetwork.read());
}
