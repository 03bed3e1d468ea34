import type { Random } from '../../lib/random';

/** One number a pixel, row by row. */
export interface Field {
  width: number;
  height: number;
  data: Float32Array;
}

export function flat(width: number, height: number, value: number): Field {
  return { width, height, data: new Float32Array(width * height).fill(value) };
}

/** How far a picture is from one 480 pixels high: pens, lines and grain are given in that picture's pixels. */
export function scaleOf({ width, height }: { width: number; height: number }): number {
  return Math.min(width, height) / 480;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/**
 * Smooth noise, −1 to 1: random values on a coarse grid, and a smooth surface through them.
 * @param cellX the grid's pitch along its own axes, pixels; unlike pitches make streaks
 * @param turn of the grid, radians
 */
export function smoothNoise(field: Field, random: Random, cellX: number, cellY = cellX, turn = 0): Float32Array {
  return turn === 0 ? upright(field, random, cellX, cellY) : turned(field, random, cellX, cellY, turn);
}

function upright({ width, height }: Field, random: Random, cellX: number, cellY: number): Float32Array {
  const columns = Math.ceil(width / cellX) + 2;
  const rows = Math.ceil(height / cellY) + 2;
  const grid = randomGrid(columns * rows, random);
  const row = new Float32Array(columns);
  const noise = new Float32Array(width * height);
  const left = new Int32Array(width);
  const share = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    left[x] = Math.floor(x / cellX);
    share[x] = ease(x / cellX - left[x]);
  }
  for (let y = 0, at = 0; y < height; y++) {
    const top = Math.floor(y / cellY);
    const t = ease(y / cellY - top);
    for (let i = 0; i < columns; i++) {
      const above = grid[top * columns + i];
      row[i] = above + (grid[(top + 1) * columns + i] - above) * t;
    }
    for (let x = 0; x < width; x++, at++) {
      const i = left[x];
      noise[at] = row[i] + (row[i + 1] - row[i]) * share[x];
    }
  }
  return noise;
}

function turned({ width, height }: Field, random: Random, cellX: number, cellY: number, turn: number): Float32Array {
  const reach = Math.hypot(width, height);
  const columns = Math.ceil(reach / cellX) + 3;
  const rows = Math.ceil(reach / cellY) + 3;
  const grid = randomGrid(columns * rows, random);
  const noise = new Float32Array(width * height);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const u = ((x - width / 2) * cos + (y - height / 2) * sin + reach / 2) / cellX + 0.5;
      const v = ((y - height / 2) * cos - (x - width / 2) * sin + reach / 2) / cellY + 0.5;
      const i = u | 0;
      const j = v | 0;
      const s = ease(u - i);
      const t = ease(v - j);
      const a = j * columns + i;
      const b = a + columns;
      const above = grid[a] + (grid[a + 1] - grid[a]) * s;
      noise[at] = above + (grid[b] + (grid[b + 1] - grid[b]) * s - above) * t;
    }
  }
  return noise;
}

/**
 * Fine grain comes again after so many values, which nobody sees. A prime, so that rows do not repeat below one
 * another.
 */
const REPEATED = 20011;

function randomGrid(length: number, random: Random): Float32Array {
  const grid = new Float32Array(length);
  const drawn = Math.min(length, REPEATED);
  for (let i = 0; i < drawn; i++) grid[i] = random.next() * 2 - 1;
  for (let i = drawn; i < length; i++) grid[i] = grid[i - drawn];
  return grid;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Values of a normal distribution, made once: drawing one for each pixel would take as long as all the rest. */
let normals: Float32Array | undefined;
const NORMALS = 1 << 16;

/** Adds normal noise, read from a table from another random place for each row. */
export function addNoise({ width, height, data }: Field, random: Random, deviation: number): void {
  normals ??= tableOfNormals();
  for (let y = 0, at = 0; y < height; y++) {
    let from = random.below(NORMALS);
    for (let x = 0; x < width; x++, at++) data[at] += normals[from++ & (NORMALS - 1)] * deviation;
  }
}

function tableOfNormals(): Float32Array {
  const table = new Float32Array(NORMALS);
  // Sums of evenly spread numbers of a fixed sequence are near enough to normal.
  let state = 12345;
  for (let i = 0; i < NORMALS; i++) {
    let sum = -6;
    for (let j = 0; j < 12; j++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32;
    }
    table[i] = sum;
  }
  return table;
}

/** Multiplies by `1 + strength × noise`. */
export function modulate({ data }: Field, noise: Float32Array, strength: number): void {
  for (let i = 0; i < data.length; i++) data[i] *= 1 + strength * noise[i];
}
