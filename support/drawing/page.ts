import type { RawPicture } from '../../lib/pictures/picture';
import { write, type Dab, type Point, type Writing } from './handwriting';
import { Random } from './random';

export interface PageOptions {
  /** Pixels. Default 640 × 480. */
  width?: number;
  height?: number;
  writing?: Writing[];
  /** The same seed draws the same page. */
  seed?: number;
  /** How far the sheet is turned, degrees clockwise. Default 0. */
  tilt?: number;
  /** Whether a shadow falls on one side of the sheet. Default false. */
  shadow?: boolean;
  /** Side of the squares printed on the sheet, pixels; 0, the default, for plain paper. */
  squares?: number;
  /** How strongly squares are printed, 0 to 1 (as dark as the ink). Default 0.25. */
  print?: number;
  /** How much of the paper the pen covers: 1, the default, for a marker, 0.4 for a pencil. */
  cover?: number;
  /** Brightness of the paper where the light is strongest, 0 to 1. Default 0.9. */
  light?: number;
}

const DEFAULTS: Required<PageOptions> = {
  width: 640,
  height: 480,
  writing: [],
  seed: 1,
  tilt: 0,
  shadow: false,
  squares: 0,
  print: 0.25,
  cover: 1,
  light: 0.9,
};

type Colour = readonly [number, number, number];
const PAPER: Colour = [1, 0.985, 0.95];
const INK: Colour = [0.09, 0.1, 0.17];
/** What printed squares are at full strength. */
const PRINT: Colour = [0, 0.2, 0.6];

/** Draws a photographed sheet of paper with marker writing: uneven light, grain of paper and sensor, a slight tilt. */
export function drawPage(options: PageOptions = {}): RawPicture {
  const { width, height, writing, seed, tilt, shadow, squares, ...look } = { ...DEFAULTS, ...options };
  const random = new Random(seed);
  const turn = rotation(tilt, width / 2, height / 2);
  const dabs = writing.flatMap((line) => write(line, random)).map((dab) => ({ ...dab, ...turn(dab) }));
  const ink = stamp(dabs, width, height);
  const print = squares > 0 ? grid(squares, width, height, rotation(-tilt, width / 2, height / 2)) : undefined;
  const brightness = lighting(width, height, shadow, random);
  const blotches = valueNoise(width, height, 40, random);
  const fibres = valueNoise(width, height, 3, random);
  const data = colour({ ink, print, brightness, blotches, fibres }, look, random);
  return { data, width, height, channels: 3 };
}

/** What a sheet is like in each pixel, 0 to 1, the noise -1 to 1. */
interface Layers {
  ink: Float32Array;
  print: Float32Array | undefined;
  brightness: Float32Array;
  blotches: Float32Array;
  fibres: Float32Array;
}

/** The pixels, red, green and blue, with the noise of a sensor. */
function colour(
  { ink, print, brightness, blotches, fibres }: Layers,
  { light, cover: covering, print: strength }: Pick<Required<PageOptions>, 'light' | 'cover' | 'print'>,
  random: Random,
): Uint8Array {
  const data = new Uint8Array(ink.length * 3);
  for (let i = 0; i < ink.length; i++) {
    const shade = light * brightness[i] * (1 + 0.02 * blotches[i] + 0.015 * fibres[i]);
    // A marker covers unevenly, as the fibres take it.
    const cover = covering * ink[i] * (0.94 + 0.06 * fibres[i]);
    const noise = random.normal() * 0.008;
    for (let c = 0; c < 3; c++) {
      const paper = PAPER[c] + (PRINT[c] - PAPER[c]) * (print?.[i] ?? 0) * strength;
      data[i * 3 + c] = clampByte(255 * (shade * (paper + (INK[c] - paper) * cover) + noise));
    }
  }
  return data;
}

function rotation(degrees: number, cx: number, cy: number): (point: Point) => Point {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  return ({ x, y }) => ({ x: cx + (x - cx) * cos - (y - cy) * sin, y: cy + (x - cx) * sin + (y - cy) * cos });
}

/** 0 to 1 a pixel: how much of it the round pen has covered. */
function stamp(dabs: Dab[], width: number, height: number): Float32Array {
  const out = new Float32Array(width * height);
  for (const { x, y, radius } of dabs) {
    for (let py = Math.max(0, Math.floor(y - radius - 1)); py < Math.min(height, y + radius + 1); py++) {
      for (let px = Math.max(0, Math.floor(x - radius - 1)); px < Math.min(width, x + radius + 1); px++) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(px + 0.5 - x, py + 0.5 - y)));
        if (cover > out[py * width + px]) out[py * width + px] = cover;
      }
    }
  }
  return out;
}

function grid(side: number, width: number, height: number, toSheet: (point: Point) => Point): Float32Array {
  const nearness = (v: number) => Math.max(0, 1 - Math.abs(v - Math.round(v / side) * side));
  return Float32Array.from({ length: width * height }, (_, i) => {
    const { x, y } = toSheet({ x: i % width, y: Math.floor(i / width) });
    return Math.max(nearness(x), nearness(y));
  });
}

/** Light from one side, darker corners as of a lens, and the soft shadow of a hand. */
function lighting(width: number, height: number, shadow: boolean, random: Random): Float32Array {
  const from = random.between(0, 2 * Math.PI);
  const fall = random.between(0.1, 0.25);
  const edge = random.between(-0.1, 0.25);
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = (i % width) / width - 0.5;
    const y = Math.floor(i / width) / height - 0.5;
    const along = x * Math.cos(from) + y * Math.sin(from);
    const dark = shadow ? 0.42 * smoothStep((along + 0.35 * y - edge) / 0.16) : 0;
    return (1 - fall * (along + 0.5)) * (1 - 0.3 * (x * x + y * y)) * (1 - dark);
  });
}

/** Smooth noise of about -1 to 1 with spots of the given size. */
function valueNoise(width: number, height: number, size: number, random: Random): Float32Array {
  const columns = Math.ceil(width / size) + 2;
  const knots = Float32Array.from({ length: columns * (Math.ceil(height / size) + 2) }, () => random.between(-1, 1));
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = (i % width) / size;
    const y = Math.floor(i / width) / size;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const fx = smoothStep(x - left);
    const fy = smoothStep(y - top);
    const at = top * columns + left;
    const upper = knots[at] + (knots[at + 1] - knots[at]) * fx;
    const lower = knots[at + columns] + (knots[at + columns + 1] - knots[at + columns]) * fx;
    return upper + (lower - upper) * fy;
  });
}

function smoothStep(t: number): number {
  const u = Math.min(1, Math.max(0, t));
  return u * u * (3 - 2 * u);
}

function clampByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
