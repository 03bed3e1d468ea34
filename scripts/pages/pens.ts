import { Random } from '../../lib/random';
import type { Texture } from './ink-layer';

export type PenKind = 'pencil' | 'ballpoint' | 'fineliner' | 'marker' | 'chalk';

export interface Pen {
  kind: PenKind;
  /** Share of the light that it swallows, 0 to 1. */
  strength: number;
  /** Width of its strokes, pixels, 1 to 25. */
  width: number;
  texture: Texture;
}

interface Make {
  strength: [number, number];
  width: [number, number];
  uneven: [number, number];
  grain: [number, number];
  gaps: number;
}

/** Widths are shares of a digit's height; `gaps` is how often such a pen leaves some. */
const PENS: Record<PenKind, Make> = {
  pencil: { strength: [0.15, 0.5], width: [0.03, 0.08], uneven: [0.1, 0.5], grain: [0.1, 0.6], gaps: 0.4 },
  ballpoint: { strength: [0.4, 0.8], width: [0.02, 0.07], uneven: [0.05, 0.35], grain: [0, 0.25], gaps: 0.15 },
  fineliner: { strength: [0.55, 0.92], width: [0.035, 0.09], uneven: [0, 0.2], grain: [0, 0.1], gaps: 0.03 },
  marker: { strength: [0.7, 0.97], width: [0.08, 0.2], uneven: [0, 0.2], grain: [0, 0.1], gaps: 0.02 },
  chalk: { strength: [0.35, 0.85], width: [0.06, 0.15], uneven: [0.1, 0.4], grain: [0.4, 0.9], gaps: 0.3 },
};

const KINDS: readonly PenKind[] = [
  'pencil',
  'pencil',
  'ballpoint',
  'ballpoint',
  'ballpoint',
  'fineliner',
  'fineliner',
  'marker',
  'marker',
  'chalk',
];

/** @param height of a digit, pixels */
export function randomPen(random: Random, height: number): Pen {
  const kind = random.pick(KINDS);
  const make = PENS[kind];
  const width = Math.max(1, Math.min(25, height * random.between(...make.width)));
  return { kind, strength: random.between(...make.strength), width, texture: textureOf(make, width, random) };
}

/** Side of the tiles of noise, a power of two. */
const TILE = 256;
const WRAP = TILE - 1;

let tiles: { smooth: Float32Array; grain: Float32Array } | undefined;

/** Smooth noise of 0 to 1 that repeats after 256 pixels: sums of random waves, evened out to a flat distribution. */
function makeTiles(): { smooth: Float32Array; grain: Float32Array } {
  const random = new Random(20, 26, 11);
  const smooth = new Float32Array(TILE * TILE);
  const grain = new Float32Array(TILE * TILE);
  for (let wave = 0; wave < 40; wave++) {
    const fx = random.below(13) - 6;
    const fy = random.below(13) - 6;
    const phase = random.between(0, 7);
    const size = 1 / (2 + Math.hypot(fx, fy));
    for (let y = 0, at = 0; y < TILE; y++) {
      for (let x = 0; x < TILE; x++, at++) {
        smooth[at] += size * Math.sin((2 * Math.PI * (fx * x + fy * y)) / TILE + phase);
      }
    }
  }
  const order = Array.from(smooth.keys()).sort((a, b) => smooth[a] - smooth[b]);
  order.forEach((at, rank) => {
    smooth[at] = rank / order.length;
  });
  const raw = Float32Array.from(grain, () => random.next());
  for (let y = 0, at = 0; y < TILE; y++) {
    for (let x = 0; x < TILE; x++, at++) {
      const right = y * TILE + ((x + 1) & WRAP);
      const below = ((y + 1) & WRAP) * TILE + x;
      grain[at] = Math.max(0, Math.min(1, 0.5 + 1.5 * ((raw[at] + raw[right] + raw[below]) / 3 - 0.5)));
    }
  }
  return { smooth, grain };
}

/** Uneven strength along strokes, the paper's grain, and gaps where the pen has skipped. */
function textureOf(make: Make, width: number, random: Random): Texture {
  const { smooth, grain } = (tiles ??= makeTiles());
  const uneven = random.between(...make.uneven);
  const rough = random.between(...make.grain);
  const [ox, oy, px, py] = [random.below(TILE), random.below(TILE), random.below(TILE), random.below(TILE)];
  // A wave of the smooth tile is about 60 of its pixels long: gaps come every few widths of the pen.
  const long = 8 / (width + 2);
  const short = 24 / (width + 2);
  const gap = random.chance(make.gaps) ? random.between(0.03, 0.16) : -1;
  const fine = Math.max(0.3, Math.min(1, 6 / (width + 2)));
  return (x, y) => {
    const slow = smooth[((y * long + oy) & WRAP) * TILE + ((x * long + ox) & WRAP)];
    let share =
      1 -
      uneven * slow -
      rough * 0.9 * Math.max(0, grain[((y * fine + py) & WRAP) * TILE + ((x * fine + px) & WRAP)] - 0.4);
    if (gap > 0) {
      const skip = smooth[((y * short + px) & WRAP) * TILE + ((x * short + py) & WRAP)];
      if (skip < gap) share *= Math.max(0, 1 - (gap - skip) * 40);
    }
    return share;
  };
}
