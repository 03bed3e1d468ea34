import type { Random } from '../../lib/random';
import { clamp, flat, smoothNoise, type Field } from './field';
import { box, ellipse, half, paint, path, type Shape } from './shapes';

/** Illumination, 0 to 1.2: smooth light of lamps and windows, then shadows with an edge. */
export function drawLight(random: Random, width: number, height: number): Field {
  const light = smoothLight(random, width, height);
  if (random.chance(0.35))
    for (let i = 1 + (random.chance(0.25) ? 1 + random.below(2) : 0); i > 0; i--) shadow(light, random);
  if (random.chance(0.06)) blinds(light, random);
  for (let i = 0; i < light.data.length; i++) light.data[i] = clamp(light.data[i], 0, 1.2);
  return light;
}

/** Drawn coarsely and enlarged, for nothing in it is sharp. */
function smoothLight(random: Random, width: number, height: number): Field {
  const step = 8;
  const small = flat(Math.ceil(width / step) + 1, Math.ceil(height / step) + 1, random.between(0.85, 1.05));
  const { width: columns, height: rows, data } = small;
  const multiply = (of: (u: number, v: number) => number): void => {
    for (let y = 0, at = 0; y < rows; y++)
      for (let x = 0; x < columns; x++, at++) data[at] *= of(x / (columns - 1), y / (rows - 1));
  };
  if (random.chance(0.65)) {
    const turn = random.between(0, 2 * Math.PI);
    const depth = random.chance(0.25) ? random.between(0.3, 0.65) : random.between(0.02, 0.3);
    const cos = Math.cos(turn);
    const sin = Math.sin(turn);
    const bend = random.between(0.7, 1.6);
    multiply((u, v) => 1 - depth * clamp(0.5 + ((u - 0.5) * cos + (v - 0.5) * sin) * 0.75, 0, 1) ** bend);
  }
  if (random.chance(0.3)) {
    const x = random.between(-0.2, 1.2);
    const y = random.between(-0.2, 1.2);
    const reach = random.between(0.3, 1);
    const depth = random.between(0.1, 0.6);
    multiply((u, v) => 1 - depth + depth * Math.exp(-((u - x) ** 2 + (v - y) ** 2) / (2 * reach * reach)));
  }
  if (random.chance(0.35)) {
    const depth = random.between(0.1, 0.9);
    const x = random.between(0.4, 0.6);
    const y = random.between(0.4, 0.6);
    const sharp = random.between(2, 5);
    multiply((u, v) => 1 - depth * Math.min(1, Math.hypot(u - x, v - y) / 0.75) ** sharp);
  }
  if (random.chance(0.3)) {
    const noise = smoothNoise(small, random, random.between(0.15, 0.5) * columns);
    const depth = random.between(0.03, 0.2);
    for (let i = 0; i < data.length; i++) data[i] *= 1 + depth * noise[i];
  }
  // Something dark that stands near without touching: a head, a camera's own shadow.
  if (random.chance(0.15)) {
    const x = random.next();
    const y = random.next();
    const a = random.between(0.1, 0.5);
    const b = random.between(0.1, 0.5);
    const depth = random.between(0.1, 0.5);
    multiply((u, v) => 1 - depth * Math.exp(-(((u - x) / a) ** 2 + ((v - y) / b) ** 2) * 1.5));
  }
  return enlarge(small, width, height, step);
}

function enlarge(small: Field, width: number, height: number, step: number): Field {
  const large = flat(width, height, 0);
  const columns = small.width;
  for (let y = 0, at = 0; y < height; y++) {
    const j = Math.floor(y / step);
    const t = y / step - j;
    for (let x = 0; x < width; x++, at++) {
      const i = Math.floor(x / step);
      const s = x / step - i;
      const a = j * columns + i;
      const b = a + columns;
      const above = small.data[a] + (small.data[a + 1] - small.data[a]) * s;
      large.data[at] = above + (small.data[b] + (small.data[b + 1] - small.data[b]) * s - above) * t;
    }
  }
  return large;
}

function shadow(light: Field, random: Random): void {
  const { width, height } = light;
  const side = Math.min(width, height);
  const x = random.between(0, width);
  const y = random.between(0, height);
  const strength = random.between(0.15, 0.75);
  const soft = random.chance(0.5) ? random.between(1, 8) : random.between(8, 90);
  const brush = {
    shade: (_u: number, _v: number, _d: number, old: number) => old * (1 - strength),
    soft: soft * (side / 480) + 1,
  };
  const kind = random.below(5);
  const turn = random.between(0, 2 * Math.PI);
  if (kind <= 1) paint(light, half(x, y, turn), brush);
  else if (kind === 2)
    paint(light, box(x, y, side * random.between(0.05, 0.8), side * random.between(0.3, 2), turn, side * 0.02), brush);
  else if (kind === 3)
    paint(light, ellipse(x, y, side * random.between(0.2, 1), side * random.between(0.2, 1.2), turn), brush);
  else paint(light, hand(random, x, y, side, turn), brush);
}

/** An arm with some fingers, from outside of the picture. */
function hand(random: Random, x: number, y: number, side: number, turn: number): Shape {
  const size = side * random.between(0.15, 0.35);
  const points: [number, number][] = [];
  const at = (p: number, q: number): [number, number] => [
    size * (p * Math.cos(turn) - q * Math.sin(turn)),
    size * (p * Math.sin(turn) + q * Math.cos(turn)),
  ];
  for (let finger = 0, count = 1 + random.below(4); finger < count; finger++) {
    points.push(at(0, 0), at(random.between(-0.9, 0.9), -random.between(0.8, 1.5)), at(0, 0));
  }
  points.push(at(0, 0), at(random.between(-0.5, 0.5), 6));
  return path(x, y, points, size * random.between(0.4, 0.8));
}

/** Bars of a window or of blinds. */
function blinds(light: Field, random: Random): void {
  const { width, height } = light;
  const side = Math.min(width, height);
  const turn = random.pick([0, Math.PI / 2]) + random.between(-0.6, 0.6);
  const pitch = side * random.between(0.06, 0.4);
  const share = random.between(0.2, 0.7);
  const strength = random.between(0.15, 0.6);
  const soft = random.between(1, 14) * (side / 480) + 1;
  const both = random.chance(0.4);
  const strip: Shape = {
    x: width / 2,
    y: height / 2,
    turn,
    reach: Infinity,
    distance: (u, v) => {
      const a = Math.abs(u / pitch - Math.round(u / pitch)) * pitch;
      const b = Math.abs(v / pitch - Math.round(v / pitch)) * pitch;
      return (both ? Math.min(a, b) : a) - (pitch * share) / 2;
    },
  };
  paint(light, strip, { shade: (_u, _v, _d, old) => old * (1 - strength), soft });
}

/** Light that a glossy surface throws back, to be added: 0 to 1, mostly 0; absent where there is none. */
export function drawGlare(random: Random, width: number, height: number): Float32Array | undefined {
  if (!random.chance(0.08)) return undefined;
  const glare = flat(width, height, 0);
  const side = Math.min(width, height);
  for (let i = 1 + random.below(2); i > 0; i--) {
    const shape = random.chance(0.6)
      ? ellipse(
          random.between(0, width),
          random.between(0, height),
          side * random.between(0.1, 0.7),
          side * random.between(0.1, 0.5),
          random.between(0, 3),
        )
      : box(
          random.between(0, width),
          random.between(0, height),
          side * random.between(0.05, 0.3),
          side * random.between(0.3, 1),
          random.between(0, 3),
          side * 0.02,
        );
    paint(glare, shape, { shade: random.between(0.15, 0.8), soft: side * random.between(0.05, 0.5) });
  }
  return glare.data;
}
