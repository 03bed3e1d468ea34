import { normaliseDigit } from '../../extract/normalise';
import { cropTo, inkBox, type Plane } from './degradations';
import type { Random } from '../../random';

export interface Point {
  x: number;
  y: number;
}

/** Height of what is drawn, pixels, and the paper left free around it. */
const HEIGHT = 64;
const MARGIN = 24;

/** Where strokes are drawn before they become a picture of 28×28. */
export class Sheet {
  readonly ink: Uint8Array;
  readonly width: number;
  readonly height: number;

  /** @param width, height of what will be drawn, in heights of a capital */
  constructor(width = 1, height = 1) {
    this.width = Math.ceil(width * HEIGHT) + 2 * MARGIN;
    this.height = Math.ceil(height * HEIGHT) + 2 * MARGIN;
    this.ink = new Uint8Array(this.width * this.height);
  }

  /** Draws along a line through the points, in heights of a capital. `radius` likewise, at each point. */
  line(points: readonly Point[], radius: (share: number) => number): void {
    for (let i = 0; i + 1 < points.length || i === 0; i++) {
      const from = points[i];
      const to = points[Math.min(i + 1, points.length - 1)];
      const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * HEIGHT));
      for (let k = 0; k < steps; k++) {
        const t = k / steps;
        this.dot(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t, radius((i + t) / points.length));
      }
    }
    const last = points[points.length - 1];
    this.dot(last.x, last.y, radius(1));
  }

  /** A filled disc. */
  dot(x: number, y: number, radius: number): void {
    const cx = x * HEIGHT + MARGIN;
    const cy = y * HEIGHT + MARGIN;
    const r = Math.max(0.6, radius * HEIGHT);
    const top = Math.max(0, Math.ceil(cy - r));
    const bottom = Math.min(this.height - 1, Math.floor(cy + r));
    for (let row = top; row <= bottom; row++) {
      const half = Math.sqrt(r * r - (row - cy) ** 2);
      const left = Math.max(0, Math.ceil(cx - half));
      const right = Math.min(this.width - 1, Math.floor(cx + half));
      if (right >= left) this.ink.fill(255, row * this.width + left, row * this.width + right + 1);
    }
  }

  /** The picture of 28×28 that the camera's steps make of what was drawn. */
  toDigit(): Uint8Array {
    return toDigit({ data: this.ink, width: this.width, height: this.height });
  }
}

/** Crops to the ink and normalises, as the camera's digits are. */
export function toDigit(plane: Plane): Uint8Array {
  const box = inkBox(plane, 64) ?? { x: 0, y: 0, width: 0, height: 0 };
  return normaliseDigit(cropTo(plane, box), box.width, box.height);
}

/** How one hand writes with one pen. */
export interface Hand {
  /** Radius of the pen's tip, in heights of a capital. */
  pen: number;
  /** How much the pen's width changes along a stroke, 0 to 1. */
  swing: number;
  /** Tangent of the angle by which letters lean to the right. */
  slant: number;
  /** Width against height. */
  aspect: number;
  /** Deviation of points from where they should be, in heights of a capital. */
  tremor: number;
}

/** Draws how one person writes. */
export function randomHand(random: Random): Hand {
  return {
    pen: random.chance(0.25) ? random.between(0.012, 0.13) : random.between(0.02, 0.075),
    swing: random.chance(0.5) ? 0 : random.between(0, 0.4),
    slant: random.normalWithin(2) * 0.15 + 0.05,
    aspect: Math.exp(random.normalWithin(2) * 0.22 - 0.3),
    tremor: random.between(0.01, 0.05),
  };
}

interface Stroke {
  smooth: boolean;
  points: Point[];
}

const parsed = new Map<string, Stroke[]>();

function strokesOf(glyph: string): Stroke[] {
  let strokes = parsed.get(glyph);
  if (!strokes) {
    strokes = glyph.split(',').map((text) => ({
      smooth: text.startsWith('~'),
      points: text
        .replace('~', '')
        .split(' ')
        .map(([x, y]) => ({ x: parseInt(x, 13) / 10, y: parseInt(y, 13) / 10 })),
    }));
    parsed.set(glyph, strokes);
  }
  return strokes;
}

/**
 * Writes one glyph (see ./glyphs) with its left edge at `x`.
 * @returns its width, in heights of a capital
 */
export function write(sheet: Sheet, glyph: string, hand: Hand, random: Random, x = 0, y = 0): number {
  const moved = new Map<string, Point>();
  const place = (point: Point): Point => {
    // Strokes that meet in a point go on doing so.
    const key = `${point.x} ${point.y}`;
    let placed = moved.get(key);
    if (!placed) {
      const py = point.y + random.normalWithin(2) * hand.tremor;
      const px = (point.x + random.normalWithin(2) * hand.tremor) * hand.aspect;
      moved.set(key, (placed = { x: x + px + hand.slant * (1 - py), y: y + py }));
    }
    return placed;
  };
  for (const { smooth, points } of strokesOf(glyph)) {
    const placed = points.map(place);
    const phase = random.between(0, 6);
    sheet.line(smooth ? curve(placed) : placed, (share) => hand.pen * (1 + hand.swing * Math.sin(phase + share * 6)));
  }
  return hand.aspect;
}

/** Points along the Catmull–Rom spline through the given ones. */
export function curve(points: readonly Point[]): Point[] {
  const steps = 8;
  const out: Point[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const b = points[i];
    const c = points[i + 1];
    const a = points[i - 1] ?? b;
    const d = points[i + 2] ?? c;
    for (let k = 0; k < steps; k++)
      out.push({ x: spline(a.x, b.x, c.x, d.x, k / steps), y: spline(a.y, b.y, c.y, d.y, k / steps) });
  }
  out.push(points[points.length - 1]);
  return out;
}

function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
