import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';
import type { Random } from '../../lib/random';
import { CANDIDATE, PICTURE } from './samples';

// Those of other modules are looked up at each use, millions of times a batch.
const SIZE = SURROUNDINGS_SIZE;
const CHANNELS = SURROUNDINGS_CHANNELS;
const BYTES = PICTURE;

/** How much the samples are varied; the pages show light, hands and cameras less different than they are. */
export interface Variation {
  /** Standard deviation of the logarithm of the exponent that brightness is raised to; and of its noise, 0 to 1. */
  gamma: number;
  noise: number;
  /** Greatest: displacement, cells; logarithm of the enlargement; rotation and slant, radians. 0 for none. */
  shift: number;
  scale: number;
  turn: number;
  /** Share of the samples that stay where they are. */
  still: number;
}

const BYTE = 1 / 255;

/** Noise is drawn once: the sum is to cost no more than a look-up each. */
const NOISES = 1 << 16;

/** Makes batches of samples. Their arrays are used again for each: they have been computed with before the next. */
export class Batches {
  readonly pictures: Float32Array;
  readonly measures: Float32Array;
  readonly labels: Int32Array;
  readonly #levels = new Float32Array(256);
  readonly #noise = new Float32Array(NOISES);

  constructor(readonly size: number) {
    this.pictures = new Float32Array(size * BYTES);
    this.measures = new Float32Array(size * MEASURES);
    this.labels = new Int32Array(size);
  }

  /** The samples as they are. */
  plain(samples: readonly Buffer[]): void {
    samples.forEach((sample, i) => {
      this.#label(sample, i);
      for (let k = 0, at = i * BYTES; k < BYTES; k++, at++) this.pictures[at] = sample[k] / 255;
    });
  }

  /** The samples as others might have come out. */
  varied(samples: readonly Buffer[], variation: Variation, random: Random): void {
    if (this.#noise[0] === 0) for (let i = 0; i < NOISES; i++) this.#noise[i] = random.normal();
    samples.forEach((sample, i) => {
      this.#label(sample, i);
      const out = this.pictures.subarray(i * BYTES, (i + 1) * BYTES);
      if (random.chance(variation.still)) out.set(sample.subarray(0, BYTES));
      else moved(sample, out, variation, random);
      this.#light(out, variation, random);
    });
  }

  #label(sample: Buffer, i: number): void {
    for (let k = 0; k < MEASURES; k++) this.measures[i * MEASURES + k] = sample.readFloatLE(PICTURE + 4 * k);
    this.labels[i] = sample[CANDIDATE];
  }

  /** From 0 to 255 to 0 to 1, in another light. */
  #light(out: Float32Array, { gamma, noise }: Variation, random: Random): void {
    const gain = random.between(0.8, 1.15) / 255;
    const exponent = Math.exp(random.normal() * gamma);
    const amount = noise * random.next();
    const levels = this.#levels;
    for (let value = 0; value < 256; value++) levels[value] = Math.min(1, value * gain) ** exponent;
    const noises = this.#noise;
    for (let k = 0, at = random.below(NOISES); k < BYTES; k += CHANNELS, at = (at + 1) % NOISES) {
      // What lies outside the picture is black and has no noise. Rounding this way is the fastest.
      const level = levels[(out[k] + 0.5) | 0];
      const noisy = level + noises[at] * amount;
      out[k] = level === 0 || noisy < 0 ? 0 : noisy > 1 ? 1 : noisy;
      out[k + 1] *= BYTE;
      out[k + 2] *= BYTE;
    }
  }
}

/** Displaced, enlarged, turned and slanted a little about the middle; beyond the edge goes on what the edge shows. */
function moved(sample: Buffer, out: Float32Array, { shift, scale, turn }: Variation, random: Random): void {
  const angle = random.between(-turn, turn);
  const slant = random.between(-turn, turn);
  const xScale = Math.exp(random.between(-scale, scale));
  const yScale = Math.exp(random.between(-scale, scale));
  const xx = xScale * Math.cos(angle);
  const xy = xScale * (slant - Math.sin(angle));
  const yx = yScale * Math.sin(angle);
  const yy = yScale * Math.cos(angle);
  const middle = (SIZE - 1) / 2;
  const last = SIZE - 1;
  const rowStep = SIZE * CHANNELS;
  const x0 = middle + random.between(-shift, shift);
  const y0 = middle + random.between(-shift, shift);
  for (let row = 0, at = 0; row < SIZE; row++) {
    const dy = row - middle;
    for (let column = 0; column < SIZE; column++) {
      const dx = column - middle;
      const x = Math.max(0, Math.min(last, x0 + xx * dx + xy * dy));
      const y = Math.max(0, Math.min(last, y0 + yx * dx + yy * dy));
      const left = Math.min(last - 1, Math.floor(x));
      const top = Math.min(last - 1, Math.floor(y));
      const u = x - left;
      const v = y - top;
      const above = top * rowStep + left * CHANNELS;
      const below = above + rowStep;
      for (let channel = 0; channel < CHANNELS; channel++, at++) {
        const a = sample[above + channel];
        const b = sample[above + CHANNELS + channel];
        const c = sample[below + channel];
        const d = sample[below + CHANNELS + channel];
        const upper = a + (b - a) * u;
        const lower = c + (d - c) * u;
        out[at] = upper + (lower - upper) * v;
      }
    }
  }
}
