import type { Random } from '../../lib/random';
import { curve, type Point } from '../../lib/train/synthesis/strokes';

/** Ways of the pen that are no characters, about a box `width * height` whose left upper corner is 0, 0. */
export type Strokes = readonly (readonly Point[])[];

const wobbly =
  (random: Random, size: number) =>
  (x: number, y: number): Point => ({ x: x + random.normalWithin(2) * size, y: y + random.normalWithin(2) * size });

/** A circle or an ellipse round a box, drawn by hand: its end misses its beginning. */
export function circle(width: number, height: number, random: Random): Strokes {
  const at = wobbly(random, 0.02 * Math.max(width, height));
  const start = random.between(0, 7);
  const past = random.between(-0.3, 0.7);
  const rx = width * 0.72 + height * 0.15;
  const ry = height * 0.75;
  return [
    curve(
      Array.from({ length: 14 }, (_, i) => {
        const angle = start + (i / 13) * (2 * Math.PI + past);
        const drift = 1 + 0.01 * i * random.between(-0.5, 1);
        return at(width / 2 + rx * drift * Math.cos(angle), height / 2 + ry * drift * Math.sin(angle));
      }),
    ),
  ];
}

/** A frame round a box, in one stroke or four. */
export function frame(width: number, height: number, random: Random): Strokes {
  const gap = random.between(0.15, 0.5) * height;
  const at = wobbly(random, 0.03 * height);
  const [a, b, c, d] = [at(-gap, -gap), at(width + gap, -gap), at(width + gap, height + gap), at(-gap, height + gap)];
  return random.chance(0.5)
    ? [[a, b, c, d, a]]
    : [
        [a, b],
        [at(b.x, b.y), c],
        [at(c.x, c.y), d],
        [at(d.x, d.y), a],
      ];
}

/** One line below, or two; some touch what they stand under. */
export function underline(width: number, height: number, random: Random): Strokes {
  const at = wobbly(random, 0.03 * height);
  const isClose = random.chance(0.35);
  const low = height * (isClose ? random.between(0.95, 1.05) : random.between(1.08, 1.35));
  const line = (y: number): Point[] =>
    curve([at(-0.1 * height, y), at(width * 0.35, y), at(width * 0.7, y), at(width + 0.1 * height, y)]);
  return random.chance(0.25) ? [line(low), line(low + 0.13 * height)] : [line(low)];
}

/** What crosses out. */
export function crossing(width: number, height: number, random: Random): Strokes {
  const at = wobbly(random, 0.05 * height);
  const kind = random.below(3);
  if (kind === 0) return [[at(-0.1 * height, 0.5 * height), at(width + 0.1 * height, 0.5 * height)]];
  if (kind === 1)
    return [
      [at(0, 0), at(width, height)],
      [at(width, 0), at(0, height)],
    ];
  return [zigzag(width, height, random)];
}

function zigzag(width: number, height: number, random: Random): Point[] {
  const turns = 5 + random.below(9);
  const at = wobbly(random, 0.06 * height);
  return curve(Array.from({ length: turns }, (_, i) => at((width * i) / (turns - 1), i % 2 ? height : 0)));
}

export function arrow(width: number, height: number, random: Random): Strokes {
  const at = wobbly(random, 0.05 * height);
  const tip = at(width, height * random.between(0, 1));
  const head = height * random.between(0.2, 0.4);
  return [
    curve([at(0, height / 2), at(width / 2, height * random.between(0.2, 0.8)), tip]),
    [at(tip.x - head, tip.y - head * 0.7), tip, at(tip.x - head, tip.y + head * 0.7)],
  ];
}

/** Anything somebody draws with no meaning to others. */
export function scribble(width: number, height: number, random: Random): Strokes {
  const kind = random.below(6);
  if (kind === 0) return [zigzag(width, height, random)];
  if (kind === 1) return arrow(width, height, random);
  if (kind === 2) {
    const turns = 8 + random.below(30);
    const loops = random.between(1.5, 7);
    return [
      curve(
        Array.from({ length: turns }, (_, i) => {
          const t = i / turns;
          const angle = loops * 2 * Math.PI * t;
          return {
            x: width * (0.15 + 0.7 * t) + width * 0.15 * Math.cos(angle),
            y: height * (0.5 + 0.45 * Math.sin(angle)),
          };
        }),
      ),
    ];
  }
  if (kind === 3) {
    // Fewer could be meant as so many 1s.
    const count = 5 + random.below(6);
    const at = wobbly(random, 0.05 * height);
    return Array.from({ length: count }, (_, i) => [
      at((width * i) / count, 0),
      at((width * (i + 0.4)) / count, height),
    ]);
  }
  return [
    curve(
      Array.from({ length: 7 + random.below(8) }, () => ({
        x: random.between(0, width),
        y: random.between(0, height),
      })),
    ),
  ];
}
