import type { Random } from '../../random';
import { curve, Sheet, randomHand, type Point } from './strokes';

type Draw = (random: Random) => Sheet;

type Shape = readonly [weight: number, draw: Draw];

const SHAPES: readonly [Shape, ...Shape[]] = [
  [7, scribble],
  [3, zigzag],
  [5, flatLine],
  [3, parallelLines],
  [2, blot],
  [2, specks],
  [4, shadow],
  [2, grid],
];

const TOTAL = SHAPES.reduce((sum, [weight]) => sum + weight, 0);

/** Draws what is no writing at all: scribbles, lines, blots, shadows, grids. */
export function drawShape(random: Random): Uint8Array {
  let at = random.between(0, TOTAL);
  const [, draw] = SHAPES.find(([weight]) => (at -= weight) < 0) ?? SHAPES[0];
  return draw(random).toDigit();
}

function scribble(random: Random): Sheet {
  const sheet = new Sheet(1.4, 1.2);
  const { pen } = randomHand(random);
  const width = random.between(0.4, 1.4);
  const height = random.between(0.3, 1);
  const points = Array.from({ length: 7 + random.below(14) }, () => ({
    x: random.next() * width,
    y: random.next() * height,
  }));
  sheet.line(random.chance(0.75) ? curve(points) : points, () => pen);
  return sheet;
}

/** Hatching, saw teeth, waves. */
function zigzag(random: Random): Sheet {
  const sheet = new Sheet(2, 1.2);
  const { pen } = randomHand(random);
  const count = 5 + random.below(8);
  const step = random.between(0.05, 0.25);
  const height = random.between(0.2, 1);
  const points = Array.from({ length: count }, (_, i) => ({
    x: i * step + random.normal() * 0.02,
    y: (i % 2) * height + random.normal() * 0.04,
  }));
  sheet.line(random.chance(0.5) ? curve(points) : points, () => pen);
  return sheet;
}

/** A line that lies: up to 25 degrees from level. */
function flatLine(random: Random): Sheet {
  const sheet = new Sheet(1.6, 1.2);
  const hand = randomHand(random);
  const angle = random.normalWithin(2) * 0.2;
  const bend = random.normal() * 0.04;
  const points: Point[] = [-0.5, -0.25, 0, 0.25, 0.5].map((t) => ({
    x: 0.6 + t * Math.cos(angle),
    y: 0.5 + t * Math.sin(angle) + bend * Math.cos(t * 6) + random.normal() * 0.01,
  }));
  sheet.line(curve(points), (share) => hand.pen * random.between(0.4, 1) * (1 + hand.swing * Math.sin(share * 9)));
  return sheet;
}

/** Grain of wood, hatching, ruled lines. */
function parallelLines(random: Random): Sheet {
  const sheet = new Sheet(1.6, 1.6);
  const { pen } = randomHand(random);
  const angle = random.between(0, Math.PI);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const count = 2 + random.below(4);
  const distance = random.between(0.12, 0.35);
  for (let i = 0; i < count; i++) {
    const from = random.between(-0.6, -0.3);
    const to = random.between(0.3, 0.6);
    const offset = (i - (count - 1) / 2) * distance;
    const points = [from, (from + to) / 2, to].map((t) => ({
      x: 0.8 + t * cos - offset * sin,
      y: 0.8 + t * sin + offset * cos + random.normal() * 0.02,
    }));
    sheet.line(curve(points), () => pen * random.between(0.4, 1));
  }
  return sheet;
}

/** A filled shape, rounder than any stroke. */
function blot(random: Random): Sheet {
  const sheet = new Sheet(1.6, 1.2);
  const width = random.between(0.35, 0.7);
  const height = random.between(0.35, 0.6);
  for (let i = 0; i < 4 + random.below(8); i++) {
    const angle = random.between(0, 2 * Math.PI);
    const away = random.between(0, 0.7);
    const x = 0.7 + (Math.cos(angle) * away * width) / 2;
    const y = 0.5 + (Math.sin(angle) * away * height) / 2;
    sheet.dot(x, y, random.between(0.08, 0.25));
  }
  return sheet;
}

function specks(random: Random): Sheet {
  const sheet = new Sheet(1.2, 1.2);
  const count = 2 + random.below(8);
  const least = random.between(0.01, 0.06);
  for (let i = 0; i < count; i++) sheet.dot(random.next(), random.next(), least * random.between(1, 3));
  return sheet;
}

/** The edge of a shadow, of the sheet, of a hand: dark on one side of a wavy border, without a stroke's second edge. */
function shadow(random: Random): Sheet {
  const sheet = new Sheet(1.4, 1.4);
  const { width, height, ink } = sheet;
  const angle = random.between(0, 2 * Math.PI);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const corner = random.chance(0.4) ? angle + random.between(0.6, 2.2) : undefined;
  const soft = random.between(1, 14);
  const wave = random.between(0, 4);
  const length = random.between(8, 30);
  const left = Math.round(random.between(0.02, 0.2) * width);
  const right = width - Math.round(random.between(0.02, 0.2) * width);
  const top = Math.round(random.between(0.02, 0.25) * height);
  const bottom = height - Math.round(random.between(0.02, 0.25) * height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const dx = x - width / 2;
      const dy = y - height / 2;
      let depth = dx * cos + dy * sin + wave * Math.sin((dx * sin - dy * cos) / length);
      if (corner !== undefined) depth = Math.min(depth, dx * Math.cos(corner) + dy * Math.sin(corner));
      ink[y * width + x] = Math.max(0, Math.min(255, (depth / soft + 0.5) * 255));
    }
  }
  return sheet;
}

/** Squared paper, fences, tables. */
function grid(random: Random): Sheet {
  const sheet = new Sheet(1.6, 1.6);
  const { pen } = randomHand(random);
  const columns = 2 + random.below(3);
  const rows = 2 + random.below(3);
  const step = random.between(0.2, 0.4);
  const lean = random.normal() * 0.1;
  const at = (x: number, y: number): Point => ({ x: 0.2 + x * step + lean * y * step, y: 0.2 + y * step });
  for (let x = 0; x < columns; x++) sheet.line([at(x, -0.4), at(x, rows - 0.6)], () => pen * 0.8);
  for (let y = 0; y < rows; y++) sheet.line([at(-0.4, y), at(columns - 0.6, y)], () => pen * 0.8);
  return sheet;
}
