import { clamp, type Field } from './field';

/** Distance functions here are at most this much too large. */
const SURELY_OUTSIDE = 0.6;

/** A shape by its distance function, in coordinates of its own: u to its right, v downwards, pixels. */
export interface Shape {
  x: number;
  y: number;
  /** Radians, clockwise. */
  turn: number;
  /** No part of it is farther from its middle, pixels. */
  reach: number;
  /** Pixels from its border, or less; negative inside. */
  distance(u: number, v: number): number;
}

export interface Brush {
  /**
   * The new value there: from a picture of the same size, or from the place, the distance to the border and the old
   * value.
   */
  shade: number | Field | ((u: number, v: number, distance: number, old: number) => number);
  /** Width of the border, pixels. Default 1. */
  soft?: number;
  /** 0 to 1. Default 1. */
  opacity?: number;
}

export function box(x: number, y: number, width: number, height: number, turn = 0, round = 0): Shape {
  const a = width / 2 - round;
  const b = height / 2 - round;
  return {
    x,
    y,
    turn,
    reach: Math.hypot(width, height) / 2,
    distance: (u, v) => {
      const p = Math.abs(u) - a;
      const q = Math.abs(v) - b;
      return (p > 0 && q > 0 ? Math.sqrt(p * p + q * q) : p > q ? p : q) - round;
    },
  };
}

export function ellipse(x: number, y: number, width: number, height: number, turn = 0): Shape {
  const a = width / 2;
  const b = height / 2;
  const short = Math.min(a, b);
  return {
    x,
    y,
    turn,
    reach: Math.max(a, b),
    distance: (u, v) => (Math.sqrt((u * u) / (a * a) + (v * v) / (b * b)) - 1) * short,
  };
}

export function ring(x: number, y: number, width: number, height: number, thick: number, turn = 0): Shape {
  const whole = ellipse(x, y, width, height, turn);
  return { ...whole, reach: whole.reach + thick, distance: (u, v) => Math.abs(whole.distance(u, v)) - thick / 2 };
}

/** All that is right of a straight line through a point: edges of shadows and sheets. */
export function half(x: number, y: number, turn: number): Shape {
  return { x, y, turn, reach: Infinity, distance: (u) => -u };
}

/** A line through points (relative to x, y), as thick as `thick` says. */
export function path(x: number, y: number, points: readonly (readonly [number, number])[], thick: number): Shape {
  const reach = Math.max(...points.map(([u, v]) => Math.hypot(u, v))) + thick;
  return {
    x,
    y,
    turn: 0,
    reach,
    distance: (u, v) => {
      let nearest = Infinity;
      for (let i = 1; i < points.length; i++) {
        const [ax, ay] = points[i - 1];
        const dx = points[i][0] - ax;
        const dy = points[i][1] - ay;
        const t = clamp(((u - ax) * dx + (v - ay) * dy) / (dx * dx + dy * dy + 1e-9), 0, 1);
        const p = u - ax - t * dx;
        const q = v - ay - t * dy;
        const d = p * p + q * q;
        if (d < nearest) nearest = d;
      }
      return Math.sqrt(nearest) - thick / 2;
    },
  };
}

export function moved(shape: Shape, dx: number, dy: number): Shape {
  return { ...shape, x: shape.x + dx, y: shape.y + dy };
}

export function paint({ width, height, data }: Field, shape: Shape, { shade, soft = 1, opacity = 1 }: Brush): void {
  const reach = shape.reach + soft;
  const cos = Math.cos(shape.turn);
  const sin = Math.sin(shape.turn);
  const left = Math.max(0, Math.floor(shape.x - reach));
  const right = Math.min(width - 1, Math.ceil(shape.x + reach));
  const top = Math.max(0, Math.floor(shape.y - reach));
  const bottom = Math.min(height - 1, Math.ceil(shape.y + reach));
  for (let y = top; y <= bottom; y++) {
    const dy = y - shape.y;
    for (let x = left, at = y * width + left; x <= right; x++, at++) {
      const dx = x - shape.x;
      const u = dx * cos + dy * sin;
      const v = dy * cos - dx * sin;
      const distance = shape.distance(u, v);
      if (distance * 2 >= soft) {
        // Nothing is nearer than that, so most of what lies outside need not be looked at.
        const skip = ((distance - soft / 2) * SURELY_OUTSIDE) | 0;
        x += skip;
        at += skip;
        continue;
      }
      const cover = opacity * Math.min(1, 0.5 - distance / soft);
      const value =
        typeof shade === 'number'
          ? shade
          : typeof shade === 'function'
            ? shade(u, v, distance, data[at])
            : shade.data[at];
      data[at] += (value - data[at]) * cover;
    }
  }
}

/** Darkens what lies under a shape that stands `dx, dy` above it. */
export function castShadow(field: Field, shape: Shape, dx: number, dy: number, strength: number, soft: number): void {
  paint(field, moved(shape, dx, dy), { shade: (_u, _v, _d, old) => old * (1 - strength), soft: Math.max(1, soft) });
}
