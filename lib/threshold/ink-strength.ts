import { blocksBelow } from '../pictures/blocks';
import type { Plane } from '../pictures/planes';
import { estimatePaper, type Scaled } from './paper';

/** Paper darker than this (of 255) tells nothing: black bars round a picture, a lens cap. */
const DARKEST_PAPER = 10;

/** 255 · 65536 / white for paper of a brightness of `white` / 16; 0 where the paper is too dark to tell. */
const SHARE = Int32Array.from({ length: 256 * 16 }, (_, white) => (white > DARKEST_PAPER * 16 ? (255 * 65536) / white : 0));

/** Every so manieth row is looked at to learn of the paper's noise: a prime number, so that no pattern is met. */
const SAMPLED_ROWS = 13;

/**
 * Strength of the ink, 0 = as bright as the paper to 255 = black: the share of light that the ink swallows, and so the
 * same in the light and in the shade. The paper is interpolated between the centres of its blocks.
 *
 * Most of a page is bare, so it is worked out only where it is asked for.
 */
export class InkStrength {
  readonly width: number;
  readonly height: number;
  /** Side of the blocks, pixels. */
  readonly factor: number;
  /** `width * height`; 0 where it has not been worked out. */
  readonly data: Uint8Array;
  readonly #grey: Plane;
  readonly #paper: Plane;
  readonly #flip: number;
  readonly #margins: Uint8Array | undefined;
  /** For each column the block whose centre lies before it, and how far it is on its way to the next one, of 256. */
  readonly #left: Uint16Array;
  readonly #part: Uint16Array;
  /** The paper's brightness times 16 along two rows of blocks, a value for each pixel; whole numbers, for speed. */
  #above: Int32Array;
  #below: Int32Array;
  #widened = -2;

  /** @param light whether the ink is brighter than the paper */
  constructor({ fine, coarse, factor, margins }: Scaled, light: boolean) {
    this.width = fine.width;
    this.height = fine.height;
    this.factor = factor;
    this.data = new Uint8Array(fine.data.length);
    this.#grey = fine;
    this.#flip = light ? 255 : 0;
    this.#margins = margins;
    this.#paper = estimatePaper(light ? { ...coarse, data: coarse.data.map((value) => 255 - value) } : coarse);
    this.#left = new Uint16Array(fine.width);
    this.#part = new Uint16Array(fine.width);
    for (let x = 0; x < fine.width; x++) {
      const position = blockPosition(x, factor, coarse.width);
      this.#left[x] = position;
      this.#part[x] = (position - Math.floor(position)) * 256;
    }
    this.#above = new Int32Array(fine.width);
    this.#below = new Int32Array(fine.width);
  }

  /** Works it out for the whole picture. */
  everywhere(): Plane {
    for (let y = 0; y < this.height; y++) {
      this.#row(y, 0, this.width, this.data, y * this.width);
      for (let x = 0; this.#margins && x < this.width; x++) if (this.#inMargin(x, y)) this.data[y * this.width + x] = 0;
    }
    return { data: this.data, width: this.width, height: this.height };
  }

  /** How often each strength occurs in some rows, spread over the picture. */
  sample(): Uint32Array {
    const histogram = new Uint32Array(256), row = new Uint8Array(this.width);
    const step = this.height < 4 * SAMPLED_ROWS ? 1 : SAMPLED_ROWS;
    for (let y = step >> 1; y < this.height; y += step) {
      this.#row(y, 0, this.width, row, 0);
      for (let x = 0; x < row.length; x++) if (!this.#inMargin(x, y)) histogram[row[x]]++;
    }
    return histogram;
  }

  /**
   * Works it out in all blocks where some ink may be stronger than `least`.
   * @returns the strongest ink of each block; 0 where all is weaker
   */
  wherever(least: number): Plane {
    const { width, height, factor, data } = this;
    const across = this.#paper.width, down = this.#paper.height;
    const candidates = blocksBelow(this.#grey, factor, this.#limits(least), this.#flip !== 0);
    this.#margins?.forEach((margin, block) => { if (margin === 1) candidates[block] = 0; });
    const strongest = new Uint8Array(candidates.length);
    for (let by = 0; by < down; by++) {
      const first = by * across, spans = spansOf(candidates, first, first + across);
      if (spans.length === 0) continue;
      const bottom = Math.min(height, (by + 1) * factor);
      for (let y = by * factor; y < bottom; y++) {
        for (const { start, end } of spans) {
          const from = start * factor;
          this.#row(y, from, Math.min(width, end * factor), data, y * width + from);
        }
      }
      for (const { start, end } of spans) {
        for (let bx = start; bx < end; bx++) strongest[first + bx] = this.#strongest(bx * factor, by * factor);
      }
    }
    return { data: strongest, width: across, height: down };
  }

  /** Grey below which a pixel's ink may be stronger than `least`, for each block: the paper is no brighter than the brightest block near it. */
  #limits(least: number): Uint8Array {
    const { data, width } = this.#paper;
    const rows = new Uint8Array(data.length), out = new Uint8Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const x = i % width;
      rows[i] = Math.max(data[x > 0 ? i - 1 : i], data[i], data[x + 1 < width ? i + 1 : i]);
    }
    const share = 1 - least / 255;
    for (let i = 0; i < data.length; i++) {
      const brightest = Math.max(rows[i >= width ? i - width : i], rows[i], rows[i + width < data.length ? i + width : i]);
      out[i] = Math.min(255, brightest * share + 2);
    }
    return out;
  }

  /** 255 for each pixel of a margin, otherwise 0; undefined where there is none. */
  margins(): Uint8Array | undefined {
    if (!this.#margins) return undefined;
    const { width } = this;
    return this.data.map((_, at) => (this.#inMargin(at % width, Math.floor(at / width)) ? 255 : 0));
  }

  #inMargin(x: number, y: number): boolean {
    return this.#margins?.[Math.floor(y / this.factor) * this.#paper.width + Math.floor(x / this.factor)] === 1;
  }

  #strongest(left: number, top: number): number {
    const { data, width, height, factor } = this;
    const right = Math.min(width, left + factor), bottom = Math.min(height, top + factor);
    let strongest = 0;
    for (let y = top; y < bottom; y++) {
      for (let at = y * width + left, end = y * width + right; at < end; at++) if (data[at] > strongest) strongest = data[at];
    }
    return strongest;
  }

  /** Works out pixels `from` up to, not including, `to` of a row. */
  #row(y: number, from: number, to: number, out: Uint8Array, at: number): void {
    const paper = this.#paper, position = blockPosition(y, this.factor, paper.height), top = Math.floor(position);
    if (top !== this.#widened) {
      if (top === this.#widened + 1) [this.#above, this.#below] = [this.#below, this.#above];
      else this.#widen(top, this.#above);
      this.#widen(Math.min(paper.height - 1, top + 1), this.#below);
      this.#widened = top;
    }
    const above = this.#above, below = this.#below, flip = this.#flip, grey = this.#grey.data;
    const weight = Math.round((position - top) * 256);
    for (let x = from, i = y * this.width + from; x < to; x++, i++, at++) {
      const white = above[x] + (Math.imul(below[x] - above[x], weight) >> 8);
      const ink = white - ((grey[i] ^ flip) << 4);
      // Without a branch: on bare paper noise would make every other one a surprise to the processor.
      out[at] = Math.imul(ink & ~(ink >> 31), SHARE[white]) >> 16;
    }
  }

  #widen(blockRow: number, out: Int32Array): void {
    const { data, width } = this.#paper, left = this.#left, part = this.#part;
    const first = blockRow * width, last = first + width - 1;
    for (let x = 0; x < out.length; x++) {
      const here = data[first + left[x]], next = data[Math.min(last, first + left[x] + 1)];
      out[x] = (here << 4) + (Math.imul(next - here, part[x]) >> 4);
    }
  }
}

/** Stretches of ones in a row of blocks, counted from its first. */
function spansOf(candidates: Uint8Array, first: number, past: number): { start: number; end: number }[] {
  const spans = [];
  for (let block = first; block < past; block++) {
    if (candidates[block] === 0) continue;
    const start = block;
    while (block < past && candidates[block] === 1) block++;
    spans.push({ start: start - first, end: block - first });
  }
  return spans;
}

/** Where pixel `i` lies among the blocks' centres: the number of the one before it, and the share of the way to the next. */
function blockPosition(i: number, factor: number, blocks: number): number {
  return Math.min(blocks - 1, Math.max(0, (i + 0.5) / factor - 0.5));
}
