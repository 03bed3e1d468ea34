import type { Plane } from '../pictures/planes';

/**
 * Margins are what somebody has put round a photograph: the bars of a letterbox, the corners of a picture that was
 * turned. They take its corners, and are of one shade, to within so much, which a camera's picture of paper hardly ever
 * is.
 */
const ONE_SHADE = 3;

/**
 * A margin takes at least this share of the picture, and all together at most that; what is larger is the paper of a
 * drawing.
 */
const LEAST_SHARE = 0.002;
const GREATEST_SHARE = 0.5;

/**
 * Paper so smooth that it is of one shade may be taken for a margin without harm, but for nothing: it must stand out so
 * much.
 */
const STANDS_OUT = 24;

/**
 * Where a margin runs out, in a sliver narrower than a block, its pixels at the picture's border are still of its
 * shade, to within what JPEG adds beside an edge.
 */
const ABOUT_ONE_SHADE = 12;

/**
 * One margin may lie behind another, as the bars in a picture that was turned; blocks between two of them are mixed.
 */
const ROUNDS = 3;
const MIXED = 2;

/**
 * Finds the borders round a picture.
 * @param coarse means of the blocks of `factor × factor` pixels
 * @returns for each block 1 where it belongs to a margin or lies next to one, otherwise 0; undefined where there is
 *   none.
 */
export function findBorder(fine: Plane, coarse: Plane, factor: number): Uint8Array | undefined {
  const { width, height } = coarse;
  const search = new Search(fine, coarse, factor);
  let seeds = [0, width - 1, (height - 1) * width, height * width - 1];
  const all: number[] = [];
  for (let round = 0; round < ROUNDS && seeds.length > 0; round++) {
    const beside = new Set(round === 0 ? [] : seeds);
    const found = seeds.flatMap((seed) => search.marginFrom(seed, beside));
    if (all.length + found.length > coarse.data.length * GREATEST_SHARE) break;
    all.push(...found);
    seeds = grow(found, width, height, MIXED);
  }
  if (all.length === 0) return undefined;
  const border = new Uint8Array(coarse.data.length);
  for (const block of grow(all, width, height, MIXED)) border[block] = 1;
  return border;
}

/**
 * Continues the picture into its border: each block there takes the value of the nearest one that belongs to the
 * picture.
 */
export function fillBorder(coarse: Plane, border: Uint8Array): Plane {
  const { width, height } = coarse;
  const data = coarse.data.slice();
  const done = border.map((margin) => 1 - margin);
  let edge = Array.from(done.keys()).filter(
    (block) => done[block] === 1 && neighbours(block, width, height).some((other) => done[other] === 0),
  );
  while (edge.length > 0) {
    const next: number[] = [];
    for (const block of edge) {
      for (const other of neighbours(block, width, height)) {
        if (done[other] === 1) continue;
        done[other] = 1;
        data[other] = data[block];
        next.push(other);
      }
    }
    edge = next;
  }
  return { data, width, height };
}

/** Blocks of one shade that hang together. */
class Search {
  readonly #seen: Uint8Array;

  constructor(
    private readonly fine: Plane,
    private readonly coarse: Plane,
    private readonly factor: number,
  ) {
    this.#seen = new Uint8Array(coarse.data.length);
  }

  /**
   * The margin that a block belongs to, if it does to one that has not been found yet.
   * @param beside blocks that lie next to borders found before, and so tell nothing about what this one stands out of
   */
  marginFrom(seed: number, beside: ReadonlySet<number>): number[] {
    const { data, width, height } = this.coarse;
    const shade = data[seed];
    if (this.#seen[seed] !== 0 || !this.#isOf(shade, seed)) return [];
    this.#seen[seed] = 1;
    const margin = [seed];
    const around: number[] = [];
    for (let k = 0; k < margin.length; k++) {
      for (const block of neighbours(margin[k], width, height)) {
        if (this.#seen[block] !== 0) continue;
        if (this.#isOf(shade, block)) {
          this.#seen[block] = 1;
          margin.push(block);
        } else {
          around.push(block);
        }
      }
    }
    if (margin.length < data.length * LEAST_SHARE) return [];
    // The blocks next to it are mixed, so those behind them are compared.
    const contrasts = grow(around, width, height, 1)
      .filter((block) => this.#seen[block] === 0 && !beside.has(block))
      .map((block) => Math.abs(data[block] - shade))
      .sort((a, b) => a - b);
    if (contrasts.length === 0 || contrasts[contrasts.length >> 1] < STANDS_OUT) return [];
    return [...margin, ...this.#slivers(margin, shade)];
  }

  /** The blocks along the picture's border in which a margin runs out. */
  #slivers(margin: number[], shade: number): number[] {
    const { data, width, height } = this.fine;
    const across = this.coarse.width;
    const down = this.coarse.height;
    const borders = [
      { count: across, blockAt: (i: number) => i, size: width, pixelAt: (i: number) => i },
      {
        count: across,
        blockAt: (i: number) => (down - 1) * across + i,
        size: width,
        pixelAt: (i: number) => (height - 1) * width + i,
      },
      { count: down, blockAt: (i: number) => i * across, size: height, pixelAt: (i: number) => i * width },
      {
        count: down,
        blockAt: (i: number) => i * across + across - 1,
        size: height,
        pixelAt: (i: number) => (i + 1) * width - 1,
      },
    ];
    const own = new Set(margin);
    const found: number[] = [];
    for (const { count, blockAt, size, pixelAt } of borders) {
      for (let i = 0; i < count; i++) {
        if (!own.has(blockAt(i))) continue;
        for (const step of [1, -1]) {
          let pixel = step > 0 ? (i + 1) * this.factor : i * this.factor - 1;
          for (
            ;
            pixel >= 0 && pixel < size && Math.abs(data[pixelAt(pixel)] - shade) <= ABOUT_ONE_SHADE;
            pixel += step
          ) {
            const block = blockAt(Math.floor(pixel / this.factor));
            if (own.has(block)) break;
            if (found.at(-1) !== block) found.push(block);
          }
        }
      }
    }
    return found;
  }

  #isOf(shade: number, block: number): boolean {
    const { data, width, height } = this.fine;
    const left = (block % this.coarse.width) * this.factor;
    const top = Math.floor(block / this.coarse.width) * this.factor;
    const right = Math.min(width, left + this.factor);
    const bottom = Math.min(height, top + this.factor);
    for (let y = top; y < bottom; y++) {
      for (let at = y * width + left, end = y * width + right; at < end; at++)
        if (Math.abs(data[at] - shade) > ONE_SHADE) return false;
    }
    return true;
  }
}

/** The blocks and those around them, each once. */
function grow(blocks: number[], width: number, height: number, steps: number): number[] {
  const all = new Set(blocks);
  let edge = blocks;
  for (let step = 0; step < steps; step++) {
    edge = edge.flatMap((block) => neighbours(block, width, height)).filter((block) => !all.has(block));
    for (const block of edge) all.add(block);
  }
  return [...all];
}

function neighbours(block: number, width: number, height: number): number[] {
  const x = block % width;
  const out: number[] = [];
  if (x > 0) out.push(block - 1);
  if (x + 1 < width) out.push(block + 1);
  if (block >= width) out.push(block - width);
  if (block + width < width * height) out.push(block + width);
  return out;
}
