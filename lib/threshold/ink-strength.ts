import { blocksBelow } from '../pictures/blocks';
import type { Plane } from '../pictures/planes';
import { estimateBackground, lowerAtSteps, type Scaled } from './background';

/** Paper darker than this (of 255) tells nothing: black bars round a picture, a lens cap. */
const DARKEST_PAPER = 10;

/** 255 · 65536 / white for background of a brightness of `white` / 16; 0 where the background is too dark to tell. */
const SHARE = Int32Array.from({ length: 256 * 16 }, (_, white) =>
  white > DARKEST_PAPER * 16 ? (255 * 65536) / white : 0,
);

/** One block of so many is looked at to learn of the background's noise: a prime number, so that no pattern is met. */
const SAMPLED = 29;

/**
 * Strength of the ink, 0 = as bright as the background to 255 = black: the share of light that the ink swallows, and so
 * the same in the light and in the shade. The background is interpolated between the centres of its blocks.
 *
 * Most of a page is bare, so it is worked out block by block, and only where it is asked for.
 */
export class InkStrength {
  readonly width: number;
  readonly height: number;
  /** Side of the blocks, pixels. */
  readonly factor: number;
  /** Number of blocks in a row. */
  readonly across: number;
  /** `width * height`; 0 where it has not been worked out. */
  readonly data: Uint8Array;
  /**
   * Brightness of the bare background, one value for each block; of the negative where the ink is brighter than the
   * background.
   */
  readonly background: Plane;
  readonly #grey: Uint8Array;
  readonly #background: Plane;
  readonly #flip: number;
  readonly #border: Uint8Array | undefined;
  /** The strongest ink of each block that has been worked out. */
  readonly #strongest: Uint8Array;
  readonly #done: Uint8Array;
  /**
   * How far each row or column of a block is on its way between two centres, of 256; the first `#before` still before
   * the block's own.
   */
  readonly #part: Int32Array;
  readonly #before: number;
  /**
   * The background's brightness times 16 along a block's columns, at the height of three centres: of the block above,
   * its own, the one below.
   */
  readonly #rows: Int32Array;

  /**
   * @param light whether the ink is brighter than the background
   * @param widest stroke that is ink and no shadow, as a share of the shorter side
   * @param data zeros, one for each pixel
   */
  constructor(
    { fine, coarse, factor, border }: Scaled,
    light: boolean,
    widest?: number,
    data: Uint8Array = new Uint8Array(fine.data.length),
  ) {
    this.width = fine.width;
    this.height = fine.height;
    this.factor = factor;
    this.across = coarse.width;
    this.data = data;
    this.#grey = fine.data;
    this.#flip = light ? 255 : 0;
    this.#border = border;
    this.background = estimateBackground(
      light ? { ...coarse, data: coarse.data.map((value) => 255 - value) } : coarse,
      widest,
    );
    this.#background = lowerAtSteps(this.background);
    this.#strongest = new Uint8Array(coarse.data.length);
    this.#done = border ? border.slice() : new Uint8Array(coarse.data.length);
    this.#before = factor >> 1;
    this.#part = Int32Array.from({ length: factor }, (_, i) =>
      Math.round(((i + 0.5) / factor + (i < this.#before ? 0.5 : -0.5)) * 256),
    );
    this.#rows = new Int32Array(3 * factor);
  }

  /** Works it out for the whole picture. */
  everywhere(): void {
    for (let block = 0; block < this.#done.length; block++) this.strongestOf(block);
  }

  /** How often each strength occurs in some blocks, spread over the picture. */
  sample(): Uint32Array {
    const histogram = new Uint32Array(256);
    const { factor, across, width, height, data } = this;
    const step = this.#done.length < SAMPLED * 256 ? 1 : SAMPLED;
    for (let block = step >> 1; block < this.#done.length; block += step) {
      if (this.#border?.[block] === 1) continue;
      this.strongestOf(block);
      const left = (block % across) * factor;
      const top = Math.floor(block / across) * factor;
      const right = Math.min(width, left + factor);
      const bottom = Math.min(height, top + factor);
      for (let y = top; y < bottom; y++) {
        for (let at = y * width + left, end = y * width + right; at < end; at++) histogram[data[at]]++;
      }
    }
    return histogram;
  }

  /**
   * Works it out in all blocks where some ink may be stronger than `least`.
   * @returns the strongest ink of each block; where it is weaker than that, 0 or its strength
   */
  wherever(least: number): Plane {
    const { across } = this;
    const candidates = blocksBelow(
      { data: this.#grey, width: this.width, height: this.height },
      this.factor,
      this.#limits(least),
      this.#flip !== 0,
    );
    for (let block = 0; block < candidates.length; block++) if (candidates[block] === 1) this.strongestOf(block);
    return { data: this.#strongest, width: across, height: this.#strongest.length / across };
  }

  /** The strongest ink of a block, which is worked out if need be. */
  strongestOf(block: number): number {
    if (this.#done[block] === 0) {
      this.#done[block] = 1;
      this.#strongest[block] = this.#work(block);
    }
    return this.#strongest[block];
  }

  /** 255 for each pixel of a margin, otherwise 0; undefined where there is none. */
  border(): Uint8Array | undefined {
    const border = this.#border;
    if (!border) return undefined;
    const { width, factor, across } = this;
    return this.data.map((_, at) =>
      border[Math.floor(at / width / factor) * across + Math.floor((at % width) / factor)] === 1 ? 255 : 0,
    );
  }

  /** Grey below which a pixel's ink may be stronger than `least`, for each block. */
  #limits(least: number): Uint8Array {
    const { data, width, height } = this.#background;
    const column = new Int32Array(width);
    const out = new Uint8Array(data.length);
    // A pixel's background is no brighter than interpolated at the block's border, towards its brightest neighbours; in
    // 1/(2·factor)².
    const own = this.factor + 1;
    const other = this.factor - 1;
    // Strengths are whole numbers, so the next one counts.
    const share = (1 - (Math.floor(least) + 1) / 255) / (2 * this.factor) ** 2;
    for (let y = 0; y < height; y++) {
      const here = y * width;
      const before = y > 0 ? here - width : here;
      const after = y + 1 < height ? here + width : here;
      for (let x = 0; x < width; x++)
        column[x] = own * data[here + x] + other * Math.max(data[before + x], data[here + x], data[after + x]);
      for (let x = 0; x < width; x++) {
        const brightest =
          own * column[x] + other * Math.max(column[x > 0 ? x - 1 : x], column[x], column[x + 1 < width ? x + 1 : x]);
        out[here + x] = Math.min(255, brightest * share + 1.1);
      }
    }
    return out;
  }

  /** @returns the strongest ink */
  #work(block: number): number {
    const { width, height, factor, across, data } = this;
    const grey = this.#grey;
    const flip = this.#flip;
    const part = this.#part;
    const before = this.#before;
    const rows = this.#rows;
    const column = block % across;
    const row = (block - column) / across;
    this.#widen(column, row > 0 ? block - across : block, 0);
    this.#widen(column, block, factor);
    this.#widen(column, block + across < this.#done.length ? block + across : block, 2 * factor);
    const left = column * factor;
    const top = row * factor;
    const wide = Math.min(factor, width - left);
    const high = Math.min(factor, height - top);
    let strongest = 0;
    for (let y = 0; y < high; y++) {
      const above = y < before ? 0 : factor;
      const weight = part[y];
      for (let x = 0, at = (top + y) * width + left; x < wide; x++, at++) {
        const upper = rows[above + x];
        const white = upper + (Math.imul(rows[above + factor + x] - upper, weight) >> 8);
        const ink = white - ((grey[at] ^ flip) << 4);
        // Without a branch: on bare paper noise would make every other one a surprise to the processor.
        const strength = Math.imul(ink & ~(ink >> 31), SHARE[white]) >> 16;
        data[at] = strength;
        if (strength > strongest) strongest = strength;
      }
    }
    return strongest;
  }

  /** The background along the columns of a block, at the height of the centre of `other`, above or below it. */
  #widen(column: number, other: number, to: number): void {
    const { factor } = this;
    const background = this.#background.data;
    const part = this.#part;
    const before = this.#before;
    const rows = this.#rows;
    const own = background[other];
    const left = column > 0 ? background[other - 1] : own;
    const right = column + 1 < this.across ? background[other + 1] : own;
    for (let x = 0; x < before; x++) rows[to + x] = (left << 4) + (Math.imul(own - left, part[x]) >> 4);
    for (let x = before; x < factor; x++) rows[to + x] = (own << 4) + (Math.imul(right - own, part[x]) >> 4);
  }
}
