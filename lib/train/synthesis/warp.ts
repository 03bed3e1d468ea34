import { FIELD_SIZE, FINE } from './distance-field';
import type { Random } from '../../random';
import { DIGIT_SIZE } from '../../digit';

/** Nodes of a lattice along each side, and their distance in pixels of the 28×28 picture. */
const NODES = 11;
const SPACING = 5.5;

/** A smooth random field: a lattice of values, around the middle of the picture, between which cubic B-splines run. */
export class Lattice {
  readonly #nodes = new Float32Array(NODES * NODES);
  readonly #row = new Float32Array(NODES);

  /** @param deviation of the field's values */
  fill(random: Random, deviation: number): void {
    // Splines average over their nodes, which leaves 0.48 of the nodes' deviation.
    for (let i = 0; i < this.#nodes.length; i++)
      this.#nodes[i] = deviation === 0 ? 0 : (random.normal() * deviation) / 0.48;
  }

  /** Prepares `at` for one row of the axis. */
  row(axis: SplineAxis, y: number): void {
    const nodes = this.#nodes;
    const { weights } = axis;
    const w = 4 * y;
    for (let i = 0, k = axis.first[y] * NODES; i < NODES; i++, k++) {
      this.#row[i] =
        nodes[k] * weights[w] +
        nodes[k + NODES] * weights[w + 1] +
        nodes[k + 2 * NODES] * weights[w + 2] +
        nodes[k + 3 * NODES] * weights[w + 3];
    }
  }

  /** The field in the prepared row, at place `x` of the axis. */
  at(axis: SplineAxis, x: number): number {
    const row = this.#row;
    const first = axis.first[x];
    const { weights } = axis;
    const w = 4 * x;
    return (
      row[first] * weights[w] +
      row[first + 1] * weights[w + 1] +
      row[first + 2] * weights[w + 2] +
      row[first + 3] * weights[w + 3]
    );
  }
}

/** Where the pixels along one side of a picture lie between the nodes of a lattice. */
export class SplineAxis {
  readonly first: Uint8Array;
  readonly weights: Float32Array;

  constructor(capacity: number) {
    this.first = new Uint8Array(capacity);
    this.weights = new Float32Array(4 * capacity);
  }

  /** @param size pixels @param step size of one, in pixels of the 28×28 picture */
  set(size: number, step: number): void {
    for (let i = 0; i < size; i++) {
      const position = Math.max(0, Math.min(NODES - 3.001, ((i + 0.5 - size / 2) * step) / SPACING + (NODES - 3) / 2));
      const first = Math.floor(position);
      const t = position - first;
      const u = 1 - t;
      this.first[i] = first;
      this.weights[4 * i] = (u * u * u) / 6;
      this.weights[4 * i + 1] = (3 * t * t * t - 6 * t * t + 4) / 6;
      this.weights[4 * i + 2] = (3 * u * u * u - 6 * u * u + 4) / 6;
      this.weights[4 * i + 3] = (t * t * t) / 6;
    }
  }
}

/** From pixels of the result, counted from its middle, to pixels of the 28×28 picture, counted from its middle. */
export interface Affine {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  x: number;
  y: number;
}

export interface AffineLimits {
  /** Radians, either way. */
  rotation: number;
  /** Tangent of the angle, either way. */
  shear: number;
  /** Least and greatest factor. */
  scale: readonly [number, number];
  /** Height against width may change by this factor either way. */
  stretch: number;
  /** Pixels either way. */
  shift: number;
}

/** A random affine transformation; each part is normally distributed within its limits, which are two deviations. */
export function randomAffine(random: Random, limits: AffineLimits): Affine {
  const part = (limit: number): number => (random.normalWithin(2) * limit) / 2;
  const angle = part(limits.rotation);
  const shear = part(limits.shear);
  const scale = random.between(...limits.scale);
  const stretch = Math.exp(part(Math.log(limits.stretch)) / 2);
  const sx = 1 / (scale * stretch);
  const sy = stretch / scale;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return {
    xx: cos * sx,
    xy: (sin + shear * cos) * sx,
    yx: -sin * sy,
    yy: (cos - shear * sin) * sy,
    x: part(limits.shift),
    y: part(limits.shift),
  };
}

/** A picture that is being drawn: its size, and the size of its pixels in pixels of the 28×28 picture. */
export interface Canvas {
  width: number;
  height: number;
  step: number;
  columns: SplineAxis;
  rows: SplineAxis;
}

/**
 * Samples a field through an affine transformation and an elastic displacement (Simard, Steinkraus, Platt 2003; here
 * the random field is smoothed by splines).
 *
 * @param outside value beyond the field
 * @param elastic displacements, pixels of the 28×28 picture
 * @param out `width * height` values
 */
export function warp(
  field: Float32Array,
  affine: Affine,
  elastic: readonly [Lattice, Lattice],
  canvas: Canvas,
  outside: number,
  out: Float32Array,
): void {
  const { width, height, step, columns, rows } = canvas;
  const [dx, dy] = elastic;
  const middle = DIGIT_SIZE / 2;
  for (let y = 0, at = 0; y < height; y++) {
    const v = (y + 0.5 - height / 2) * step;
    dx.row(rows, y);
    dy.row(rows, y);
    for (let x = 0; x < width; x++, at++) {
      const u = (x + 0.5 - width / 2) * step;
      const sx = (affine.xx * u + affine.xy * v + affine.x + dx.at(columns, x) + middle) * FINE - 0.5;
      const sy = (affine.yx * u + affine.yy * v + affine.y + dy.at(columns, x) + middle) * FINE - 0.5;
      if (sx < 0 || sy < 0 || sx >= FIELD_SIZE - 1 || sy >= FIELD_SIZE - 1) {
        out[at] = outside;
        continue;
      }
      const ix = sx | 0;
      const iy = sy | 0;
      const k = iy * FIELD_SIZE + ix;
      const fx = sx - ix;
      const fy = sy - iy;
      const top = field[k] + (field[k + 1] - field[k]) * fx;
      const bottom = field[k + FIELD_SIZE] + (field[k + FIELD_SIZE + 1] - field[k + FIELD_SIZE]) * fx;
      out[at] = top + (bottom - top) * fy;
    }
  }
}
