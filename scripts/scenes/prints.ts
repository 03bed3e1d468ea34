import type { Random } from '../../lib/random';
import { scaleOf, type Field } from './field';
import { box, ellipse, paint, path, ring } from './shapes';

/** A rectangle by its middle, pixels; `turn` in radians, clockwise. */
export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
  turn: number;
}

export type Print = 'ruled' | 'squared' | 'dotted' | 'form' | 'table' | 'text';
export const PRINTS: readonly Print[] = ['ruled', 'ruled', 'squared', 'squared', 'dotted', 'form', 'table', 'text'];

/** Prints on a sheet that lies as `frame` does; what lies outside it is printed too or not, as is quicker. */
export function print(field: Field, random: Random, frame: Frame, what: Print): void {
  const scale = scaleOf(field);
  const ink = random.chance(0.75) ? random.between(0.4, 0.85) : random.between(0.08, 0.4);
  const pitch = random.between(14, 60) * scale;
  const thick = random.between(0.5, 2.2) * Math.max(0.7, scale);
  switch (what) {
    case 'ruled':
      rules(field, frame, 'v', pitch, thick, ink);
      if (random.chance(0.4))
        upright(field, frame, -frame.width * random.between(0.25, 0.42), thick * 1.2, ink * random.between(0.7, 1));
      break;
    case 'squared': {
      const side = pitch * random.pick([0.6, 1, 1]);
      rules(field, frame, 'v', side, thick, ink);
      rules(field, frame, 'u', side, thick, ink);
      if (random.chance(0.25)) upright(field, frame, frame.width * random.between(0.25, 0.42), thick * 1.5, ink * 0.8);
      break;
    }
    case 'dotted':
      dots(field, frame, pitch * 0.8, thick * random.between(1, 2), ink);
      break;
    case 'form':
      form(field, random, frame, ink, thick);
      break;
    case 'table':
      table(field, random, frame, ink, thick);
      break;
    case 'text':
      text(field, random, frame, ink * 0.6, scale * random.between(5, 20));
      break;
  }
}

/** Where a point of the frame's own coordinates (from its middle) lies in the picture. */
export function placeIn(frame: Frame, u: number, v: number): { x: number; y: number } {
  const cos = Math.cos(frame.turn);
  const sin = Math.sin(frame.turn);
  return { x: frame.x + u * cos - v * sin, y: frame.y + u * sin + v * cos };
}

function rules(
  { width, height, data }: Field,
  frame: Frame,
  across: 'u' | 'v',
  pitch: number,
  thick: number,
  ink: number,
): void {
  const cos = Math.cos(frame.turn);
  const sin = Math.sin(frame.turn);
  const stepX = across === 'u' ? cos : -sin;
  const stepY = across === 'u' ? sin : cos;
  for (let y = 0, at = 0; y < height; y++) {
    let along = (0 - frame.x) * stepX + (y - frame.y) * stepY + 1000 * pitch;
    for (let x = 0; x < width; x++, at++, along += stepX) {
      const away = Math.abs(along / pitch - Math.floor(along / pitch) - 0.5) * pitch;
      const cover = thick / 2 - away + 0.5;
      if (cover > 0) data[at] *= 1 - (1 - ink) * Math.min(1, thick, cover);
    }
  }
}

function dots({ width, height, data }: Field, frame: Frame, pitch: number, thick: number, ink: number): void {
  const cos = Math.cos(frame.turn);
  const sin = Math.sin(frame.turn);
  const radius = Math.max(0.7, thick / 2 + 0.3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const u = ((x - frame.x) * cos + (y - frame.y) * sin) / pitch;
      const v = ((y - frame.y) * cos - (x - frame.x) * sin) / pitch;
      const p = (u - Math.round(u)) * pitch;
      const q = (v - Math.round(v)) * pitch;
      const cover = radius - Math.sqrt(p * p + q * q) + 0.5;
      if (cover > 0) data[at] *= 1 - (1 - ink) * Math.min(1, cover);
    }
  }
}

function upright(field: Field, frame: Frame, u: number, thick: number, ink: number): void {
  const { x, y } = placeIn(frame, u, 0);
  const length = 2 * Math.hypot(frame.width, frame.height);
  paint(field, box(x, y, Math.max(1, thick), length, frame.turn), { shade: darken(ink), opacity: Math.min(1, thick) });
}

const darken =
  (ink: number) =>
  (_u: number, _v: number, _d: number, old: number): number =>
    old * ink;

function outline(
  field: Field,
  frame: Frame,
  u: number,
  v: number,
  width: number,
  height: number,
  thick: number,
  ink: number,
): void {
  const whole = box(0, 0, width, height);
  const { x, y } = placeIn(frame, u, v);
  const shape = {
    ...whole,
    x,
    y,
    turn: frame.turn,
    distance: (p: number, q: number) => Math.abs(whole.distance(p, q)) - thick / 2,
  };
  paint(field, shape, { shade: darken(ink) });
}

function form(field: Field, random: Random, frame: Frame, ink: number, thick: number): void {
  const scale = scaleOf(field);
  for (let row = 0, rows = 2 + random.below(5); row < rows; row++) {
    const v = frame.height * ((row + 0.5) / rows - 0.5);
    const tall = Math.min((frame.height / rows) * 0.6, random.between(18, 70) * scale);
    const from = -frame.width * random.between(0.3, 0.45);
    const kind = random.below(4);
    if (kind === 0) {
      const side = tall * random.between(0.7, 1);
      const apart = side * random.pick([1, 1, 1.2, 1.5]);
      for (let i = 0, count = 1 + random.below(10); i < count; i++) {
        outline(field, frame, from + side / 2 + i * apart, v, side, tall, thick, ink);
      }
    } else if (kind === 1) {
      outline(field, frame, 0, v, frame.width * random.between(0.4, 0.9), tall, thick, ink);
    } else if (kind === 2) {
      const { x, y } = placeIn(frame, 0, v);
      paint(field, box(x, y, frame.width * random.between(0.5, 1), tall * random.between(0.3, 1), frame.turn), {
        shade: darken(random.between(0.55, 0.92)),
      });
    } else {
      const { x, y } = placeIn(frame, 0, v + tall / 2);
      paint(field, box(x, y, frame.width * random.between(0.5, 0.9), Math.max(1, thick), frame.turn), {
        shade: darken(ink),
      });
    }
    if (random.chance(0.6))
      textRow(
        field,
        random,
        frame,
        from,
        v - tall / 2 - 7 * scale,
        frame.width * random.between(0.1, 0.5),
        random.between(5, 10) * scale,
        ink * 0.6,
      );
  }
}

function table(field: Field, random: Random, frame: Frame, ink: number, thick: number): void {
  const scale = scaleOf(field);
  const rows = 2 + random.below(8);
  const columns = 2 + random.below(6);
  const width = frame.width * random.between(0.6, 1);
  const height = frame.height * random.between(0.5, 1);
  for (let i = 0; i <= rows; i++) {
    const { x, y } = placeIn(frame, 0, height * (i / rows - 0.5));
    paint(field, box(x, y, width, Math.max(1, thick), frame.turn), { shade: darken(ink) });
  }
  for (let i = 0; i <= columns; i++) {
    const { x, y } = placeIn(frame, width * (i / columns - 0.5), 0);
    paint(field, box(x, y, Math.max(1, thick), height, frame.turn), { shade: darken(ink) });
  }
  if (random.chance(0.5)) {
    for (let i = 0; i < columns; i++) {
      textRow(
        field,
        random,
        frame,
        width * (i / columns - 0.48),
        height * (0.5 / rows - 0.5),
        (width / columns) * random.between(0.3, 0.9),
        random.between(5, 9) * scale,
        ink * 0.6,
      );
    }
  }
}

function text(field: Field, random: Random, frame: Frame, ink: number, size: number): void {
  const from = -frame.width * random.between(0.35, 0.5);
  const apart = size * random.between(1.6, 2.6);
  const first = frame.height * random.between(-0.5, 0.2);
  const last = frame.height * random.between(0, 0.5);
  for (let v = first; v < last; v += apart) {
    textRow(
      field,
      random,
      frame,
      from,
      v,
      frame.width * (random.chance(0.2) ? random.between(0.2, 0.6) : 0.8),
      size,
      ink,
    );
  }
}

/** What looks like printed words from afar: upright strokes, bows and bars, `size` pixels high. */
function textRow(
  field: Field,
  random: Random,
  frame: Frame,
  from: number,
  v: number,
  length: number,
  size: number,
  ink: number,
): void {
  for (let u = from, left = 2 + random.below(8); u < from + length; u += size * 0.62, left--) {
    if (left <= 0) {
      left = 2 + random.below(8);
      continue;
    }
    const { x, y } = placeIn(frame, u, v);
    const tall = random.chance(0.3) ? size * 1.35 : size;
    letter(field, random.below(6), { x, y, width: size, height: tall, turn: frame.turn }, ink);
  }
}

/** A stroke, a bow or a bar, or two of them; `width` is how high a low one is, too. */
function letter(field: Field, form: number, { x, y, width: size, height: tall, turn }: Frame, ink: number): void {
  const thick = Math.max(0.8, size * 0.13);
  const brush = { shade: darken(ink), soft: 1.2 };
  const stem = (): void => {
    paint(field, box(x - size * 0.2, y - (tall - size) / 2, thick, tall, turn), brush);
  };
  switch (form) {
    case 0:
      stem();
      break;
    case 1:
      paint(field, ring(x, y, size * 0.5, size * 0.9, thick, turn), brush);
      break;
    case 2:
      stem();
      paint(field, ring(x, y, size * 0.5, size * 0.8, thick, turn), brush);
      break;
    case 3:
      stem();
      paint(field, box(x + size * 0.2, y, thick, size, turn), brush);
      paint(field, box(x, y - size / 2, size * 0.4, thick, turn), brush);
      break;
    case 4:
      paint(
        field,
        path(
          x,
          y,
          [
            [-0.25, 0.5],
            [0, -0.5],
            [0.25, 0.5],
          ].map(([p, q]) => [p * size, q * size] as const),
          thick,
        ),
        brush,
      );
      break;
    default:
      paint(field, ellipse(x, y + size * 0.4, thick * 1.4, thick * 1.4), brush);
      paint(field, box(x, y, size * 0.4, thick, turn), brush);
  }
}
