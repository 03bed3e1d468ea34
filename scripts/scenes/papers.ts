import type { Random } from '../../lib/random';
import { addNoise, flat, modulate, scaleOf, smoothNoise, type Field } from './field';

/** What a surface is made of, drawn as reflectance 0 to 1. */
export type Material =
  'paper' | 'kraft' | 'cloth' | 'wood' | 'tiles' | 'stone' | 'whiteboard' | 'blackboard' | 'screen' | 'slats';
export const MATERIALS: readonly Material[] = [
  'paper',
  'kraft',
  'cloth',
  'wood',
  'tiles',
  'stone',
  'whiteboard',
  'blackboard',
  'screen',
  'slats',
];
/** What desks and walls are of. */
export const GROUNDS: readonly Material[] = [
  'wood',
  'wood',
  'cloth',
  'tiles',
  'stone',
  'kraft',
  'slats',
  'blackboard',
  'paper',
];

export function drawMaterial(random: Random, width: number, height: number, material: Material): Field {
  const field = flat(width, height, 1);
  const turn = random.chance(0.4) ? random.between(-0.2, 0.2) : 0;
  DRAWN[material](field, random, random.chance(0.35) ? turn + Math.PI / 2 : turn);
  for (let i = 0; i < field.data.length; i++) field.data[i] = Math.min(1, Math.max(0.01, field.data[i]));
  return field;
}

type Draw = (field: Field, random: Random, turn: number) => void;

const DRAWN: Record<Material, Draw> = {
  paper(field, random) {
    field.data.fill(random.chance(0.75) ? random.between(0.78, 0.97) : random.between(0.45, 0.8));
    grain(field, random, random.between(0, 0.02));
  },
  kraft(field, random, turn) {
    const { width, height, data } = field;
    const level = random.between(0.3, 0.65);
    const scale = scaleOf(field);
    const pitch = random.between(5, 16) * scale;
    const depth = random.chance(0.6) ? random.between(0.01, 0.06) : 0;
    eachTurned(width, height, turn, (at, u) => {
      data[at] = level * (1 + depth * Math.sin((u / pitch) * 2 * Math.PI));
    });
    grain(field, random, random.between(0.01, 0.04));
    if (random.chance(0.5))
      modulate(field, smoothNoise(field, random, 2, 14 * scale, turn), random.between(0.02, 0.07));
  },
  cloth(field, random, turn) {
    const { width, height, data } = field;
    const scale = scaleOf(field);
    const level = random.between(0.12, 0.8);
    const pitch = random.between(2.5, 9) * Math.max(0.6, scale);
    const depth = random.between(0.05, 0.25);
    const twill = random.pick([0, 0.5, 1]);
    const f = (2 * Math.PI) / pitch;
    eachTurned(width, height, turn, (at, u, v) => {
      data[at] = level * (1 + depth * Math.sin(f * (u + twill * v)) * Math.sin(f * v));
    });
    modulate(field, smoothNoise(field, random, 90 * scale, 60 * scale, turn + 0.5), random.between(0.05, 0.3));
    grain(field, random, 0.03);
  },
  wood(field, random, turn) {
    const { width, height, data } = field;
    const scale = scaleOf(field);
    const level = random.between(0.12, 0.7);
    const fine = smoothNoise(
      field,
      random,
      random.between(1.5, 5) * scale + 0.5,
      random.between(60, 250) * scale,
      turn,
    );
    const broad = smoothNoise(field, random, random.between(14, 40) * scale, random.between(150, 500) * scale, turn);
    const waves = random.between(1, 7);
    const depth = random.between(0.05, 0.28);
    const fineDepth = random.between(0.03, 0.15);
    for (let i = 0; i < data.length; i++) {
      data[i] = level * (1 + depth * Math.sin(broad[i] * waves * Math.PI) + fineDepth * fine[i]);
    }
    if (random.chance(0.45)) {
      gaps(width, height, turn, random.between(50, 170) * scale, random.between(1.2, 4) * scale, (at, k, inGap) => {
        data[at] *= (1 + 0.12 * Math.sin(k * 12.9)) * (1 - 0.7 * inGap);
      });
    }
    grain(field, random, 0.02);
  },
  tiles(field, random, turn) {
    const { width, height, data } = field;
    const scale = scaleOf(field);
    const level = random.between(0.25, 0.85);
    data.fill(level);
    modulate(field, smoothNoise(field, random, 50 * scale), random.between(0.02, 0.1));
    const pitch = random.between(40, 190) * scale;
    const thick = random.between(1.5, 7) * scale;
    const grout = level * random.between(0.4, 1.4);
    const aspect = random.pick([1, 1, 0.5, 0.33]);
    const brick = random.chance(0.4) ? 0.5 : 0;
    eachTurned(width, height, turn, (at, u, v) => {
      const j = Math.floor(v / (pitch * aspect));
      const p = u / pitch + j * brick;
      const q = v / (pitch * aspect);
      const i = Math.floor(p);
      const edge =
        Math.min(Math.min(p - i, 1 - p + i) * pitch, Math.min(q - j, 1 - q + j) * pitch * aspect) - thick / 2;
      const inGrout = Math.min(1, Math.max(0, 0.5 - edge));
      const shade = data[at] * (1 + 0.08 * Math.sin(i * 37.7 + j * 91.3));
      data[at] = shade + (grout - shade) * inGrout;
    });
    grain(field, random, 0.02);
  },
  stone(field, random) {
    const scale = scaleOf(field);
    field.data.fill(random.between(0.2, 0.75));
    for (const cell of [120, 40, 12, 4])
      modulate(field, smoothNoise(field, random, Math.max(1.5, cell * scale)), random.between(0.02, 0.16));
    addNoise(field, random, random.between(0.01, 0.07));
  },
  whiteboard(field, random, turn) {
    const scale = scaleOf(field);
    field.data.fill(random.between(0.72, 0.95));
    // Smears that the sponge has left.
    modulate(
      field,
      smoothNoise(field, random, 12 * scale, 150 * scale, turn + random.between(0.3, 1.4)),
      random.between(0, 0.04),
    );
    modulate(field, smoothNoise(field, random, 120 * scale), 0.03);
  },
  blackboard(field, random, turn) {
    const scale = scaleOf(field);
    field.data.fill(random.between(0.05, 0.24));
    modulate(
      field,
      smoothNoise(field, random, 9 * scale + 1, 160 * scale, turn + random.between(0.2, 1.5)),
      random.between(0.05, 0.35),
    );
    modulate(field, smoothNoise(field, random, 140 * scale), random.between(0.05, 0.4));
    grain(field, random, random.between(0.01, 0.08));
  },
  screen(field, random, turn) {
    const { width, height, data } = field;
    const level = random.chance(0.3) ? random.between(0.05, 0.2) : random.between(0.6, 0.95);
    const pitch = random.between(2, 6);
    const depth = random.between(0.02, 0.12);
    const f = (2 * Math.PI) / pitch;
    const beat = f * random.between(0.93, 1.07);
    eachTurned(width, height, turn * 0.3, (at, u, v) => {
      data[at] = level * (1 + depth * (Math.sin(f * u) * Math.sin(beat * v)));
    });
    grain(field, random, 0.01);
  },
  /** Boards, siding, corrugated metal, blinds: what has many upright bars. */
  slats(field, random, turn) {
    const { width, height, data } = field;
    const scale = scaleOf(field);
    const level = random.between(0.2, 0.8);
    const pitch = random.between(14, 110) * scale;
    const round = random.between(0.1, 0.5);
    const gap = random.between(0.08, 0.35);
    const sharp = random.chance(0.5);
    eachTurned(width, height, turn, (at, u) => {
      const k = Math.floor(u / pitch);
      const t = u / pitch - k;
      const inGap = sharp ? Math.min(1, Math.max(0, (gap - t) * pitch + 0.5)) : Math.exp(-((t / gap) ** 2) * 2);
      data[at] = level * (1 + 0.05 * Math.sin(k * 51.1)) * (1 + round * Math.sin(t * Math.PI * 2)) * (1 - 0.75 * inGap);
    });
    grain(field, random, 0.03);
  },
};

/** Blotches, and grain of two sizes. */
function grain(field: Field, random: Random, strength: number): void {
  const scale = scaleOf(field);
  modulate(field, smoothNoise(field, random, random.between(40, 160) * scale), random.between(0.005, 0.04));
  modulate(field, smoothNoise(field, random, random.between(1.3, 4)), strength);
  addNoise(field, random, strength * 0.6);
}

function eachTurned(
  width: number,
  height: number,
  turn: number,
  draw: (at: number, u: number, v: number) => void,
): void {
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) draw(at, x * cos + y * sin, y * cos - x * sin);
}

function gaps(
  width: number,
  height: number,
  turn: number,
  pitch: number,
  thick: number,
  draw: (at: number, k: number, inGap: number) => void,
): void {
  eachTurned(width, height, turn, (at, u) => {
    const k = Math.round(u / pitch);
    const away = Math.abs(u - k * pitch);
    draw(at, Math.floor(u / pitch), Math.min(1, Math.max(0, thick / 2 - away + 0.5)));
  });
}
