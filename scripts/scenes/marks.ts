import type { Random } from '../../lib/random';
import { modulate, scaleOf, smoothNoise, type Field } from './field';
import { box, castShadow, ellipse, half, paint, path, ring, type Shape } from './shapes';
import { placeIn, type Frame } from './prints';

/** What happens to a sheet: folds, creases, stains. */
export function wear(field: Field, random: Random, frame: Frame): void {
  const scale = scaleOf(field);
  if (random.chance(0.2)) {
    for (let i = 1 + random.below(3); i > 0; i--)
      fold(
        field,
        random,
        frame,
        random.chance(0.7) ? frame.turn + random.pick([0, Math.PI / 2]) : random.between(0, 6.3),
      );
  }
  if (random.chance(0.1)) crumple(field, random, scale);
  if (random.chance(0.08)) stain(field, random, frame, scale);
  if (random.chance(0.05)) fibres(field, random, scale);
}

/** One side of a fold catches the light, the other lies in the dark; along it the fibres are broken. */
function fold(field: Field, random: Random, frame: Frame, turn: number): void {
  const scale = scaleOf(field);
  const { x, y } = placeIn(
    frame,
    frame.width * random.between(-0.45, 0.45),
    frame.height * random.between(-0.45, 0.45),
  );
  const broad = random.between(4, 60) * scale;
  const depth = random.between(0.02, 0.2) * random.pick([-1, 1]);
  const crack = random.between(0.02, 0.35);
  const thick = random.between(0.6, 2.5) * scale;
  const line: Shape = { ...half(x, y, turn), distance: (u) => Math.abs(u) - 3 * broad };
  paint(field, line, {
    shade: (u, _v, _d, old) => {
      const away = Math.abs(u) / broad;
      const fallen = 1 - away / 3;
      const lit = old * (1 + (u > 0 ? depth : -depth) * fallen * fallen * fallen);
      return Math.abs(u) > 3 * thick ? lit : lit * (1 - crack * Math.exp(-((u / thick) ** 2)));
    },
  });
}

/** Ridges of smooth noise look like a sheet that was crushed and flattened. */
function crumple(field: Field, random: Random, scale: number): void {
  const strength = random.between(0.03, 0.14);
  for (const cell of [random.between(90, 200), random.between(35, 80)]) {
    const noise = smoothNoise(
      field,
      random,
      cell * scale,
      cell * scale * random.between(0.6, 1.4),
      random.between(0.1, 1.4),
    );
    for (let i = 0; i < noise.length; i++) noise[i] = 0.4 - Math.abs(noise[i]) * 1.4 + 0.3 * noise[i];
    modulate(field, noise, strength);
  }
}

/** Of a cup, or of a drop: palest in its middle. */
function stain(field: Field, random: Random, frame: Frame, scale: number): void {
  const { x, y } = placeIn(frame, frame.width * random.between(-0.5, 0.5), frame.height * random.between(-0.5, 0.5));
  const size = random.between(20, 200) * scale;
  const tone = random.between(0.6, 0.95);
  const rim = random.between(0.6, 0.95);
  const shape = ellipse(x, y, size, size * random.between(0.6, 1));
  paint(field, shape, {
    shade: (_u, _v, d, old) => old * (d > -3 * scale ? rim : tone),
    soft: random.between(2, 12) * scale,
    opacity: random.between(0.3, 1),
  });
}

function fibres(field: Field, random: Random, scale: number): void {
  for (let i = 10 + random.below(60); i > 0; i--) {
    const x = random.between(0, field.width);
    const y = random.between(0, field.height);
    const a = random.between(-6, 6) * scale;
    const b = random.between(-6, 6) * scale;
    const tone = random.between(0.75, 1.1);
    paint(
      field,
      path(
        x,
        y,
        [
          [-a, -b],
          [b * 0.4, -a * 0.4],
          [a, b],
        ],
        0.9,
      ),
      { shade: (_u, _v, _d, old) => old * tone },
    );
  }
}

/** Holes at one side. */
export function holes(field: Field, random: Random, frame: Frame): void {
  const scale = scaleOf(field);
  const size = random.between(9, 22) * scale;
  const side = random.pick([-1, 1]);
  const apart = frame.height * random.between(0.2, 0.6);
  const tone = random.between(0.05, 0.5);
  for (const along of random.chance(0.6) ? [-0.5, 0.5] : [-1, -0.5, 0.5, 1]) {
    const { x, y } = placeIn(frame, side * (frame.width / 2 - size * 1.6), along * apart);
    paint(field, ellipse(x, y, size, size), { shade: (u, v) => tone * (u + v < -size * 0.3 ? 0.5 : 1) });
  }
}

/** The wire of a pad, at its upper or left edge. */
export function spiral(field: Field, random: Random, frame: Frame): void {
  const scale = scaleOf(field);
  const pitch = random.between(11, 26) * scale;
  const above = random.chance(0.5);
  const long = above ? frame.width : frame.height;
  const wire = random.between(0.1, 0.7);
  const thick = pitch * random.between(0.14, 0.3);
  const size = pitch * random.between(1.2, 1.9);
  for (let t = -long / 2 + pitch; t < long / 2 - pitch / 2; t += pitch) {
    const { x, y } = above ? placeIn(frame, t, -frame.height / 2) : placeIn(frame, -frame.width / 2, t);
    const turn = frame.turn + (above ? 0.1 : Math.PI / 2 + 0.1);
    const hole = above
      ? placeIn(frame, t, -frame.height / 2 + size * 0.6)
      : placeIn(frame, -frame.width / 2 + size * 0.6, t);
    paint(field, ellipse(hole.x, hole.y, pitch * 0.45, pitch * 0.45), { shade: 0.12 });
    const loop = ring(x, y, pitch * 0.5, size * 1.3, thick, turn);
    castShadow(field, loop, thick, thick, 0.3, thick * 2);
    paint(field, loop, { shade: (u) => wire * (u > 0 ? 1.3 : 0.7) });
  }
}

/** A corner that has come up: its back is seen, and its shadow. */
export function curl(field: Field, random: Random, frame: Frame): void {
  const a = random.pick([-1, 1]);
  const b = random.pick([-1, 1]);
  const size = Math.min(frame.width, frame.height) * random.between(0.1, 0.3);
  const { x, y } = placeIn(frame, (a * frame.width) / 2, (b * frame.height) / 2);
  const tone = random.between(0.6, 0.95);
  // In its own coordinates the corner is where both are 0, and the sheet where both are negative.
  const turn = frame.turn;
  const fold = (u: number, v: number): number => -size - (a * u + b * v);
  const shape: Shape = { x, y, turn, reach: 2 * size, distance: (u, v) => Math.max(fold(u, v), a * u, b * v) };
  const back: Shape = { ...shape, distance: (u, v) => Math.max(-size - a * u, -size - b * v, -fold(u, v)) };
  castShadow(field, back, -a * size * 0.12, -b * size * 0.05, 0.4, size * 0.4);
  paint(field, back, { shade: (u, v) => tone * (0.55 + 0.45 * Math.min(1, Math.abs(fold(u, v)) / size + 0.3)) });
}

/** Staples, clips and pins at the edge of a sheet. */
export function clip(field: Field, random: Random, frame: Frame): void {
  const scale = scaleOf(field);
  const { x, y } = placeIn(frame, frame.width * random.between(-0.48, 0.48), -frame.height * random.between(0.42, 0.5));
  const tone = random.between(0.15, 0.7);
  const shine = (_u: number, v: number): number => tone * (v > 0 ? 0.8 : 1.2);
  if (random.chance(0.4)) {
    const staple = box(
      x,
      y,
      random.between(18, 40) * scale,
      random.between(1.5, 4) * scale,
      frame.turn + random.between(-0.5, 0.5),
    );
    castShadow(field, staple, 1, 2 * scale, 0.3, 3 * scale);
    paint(field, staple, { shade: shine });
  } else {
    const size = random.between(12, 30) * scale;
    const turn = frame.turn + random.between(-0.4, 0.4);
    for (const part of [1, 0.72]) {
      const outer = box(0, 0, size * part, size * 3 * part, 0, size * part * 0.49);
      const shape: Shape = {
        x,
        y,
        turn,
        reach: outer.reach + 3,
        distance: (u, v) => Math.abs(outer.distance(u, v)) - Math.max(0.6, 1.2 * scale),
      };
      castShadow(field, shape, 1.5 * scale, 2 * scale, 0.3, 3 * scale);
      paint(field, shape, { shade: shine });
    }
  }
}
