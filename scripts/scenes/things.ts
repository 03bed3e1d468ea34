import type { Random } from '../../lib/random';
import { scaleOf, type Field } from './field';
import { box, castShadow, ellipse, moved, paint, path, ring, type Shape } from './shapes';

/** Things that lie or stand about, of a size in pixels, by their drawings. */
type Draw = (field: Field, random: Random, x: number, y: number, size: number) => void;

/** Round about: darker towards both sides, with a bright streak. */
function cylinder(random: Random, width: number, level: number): (u: number) => number {
  const shine = random.between(-0.3, 0.3);
  const gloss = random.chance(0.6) ? random.between(0.1, 0.8) : 0;
  const depth = random.between(0.2, 0.8);
  const narrow = random.between(0.02, 0.1);
  return (u) => {
    const t = u / width;
    return Math.min(
      1,
      level * (1 - depth * (2 * t) ** 2 * 0.9) + gloss * Math.exp(-((t - shine) ** 2) / (2 * narrow * narrow)),
    );
  };
}

function drop(field: Field, random: Random, shape: Shape, height: number): void {
  if (random.chance(0.8)) {
    castShadow(
      field,
      shape,
      random.between(-1, 1) * height,
      random.between(-0.3, 1) * height,
      random.between(0.15, 0.6),
      height * random.between(0.3, 1.6),
    );
  }
}

const level = (random: Random): number => (random.chance(0.6) ? random.between(0.03, 0.35) : random.between(0.35, 0.9));

/** A bar, pole, pen or pipe: as upright as a 1, and as broad, or broader. */
const bar: Draw = (field, random, x, y, size) => {
  const thick = size * random.between(0.03, 0.22);
  const turn = random.chance(0.7) ? random.between(-0.25, 0.25) : random.between(0, Math.PI);
  const shape = box(x, y, thick, size * random.between(0.8, 2.5), turn, random.pick([0, thick * 0.3, thick * 0.45]));
  drop(field, random, shape, thick * 0.7);
  const round = cylinder(random, thick, level(random));
  paint(field, shape, {
    shade: random.chance(0.75) ? round : level(random),
    soft: random.chance(0.7) ? 1 : random.between(1, 6),
  });
};

/** Several bars side by side: rails, books' backs, radiators, combs. */
const bars: Draw = (field, random, x, y, size) => {
  const count = 2 + random.below(9);
  const pitch = size * random.between(0.08, 0.4);
  const share = random.between(0.2, 1);
  const tall = size * random.between(0.7, 3);
  const turn = random.chance(0.75) ? random.between(-0.15, 0.15) : Math.PI / 2;
  const alike = random.chance(0.6);
  const tone = level(random);
  for (let i = 0; i < count; i++) {
    const along = (i - (count - 1) / 2) * pitch;
    const width = pitch * share * (alike ? 1 : random.between(0.5, 1));
    const shape = box(
      x + along * Math.cos(turn),
      y + along * Math.sin(turn),
      width,
      alike ? tall : tall * random.between(0.8, 1),
      turn,
      width * 0.1,
    );
    drop(field, random, shape, width * 0.4);
    paint(field, shape, { shade: cylinder(random, width, alike ? tone : level(random)) });
    if (!alike && random.chance(0.5))
      paint(field, box(x + along * Math.cos(turn), y, width * 0.5, size * 0.2, turn), {
        shade: level(random),
        opacity: 0.7,
      });
  }
};

const bottle: Draw = (field, random, x, y, size) => {
  const turn = random.chance(0.5) ? random.between(-0.1, 0.1) : random.between(0, 6.3);
  const width = size * random.between(0.25, 0.45);
  const long = size * 1.3;
  const neck = width * random.between(0.25, 0.5);
  const shape: Shape = {
    x,
    y,
    turn,
    reach: long,
    distance: (u, v) => {
      const t = v / long + 0.5;
      const half = t < 0.25 ? neck : t < 0.4 ? neck + (width - neck) * ((t - 0.25) / 0.15) ** 1.5 : width;
      return Math.max(Math.abs(u) - half / 2, Math.abs(v) - long / 2);
    },
  };
  drop(field, random, shape, width * 0.3);
  const glass = random.chance(0.4);
  const round = cylinder(random, width, level(random));
  const cut = random.between(0, 0.2);
  const label = level(random);
  paint(field, shape, {
    shade: (u, v, d, old) => {
      const t = v / long + 0.5;
      // Glass lets the ground through, and is dark along its border.
      if (glass) return old * (d > -width * 0.08 ? 0.4 : 0.9) + 0.06;
      return t > 0.5 && t < 0.5 + cut ? label * (1 - (u / width) ** 2) : round(u);
    },
  });
};

/** A lid, a can from above, a coin, a cup: discs and rings within one another, as a 0 has. */
const lid: Draw = (field, random, x, y, size) => {
  const width = size * random.between(0.4, 1);
  const tall = width * random.between(0.5, 1);
  const turn = random.between(0, 3.2);
  const whole = ellipse(x, y, width, tall, turn);
  drop(field, random, whole, width * 0.08);
  if (random.chance(0.7)) {
    const tone = level(random);
    const side = random.between(-0.5, 0.5);
    paint(field, whole, { shade: (u, v) => tone * (1 + (side * (u + v)) / width) });
  }
  for (let i = 1 + random.below(3), part = 1; i > 0; i--, part *= random.between(0.55, 0.9)) {
    const tone = level(random);
    const gloss = random.between(0, 0.6);
    const at = random.between(0, 6.3);
    paint(field, ring(x, y, width * part, tall * part, width * random.between(0.02, 0.14), turn), {
      shade: (u, v) => tone + gloss * Math.max(0, Math.cos(Math.atan2(v, u) - at)) ** 3,
      soft: random.between(1, 3),
    });
  }
  if (random.chance(0.25))
    paint(field, box(x, y, width * 0.12, tall * 0.4, turn + 1, width * 0.05), { shade: level(random) });
};

/** A door frame, a window, a picture on the wall, a drawer. */
const frame: Draw = (field, random, x, y, size) => {
  const width = size * random.between(0.6, 2);
  const tall = size * random.between(0.6, 2.4);
  const turn = random.between(-0.08, 0.08);
  const outer = box(x, y, width, tall, turn);
  drop(field, random, outer, size * 0.05);
  const tone = level(random);
  const thick = size * random.between(0.02, 0.2);
  paint(field, outer, { shade: (u, v) => tone * (1 + 0.2 * (u / width + v / tall)) });
  if (random.chance(0.7)) {
    const inner = level(random);
    paint(field, box(x, y, width - 2 * thick, tall - 2 * thick, turn), {
      shade: (_u, v, d) => inner * (1 + (0.3 * v) / tall) * (d > -3 ? 0.7 : 1),
    });
  }
  if (random.chance(0.5))
    paint(
      field,
      random.chance(0.5)
        ? ellipse(x + width * 0.35, y, size * 0.08, size * 0.08)
        : box(x, y, size * 0.3, size * 0.04, turn),
      { shade: level(random) },
    );
};

function wander(random: Random, length: number, steps: number, bend: number): [number, number][] {
  const points: [number, number][] = [];
  let u = 0;
  let v = 0;
  let turn = random.between(0, 6.3);
  let curve = 0;
  for (let i = 0; i <= steps; i++) {
    points.push([u, v]);
    curve = 0.8 * curve + random.normal() * bend;
    turn += curve;
    u += (Math.cos(turn) * length) / steps;
    v += (Math.sin(turn) * length) / steps;
  }
  return points;
}

const cable: Draw = (field, random, x, y, size) => {
  const thick = size * random.between(0.015, 0.06);
  const shape = path(x, y, wander(random, size * random.between(1.5, 4), 18, 0.12), thick);
  const tone = level(random);
  drop(field, random, shape, thick);
  paint(field, shape, { shade: (_u, _v, d) => tone * (1 + (0.8 * -d) / thick) });
};

const key: Draw = (field, random, x, y, size) => {
  const turn = random.between(0, 6.3);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const s = size * 0.5;
  const tone = level(random);
  const parts = [ring(x, y, s * 0.7, s * 0.6, s * 0.16, turn), box(x + s * cos, y + s * sin, s * 1.4, s * 0.14, turn)];
  for (let i = 0; i < 3; i++) {
    const t = s * (1.2 + i * 0.18);
    parts.push(
      box(x + t * cos - s * 0.1 * sin, y + t * sin + s * 0.1 * cos, s * 0.1, s * random.between(0.1, 0.3), turn),
    );
  }
  for (const part of parts) drop(field, random, part, s * 0.06);
  for (const part of parts) paint(field, part, { shade: (u) => tone * (1 + (0.4 * u) / s) });
};

const scissors: Draw = (field, random, x, y, size) => {
  const turn = random.between(0, 6.3);
  const open = random.between(0.1, 0.5);
  const s = size * 0.6;
  const metal = random.between(0.4, 0.8);
  const grip = level(random);
  for (const side of [-1, 1]) {
    const t = turn + side * open;
    const blade = box(x + Math.cos(t) * s * 0.6, y + Math.sin(t) * s * 0.6, s * 1.2, s * 0.14, t, s * 0.05);
    drop(field, random, blade, s * 0.06);
    paint(field, blade, { shade: (_u, v) => metal * (v > 0 ? 1.1 : 0.7) });
    paint(field, ring(x - Math.cos(t) * s * 0.5, y - Math.sin(t) * s * 0.5, s * 0.6, s * 0.4, s * 0.12, t), {
      shade: grip,
    });
  }
};

const leaf: Draw = (field, random, x, y, size) => {
  const turn = random.between(0, 6.3);
  const tone = random.between(0.1, 0.5);
  const wide = random.between(0.15, 0.35);
  const vein = random.between(0.6, 1.5);
  const shape: Shape = {
    x,
    y,
    turn,
    reach: size / 2 + 2,
    distance: (u, v) => {
      const t = u / size + 0.5;
      return t <= 0 || t >= 1 ? Math.abs(u) - size / 2 + 0.6 : Math.abs(v) - size * wide * Math.sin(Math.PI * t ** 0.8);
    },
  };
  drop(field, random, shape, size * 0.05);
  paint(field, shape, {
    shade: (u, v) =>
      Math.abs(v) < size * 0.012 ||
      Math.abs(((u - Math.abs(v)) / size) * 9 - Math.round(((u - Math.abs(v)) / size) * 9)) < 0.08
        ? tone * vein
        : tone,
  });
};

/** Pages of an open book, seen from their edge or from above. */
const book: Draw = (field, random, x, y, size) => {
  const turn = random.between(-0.4, 0.4);
  const width = size * random.between(0.8, 1.6);
  const tall = size * random.between(0.2, 1.2);
  const tone = random.between(0.5, 0.92);
  const sheets = size * random.between(0.01, 0.04);
  const depth = random.between(0.05, 0.5);
  const shape = box(x, y, width, tall, turn + random.pick([0, Math.PI / 2]));
  drop(field, random, shape, size * 0.06);
  paint(field, shape, {
    shade: (_u, v) => tone * (1 - depth * (0.5 + 0.5 * Math.sin((v / sheets) * 6.28 + 1.3 * Math.sin(v / 7)))),
  });
};

/** A soft thing without a name: a blob, lit from one side. */
const blob: Draw = (field, random, x, y, size) => {
  const shape = ellipse(x, y, size * random.between(0.3, 1.4), size * random.between(0.3, 1.2), random.between(0, 3.2));
  const tone = level(random);
  const side = random.between(-0.7, 0.7);
  drop(field, random, shape, size * 0.1);
  paint(field, shape, {
    shade: (u, v) => tone * (1 + (side * (u - v)) / size),
    soft: random.chance(0.5) ? 1.5 : size * random.between(0.05, 0.5),
  });
};

const crate: Draw = (field, random, x, y, size) => {
  const turn = random.between(-0.6, 0.6);
  const tone = random.between(0.25, 0.75);
  const tall = size * random.between(0.5, 1);
  const front = box(x, y, size, tall, turn);
  drop(field, random, front, size * 0.12);
  const dx = Math.sin(turn);
  const dy = -Math.cos(turn);
  const lift = tall * random.between(0.25, 0.6);
  paint(field, box(x + dx * (tall + lift) * 0.5, y + dy * (tall + lift) * 0.5, size, lift, turn), {
    shade: Math.min(1, tone * random.between(1.1, 1.5)),
  });
  paint(field, front, { shade: (u, v) => tone * (1 + (0.2 * (u + v)) / size) });
  if (random.chance(0.6)) paint(field, box(x, y, size * 0.16, tall, turn), { shade: tone * 1.2, opacity: 0.6 });
  if (random.chance(0.7))
    paint(field, box(x + dx * tall * 0.5, y + dy * tall * 0.5, size, Math.max(1, size * 0.01), turn), {
      shade: tone * 0.5,
    });
};

export const THINGS = {
  bar,
  bars,
  bottle,
  lid,
  frame,
  cable,
  key,
  scissors,
  leaf,
  book,
  blob,
  crate,
} satisfies Record<string, Draw>;

export type Thing = keyof typeof THINGS;

/** Draws one thing of any kind. `size` in pixels: about the longer side. */
export function drawThing(
  field: Field,
  random: Random,
  x: number,
  y: number,
  size: number,
  names: readonly Thing[] = Object.keys(THINGS) as Thing[],
): void {
  THINGS[random.pick(names)](field, random, x, y, Math.max(8, size));
}

/** A finger or a whole hand that reaches in from the edge. */
export function drawFingers(field: Field, random: Random): void {
  const { width, height } = field;
  const scale = scaleOf(field);
  const tone = random.between(0.3, 0.75);
  const turn = random.between(0, 2 * Math.PI);
  const cx = width / 2 + Math.cos(turn) * width * 0.52;
  const cy = height / 2 + Math.sin(turn) * height * 0.52;
  const thick = random.between(35, 80) * scale;
  for (let i = 0, count = 1 + random.below(4); i < count; i++) {
    const along = (i - (count - 1) / 2) * thick * 1.05;
    const long = thick * random.between(1.5, 4);
    const shape = box(
      cx - Math.sin(turn) * along,
      cy + Math.cos(turn) * along,
      long,
      thick,
      turn + random.between(-0.15, 0.15),
      thick * 0.49,
    );
    castShadow(field, moved(shape, 0, 0), random.between(-0.2, 0.2) * thick, 0.15 * thick, 0.35, thick * 0.4);
    paint(field, shape, {
      shade: (_u, v) => tone * (1 - 0.6 * ((2 * v) / thick) ** 2 * 0.5),
      soft: random.between(1.5, 8) * scale + 0.5,
    });
  }
}
