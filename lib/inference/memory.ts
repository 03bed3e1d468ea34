import { FLOAT, type Kernels, type Rows, type Size } from './kernels';

/** Values of pixels between a border of zeros, in the kernels' memory. */
export interface Layer extends Rows, Size {
  channels: number;
  border: Border;
}

/** Pixels of zeros left of and above a layer (`before`), right of and below it (`after`). */
export interface Border {
  before: number;
  after: number;
}

/** One pixel about a layer, for windows of 3 × 3. */
const ONE: Border = { before: 1, after: 1 };

/** Gives out the kernels' memory, from its beginning; what is given back is what was taken last. */
export class LayerMemory {
  #numbers: Float32Array;
  #taken = 0;

  constructor(private readonly kernels: Kernels) {
    this.#numbers = kernels.memory(0);
  }

  /** All of it; another object once more has been taken. */
  get numbers(): Float32Array {
    return this.#numbers;
  }

  /** Up to here it is taken, bytes: to be handed to `giveBack`. */
  get taken(): number {
    return this.#taken;
  }

  giveBack(taken: number): void {
    this.#taken = taken;
  }

  /** @returns where so many bytes begin */
  take(bytes: number): number {
    const at = this.#taken;
    this.#taken += aligned(bytes);
    if (this.#taken > this.#numbers.byteLength) this.#numbers = this.kernels.memory(this.#taken);
    return at;
  }

  /** @returns where the numbers lie now */
  put(numbers: Float32Array): number {
    const at = this.take(numbers.byteLength);
    this.#numbers.set(numbers, at / FLOAT);
    return at;
  }

  /** A layer whose border is zero; its pixels are whatever was there before. */
  layer(width: number, height: number, channels: number, border: Border = ONE): Layer {
    const { before, after } = border;
    const across = (before + width + after) * channels;
    const rows = before + height + after;
    const row = across * FLOAT;
    const start = this.take(rows * row);
    const numbers = this.#numbers;
    const first = start / FLOAT;
    numbers.fill(0, first, first + before * across);
    numbers.fill(0, first + (before + height) * across, first + rows * across);
    for (let y = 0, at = first + before * across; y < height; y++, at += across) {
      numbers.fill(0, at, at + before * channels);
      numbers.fill(0, at + (before + width) * channels, at + across);
    }
    return { at: start + before * (row + channels * FLOAT), row, width, height, channels, border };
  }
}

/** To multiples of what is loaded at once. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
