import type { Plane } from '../../lib/pictures/planes';
import { HEAD, INKS } from '../../lib/segmentation/architecture';
import { INPUT_CHANNELS, networkInput } from '../../lib/segmentation/input';
import type { Random } from '../../lib/random';
import { ALL, LIGHT, type Sample } from './samples';

/** Side of the pieces that the network learns from, pixels: they go through it as fast as small pages. */
export const CROP = 128;

/** What the pieces are changed by, as other pages might have come out. */
const NEGATIVE = 0.2;
const GAMMA = 0.2;
const GAIN = [0.75, 1.2] as const;
const NOISE = 4;

/** Share of the pieces about some ink, and how many places are looked at to find some. */
const ABOUT_INK = 0.75;
const TRIES = 500;

/** Makes batches of pieces. Their arrays are used again for each. */
export class Crops {
  readonly pictures: Float32Array;
  readonly targets: Float32Array;

  constructor(readonly size: number) {
    this.pictures = new Float32Array(size * CROP * CROP * INPUT_CHANNELS);
    this.targets = new Float32Array(size * CROP * CROP * INKS.length);
  }

  fill(samples: readonly Sample[], random: Random, isVaried: boolean): void {
    samples.forEach((sample, i) => {
      const { picture, ink } = cut(sample, random, isVaried);
      const isNegative = isVaried && random.chance(NEGATIVE);
      if (isVaried) vary(picture, random, isNegative);
      this.pictures.set(networkInput(picture), i * CROP * CROP * INPUT_CHANNELS);
      writeTargets(ink, isNegative, this.targets.subarray(i * CROP * CROP * INKS.length));
    });
  }
}

/** A piece at random, mirrored and turned by quarters at random; beyond the edge goes on what the edge shows. */
function cut({ picture: { data, width, height }, ink }: Sample, random: Random, isTurned: boolean): Sample {
  const middle = random.chance(ABOUT_INK) ? someInk(ink, random) : undefined;
  const place = (length: number, at: number | undefined): number => {
    const most = Math.max(0, length - CROP);
    return at === undefined ? random.below(most + 1) : Math.max(0, Math.min(most, at - random.below(CROP)));
  };
  const left = place(width, middle === undefined ? undefined : middle % width);
  const top = place(height, middle === undefined ? undefined : Math.floor(middle / width));
  const [mirror, flip, exchange] = isTurned ? [random.chance(0.5), random.chance(0.5), random.chance(0.5)] : [];
  const out = new Uint8Array(CROP * CROP);
  const inkOut = new Uint8Array(CROP * CROP);
  for (let row = 0, at = 0; row < CROP; row++) {
    for (let column = 0; column < CROP; column++, at++) {
      const [i, k] = exchange ? [column, row] : [row, column];
      const x = left + (mirror ? CROP - 1 - k : k);
      const y = top + (flip ? CROP - 1 - i : i);
      const isOutside = x >= width || y >= height;
      const from = Math.min(y, height - 1) * width + Math.min(x, width - 1);
      out[at] = data[from];
      inkOut[at] = isOutside ? 0 : ink[from];
    }
  }
  return { picture: { data: out, width: CROP, height: CROP }, ink: inkOut };
}

function someInk(ink: Uint8Array, random: Random): number | undefined {
  for (let i = 0; i < TRIES; i++) {
    const at = random.below(ink.length);
    if (ink[at] > 0) return at;
  }
  return undefined;
}

function vary({ data }: Plane, random: Random, isNegative: boolean): void {
  const exponent = Math.exp(random.normal() * GAMMA);
  const gain = random.between(...GAIN);
  const noise = NOISE * random.next() ** 2;
  const levels = Float32Array.from({ length: 256 }, (_, value) => 255 * (value / 255) ** exponent * gain);
  for (let i = 0; i < data.length; i++) {
    const value = Math.max(0, Math.min(255, levels[data[i]] + noise * (random.next() + random.next() - 1)));
    data[i] = isNegative ? 255 - value : value;
  }
}

/** In the order of the head's values. */
function writeTargets(ink: Uint8Array, isNegative: boolean, out: Float32Array): void {
  for (let y = 0; y < CROP; y++) {
    for (let x = 0; x < CROP; x++) {
      const value = ink[y * CROP + x];
      const isLight = value > ALL;
      const position = (y >> 1) * (CROP >> 1) + (x >> 1);
      const at = position * HEAD + ((y & 1) * 2 + (x & 1)) * INKS.length;
      const share = (isLight ? value - LIGHT : value) / ALL;
      const light = isLight !== isNegative;
      out[at] = light ? 0 : share;
      out[at + 1] = light ? share : 0;
    }
  }
}
