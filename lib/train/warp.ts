import { DIGIT_SIZE } from '../extract/normalise';
import { FIELD_SIZE, FINE } from './field';
import type { Random } from './random';

/** Nodes of a lattice along each side. */
const NODES = 9;

/** A smooth random field: a lattice of values between which cubic B-splines run. */
export class Lattice {
  readonly #nodes = new Float32Array(NODES * NODES);
  readonly #row = new Float32Array(NODES);

  /** @param amplitude standard deviation of the field, about */
  fill(random: Random, amplitude: number): void {
    // Splines average over their nodes, which leaves 0.48 of the nodes' deviation.
    for (let i = 0; i < this.#nodes.length; i++) this.#nodes[i] = random.normal() * amplitude / 0.48;
  }

  /** Prepares `at` for one row; `v` from 0 (top) to 1. */
  row(v: number): void {
    const position = v * (NODES - 3), first = Math.min(NODES - 4, Math.floor(position));
    splineWeights(position - first, weights);
    for (let i = 0, k = first * NODES; i < NODES; i++, k++) {
      const nodes = this.#nodes;
      this.#row[i] = nodes[k] * weights[0] + nodes[k + NODES] * weights[1] + nodes[k + 2 * NODES] * weights[2] + nodes[k + 3 * NODES] * weights[3];
    }
  }

  /** The field in the prepared row between the nodes `first` to `first + 3`, by the weights of `SplineAxis`. */
  at(first: number, w: Float32Array, k: number): number {
    const row = this.#row;
    return row[first] * w[k] + row[first + 1] * w[k + 1] + row[first + 2] * w[k + 2] + row[first + 3] * w[k + 3];
  }
}

const weights = new Float32Array(4);

function splineWeights(t: number, out: Float32Array, at = 0): void {
  const u = 1 - t;
  out[at] = u * u * u / 6;
  out[at + 1] = (3 * t * t * t - 6 * t * t + 4) / 6;
  out[at + 2] = (3 * u * u * u - 6 * u * u + 4) / 6;
  out[at + 3] = t * t * t / 6;
}

/** First node and weights for each pixel of a row of `size` pixels, kept for the next row. */
export class SplineAxis {
  readonly first: Uint8Array;
  readonly weights: Float32Array;

  constructor(size: number) {
    this.first = new Uint8Array(size);
    this.weights = new Float32Array(4 * size);
    for (let x = 0; x < size; x++) {
      const position = ((x + 0.5) / size) * (NODES - 3);
      this.first[x] = Math.floor(position);
      splineWeights(position - this.first[x], this.weights, 4 * x);
    }
  }
}

const axes = new Map<number, SplineAxis>();

export function splineAxis(size: number): SplineAxis {
  let axis = axes.get(size);
  if (!axis) axes.set(size, (axis = new SplineAxis(size)));
  return axis;
}

/** From pixels of the result, counted from its middle, to pixels of the 28×28 picture, counted from its middle. */
export interface Affine { xx: number; xy: number; yx: number; yy: number; x: number; y: number }

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
  const part = (limit: number): number => random.normalWithin(2) * limit / 2;
  const angle = part(limits.rotation), shear = part(limits.shear);
  const scale = random.between(...limits.scale);
  const stretch = Math.exp(part(Math.log(limits.stretch)) / 2);
  const sx = 1 / (scale * stretch), sy = stretch / scale;
  const cos = Math.cos(angle), sin = Math.sin(angle);
  return { xx: cos * sx, xy: (sin + shear * cos) * sx, yx: -sin * sy, yy: (cos - shear * sin) * sy, x: part(limits.shift), y: part(limits.shift) };
}

/**
 * Samples a field through an affine transformation and an elastic displacement (Simard, Steinkraus, Platt 2003; here the
 * random field is smoothed by splines).
 *
 * @param extent side of the result, pixels of the 28×28 picture
 * @param size side of the result, pixels
 * @param outside value beyond the field
 * @param elastic displacements, pixels of the 28×28 picture
 */
export function warp(field: Float32Array, affine: Affine, elastic: readonly [Lattice, Lattice], extent: number, size: number, outside: number, out: Float32Array): void {
  const axis = splineAxis(size);
  const [dx, dy] = elastic;
  const step = extent / size, half = extent / 2;
  const middle = DIGIT_SIZE / 2;
  for (let y = 0, at = 0; y < size; y++) {
    const v = (y + 0.5) * step - half;
    dx.row((y + 0.5) / size);
    dy.row((y + 0.5) / size);
    for (let x = 0; x < size; x++, at++) {
      const u = (x + 0.5) * step - half;
      const first = axis.first[x];
      const sx = (affine.xx * u + affine.xy * v + affine.x + dx.at(first, axis.weights, 4 * x) + middle) * FINE - 0.5;
      const sy = (affine.yx * u + affine.yy * v + affine.y + dy.at(first, axis.weights, 4 * x) + middle) * FINE - 0.5;
      if (sx < 0 || sy < 0 || sx >= FIELD_SIZE - 1 || sy >= FIELD_SIZE - 1) {
        out[at] = outside;
        continue;
      }
      const ix = sx | 0, iy = sy | 0, k = iy * FIELD_SIZE + ix;
      const fx = sx - ix, fy = sy - iy;
      const top = field[k] + (field[k + 1] - field[k]) * fx;
      const bottom = field[k + FIELD_SIZE] + (field[k + FIELD_SIZE + 1] - field[k + FIELD_SIZE]) * fx;
      out[at] = top + (bottom - top) * fy;
    }
  }
}
