import type { Random } from './random';

export interface Point {
  x: number;
  y: number;
}

/** A point of the pen's way, pixels, with the radius of its tip there. */
export interface Dab extends Point {
  radius: number;
}

export interface Writing {
  /** Digits in one line. */
  text: string;
  /** Left end of the line and top of its digits, pixels. */
  x: number;
  y: number;
  /** Height of a digit, pixels. */
  height: number;
  /** Width of the pen as a share of the height. Default 0.1. */
  pen?: number;
}

/** One way of the pen: curves through points, each beginning where the one before ended, with a corner between them. */
type Stroke = [number, number][][];

/** How each digit is written, in a box one unit high, y downwards. */
const SKELETONS: Record<string, Stroke[]> = {
  0: [
    [
      [
        [0.36, 0.02],
        [0.12, 0.14],
        [0.02, 0.5],
        [0.1, 0.85],
        [0.31, 0.99],
        [0.52, 0.84],
        [0.6, 0.48],
        [0.5, 0.13],
        [0.33, 0.03],
      ],
    ],
  ],
  1: [
    [
      [
        [0.1, 0.17],
        [0.18, 0.09],
        [0.25, 0.01],
      ],
      [
        [0.25, 0.01],
        [0.24, 0.5],
        [0.22, 1],
      ],
    ],
  ],
  2: [
    [
      [
        [0.03, 0.24],
        [0.12, 0.06],
        [0.32, 0],
        [0.53, 0.12],
        [0.52, 0.36],
        [0.3, 0.68],
        [0, 0.98],
      ],
      [
        [0, 0.98],
        [0.3, 0.95],
        [0.64, 0.97],
      ],
    ],
  ],
  3: [
    [
      [
        [0.04, 0.12],
        [0.22, 0.01],
        [0.46, 0.06],
        [0.5, 0.26],
        [0.36, 0.42],
        [0.18, 0.46],
      ],
      [
        [0.18, 0.46],
        [0.44, 0.5],
        [0.58, 0.7],
        [0.48, 0.93],
        [0.24, 1],
        [0, 0.9],
      ],
    ],
  ],
  4: [
    [
      [
        [0.36, 0],
        [0.22, 0.3],
        [0.02, 0.62],
      ],
      [
        [0.02, 0.62],
        [0.35, 0.63],
        [0.68, 0.6],
      ],
    ],
    [
      [
        [0.47, 0.34],
        [0.46, 0.66],
        [0.44, 1],
      ],
    ],
  ],
  5: [
    [
      [
        [0.14, 0.02],
        [0.12, 0.22],
        [0.09, 0.43],
      ],
      [
        [0.09, 0.43],
        [0.3, 0.36],
        [0.54, 0.48],
        [0.58, 0.73],
        [0.42, 0.95],
        [0.2, 1],
        [0.01, 0.92],
      ],
    ],
    [
      [
        [0.14, 0.02],
        [0.34, 0.03],
        [0.57, 0],
      ],
    ],
  ],
  6: [
    [
      [
        [0.46, 0],
        [0.2, 0.24],
        [0.06, 0.56],
        [0.06, 0.84],
        [0.25, 1],
        [0.48, 0.9],
        [0.53, 0.7],
        [0.38, 0.54],
        [0.18, 0.6],
        [0.06, 0.78],
      ],
    ],
  ],
  7: [
    [
      [
        [0, 0.04],
        [0.3, 0.03],
        [0.6, 0.01],
      ],
      [
        [0.6, 0.01],
        [0.42, 0.42],
        [0.24, 1],
      ],
    ],
  ],
  8: [
    [
      [
        [0.49, 0.12],
        [0.3, 0],
        [0.1, 0.1],
        [0.12, 0.3],
        [0.32, 0.46],
        [0.53, 0.66],
        [0.52, 0.9],
        [0.3, 1],
        [0.07, 0.9],
        [0.07, 0.68],
        [0.28, 0.48],
        [0.47, 0.3],
        [0.5, 0.12],
      ],
    ],
  ],
  9: [
    [
      [
        [0.52, 0.16],
        [0.32, 0.01],
        [0.1, 0.1],
        [0.05, 0.34],
        [0.22, 0.47],
        [0.42, 0.4],
        [0.53, 0.18],
      ],
      [
        [0.53, 0.18],
        [0.52, 0.55],
        [0.42, 1],
      ],
    ],
  ],
};

/** The way of the pen for a line of digits, with the unevenness of a hand. */
export function write({ text, x, y, height, pen = 0.1 }: Writing, random: Random): Dab[] {
  const dabs: Dab[] = [];
  const slant = random.between(-0.04, 0.16);
  let left = x;
  for (const character of text) {
    const size = height * random.between(0.93, 1.07);
    const top = y + height * random.between(-0.04, 0.04);
    let right = left;
    for (const stroke of SKELETONS[character]!) {
      const phase = random.between(0, 2 * Math.PI);
      for (const dab of draw(wobble(stroke, random))) {
        const placed = { x: left + (dab.x + slant * (1 - dab.y)) * size, y: top + dab.y * size };
        dabs.push({ ...placed, radius: ((height * pen) / 2) * (1 + 0.18 * Math.sin(phase + dab.y * 5)) });
        right = Math.max(right, placed.x);
      }
    }
    left = right + height * random.between(0.22, 0.32);
  }
  return dabs;
}

/** Moves every point a little; a corner stays one. */
function wobble(stroke: Stroke, random: Random): Point[][] {
  const moved = new Map<string, Point>();
  return stroke.map((curve) =>
    curve.map(([x, y]) => {
      const key = `${x} ${y}`;
      const point = moved.get(key) ?? { x: x + random.normal() * 0.012, y: y + random.normal() * 0.012 };
      moved.set(key, point);
      return point;
    }),
  );
}

/** Points along Catmull-Rom splines through the given ones, close enough to look like a line. */
function draw(curves: Point[][]): Point[] {
  const steps = 40;
  return curves.flatMap((points) =>
    points.slice(1).flatMap((end, i) => {
      const start = points[i]!;
      const before = points[i - 1] ?? start;
      const after = points[i + 2] ?? end;
      return Array.from({ length: steps + 1 }, (_, k) => {
        const t = k / steps;
        return { x: spline(before.x, start.x, end.x, after.x, t), y: spline(before.y, start.y, end.y, after.y, t) };
      });
    }),
  );
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
