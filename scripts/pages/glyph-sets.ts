import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DIGIT_PIXELS } from '../../lib/digit';

/** Pictures of 28×28, white (255) on black, sorted by what they show. */
export class GlyphSet {
  readonly #byLabel = new Map<number, Int32Array>();

  /** @param labels of the pictures @param keep whether the picture of that index is of the wanted part */
  constructor(
    readonly images: Uint8Array,
    labels: Uint8Array,
    keep: (index: number) => boolean,
  ) {
    const indexes = new Map<number, number[]>();
    labels.forEach((label, index) => {
      if (!keep(index)) return;
      const same = indexes.get(label);
      if (same) same.push(index);
      else indexes.set(label, [index]);
    });
    for (const [label, list] of indexes) this.#byLabel.set(label, Int32Array.from(list));
  }

  get labels(): number[] {
    return [...this.#byLabel.keys()];
  }

  /** Indexes of the pictures with that label. */
  of(label: number): Int32Array | undefined {
    return this.#byLabel.get(label);
  }

  image(index: number): Uint8Array {
    return this.images.subarray(index * DIGIT_PIXELS, (index + 1) * DIGIT_PIXELS);
  }
}

/** Reads `NAME-images-idx3-ubyte.gz` and its labels; undefined where they are absent. */
export async function readGlyphs(
  folder: string,
  name: string,
): Promise<{ images: Uint8Array; labels: Uint8Array } | undefined> {
  const images = join(folder, `${name}-images-idx3-ubyte.gz`);
  const labels = join(folder, `${name}-labels-idx1-ubyte.gz`);
  if (!existsSync(images) || !existsSync(labels)) return undefined;
  // The heads are 16 and 8 bytes long.
  return {
    images: gunzipSync(await readFile(images)).subarray(16),
    labels: gunzipSync(await readFile(labels)).subarray(8),
  };
}

/** Who wrote each picture of a set, from `NAME-writers.csv.gz`. */
export async function readWriters(folder: string, name: string): Promise<string[]> {
  const text = gunzipSync(await readFile(join(folder, `${name}-writers.csv.gz`))).toString();
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter(Boolean);
}
