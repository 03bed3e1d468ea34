import type { Part } from '../pages/part';
import { Random } from '../../lib/random';
import type { Backgrounds } from './backgrounds';
import { clamp, type Field } from './field';
import { drawGlare, drawLight } from './lights';
import { wear } from './marks';
import { drawMaterial, MATERIALS, type Material } from './papers';
import { print, type Frame, type Print } from './prints';
import { drawRoom } from './rooms';
import { box, paint, type Shape } from './shapes';
import { asField, drawSheet, type SheetKind } from './sheets';
import { drawFingers, drawThing } from './things';

/** Where writing may go: a rectangle turned about its own middle. It may reach over the picture's edge. */
interface Area {
  /** Its upper left corner before it is turned, pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Degrees, clockwise. */
  turn: number;
}

export interface Scene {
  width: number;
  height: number;
  /** How much light each place throws back, 0 to 1. */
  reflect: Float32Array;
  /** How much light falls there, 0 to 1.2. */
  light: Float32Array;
  /** Light that the surface mirrors, to be added, 0 to 1. */
  glare?: Float32Array;
  area: Area;
  /** Whether bright ink is written on a dark ground. */
  invert: boolean;
  /** Whether the picture is cut so closely that one character should fill it. */
  tight: boolean;
  kind: Kind;
}

export type Kind = 'plain' | Print | Exclude<Material, 'paper'> | SheetKind | 'photograph' | 'room';

const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['plain', 16],
  ['ruled', 5],
  ['squared', 5],
  ['dotted', 2],
  ['form', 4],
  ['table', 2],
  ['text', 2],
  ['kraft', 4],
  ['cloth', 1.5],
  ['wood', 2],
  ['tiles', 1.5],
  ['stone', 1.5],
  ['slats', 2],
  ['whiteboard', 3],
  ['blackboard', 4],
  ['screen', 2],
  ['sheet', 13],
  ['note', 4],
  ['sheets', 4],
  ['label', 3],
  ['spiral', 2.5],
  ['photograph', 19],
  ['room', 14],
];
export const KINDS: readonly Kind[] = WEIGHTS.map(([kind]) => kind);

/** Numbers that make what is drawn for one part unlike what is drawn for another from the same seed. */
const SALT: Record<Part, number> = { train: 0x51f15e, choose: 0x2c9277b5, measure: 0x6a09e667 };

/** Draws what is written on, and the light on it. */
export function drawScene(source: Random, backgrounds: Backgrounds, part: Part = 'train', kind?: Kind): Scene {
  const random = new Random(source.below(2 ** 31), source.below(2 ** 31), SALT[part]);
  const [width, height, tight] = size(random);
  const wanted = kind ?? pickKind(random, tight);
  const what = wanted === 'photograph' && backgrounds.count === 0 ? 'stone' : wanted;
  const { field, area } = draw(random, width, height, backgrounds, what);
  if (random.chance(0.04)) drawFingers(field, random);
  for (let i = 0; i < field.data.length; i++) field.data[i] = clamp(field.data[i], 0, 1);
  const light = drawLight(random, width, height);
  const glare = drawGlare(random, width, height);
  const place = tight ? cropped(random, width, height) : (area ?? calmArea(random, field, light));
  if (!tight && random.chance(0.06)) darkBorders(random, field, light, glare);
  const brightness = meanIn(field, place);
  const invert = what === 'blackboard' || brightness < 0.25 || (brightness < 0.4 && random.chance(0.3));
  return {
    width,
    height,
    reflect: field.data,
    light: light.data,
    ...(glare ? { glare } : {}),
    area: place,
    invert,
    tight,
    kind: what,
  };
}

function size(random: Random): [width: number, height: number, tight: boolean] {
  const t = random.next();
  if (t < 0.52) return [640, 480, false];
  if (t < 0.6) return [320, 240, false];
  if (t < 0.68) return [480, 640, false];
  if (t < 0.72) return [800, 600, false];
  if (t < 0.74) return [1024, 768, false];
  if (t < 0.86) {
    const side = Math.round(random.between(120, 600));
    return [side, Math.round(side * (random.chance(0.6) ? 1 : random.between(0.7, 1.4))), false];
  }
  const side = Math.round(random.between(80, 420));
  return [Math.round(side * random.between(0.55, 1)), side, true];
}

/** Any kind, some more often than others. */
export function pickKind(random: Random, tight = false): Kind {
  // Crops are cut out of larger pictures of paper, mostly.
  if (tight && random.chance(0.5)) return 'plain';
  let left = random.next() * WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of WEIGHTS) if ((left -= weight) < 0) return kind;
  return 'plain';
}

function draw(
  random: Random,
  width: number,
  height: number,
  backgrounds: Backgrounds,
  kind: Kind,
): { field: Field; area?: Area } {
  if (kind === 'room') return { field: drawRoom(random, width, height, backgrounds) };
  if (kind === 'photograph') return { field: drawPhotograph(random, width, height, backgrounds) };
  if (kind === 'sheet' || kind === 'note' || kind === 'sheets' || kind === 'label' || kind === 'spiral') {
    const { field, frame } = drawSheet(random, width, height, backgrounds, kind);
    return { field, area: within(random, frame, width, height) };
  }
  const { field, frame } = drawSurface(random, width, height, kind);
  return { field, area: within(random, frame, width, height) };
}

function drawPhotograph(random: Random, width: number, height: number, backgrounds: Backgrounds): Field {
  const field = asField(random, backgrounds, width, height);
  if (random.chance(0.15))
    drawThing(
      field,
      random,
      random.between(0, width),
      random.between(0, height),
      Math.min(width, height) * random.between(0.2, 0.7),
    );
  return field;
}

/** Material that fills the picture, printed or not. */
function drawSurface(
  random: Random,
  width: number,
  height: number,
  kind: 'plain' | Print | Exclude<Material, 'paper'>,
): { field: Field; frame: Frame } {
  const turn = random.chance(0.6) ? random.between(-0.06, 0.06) : random.chance(0.5) ? 0 : random.between(-0.3, 0.3);
  const frame: Frame = { x: width / 2, y: height / 2, width, height, turn };
  const material = isMaterial(kind)
    ? kind
    : kind === 'plain' || random.chance(0.85)
      ? 'paper'
      : random.pick(['kraft', 'whiteboard', 'screen'] as const);
  const field = drawMaterial(random, width, height, material);
  if (!isMaterial(kind) && kind !== 'plain') print(field, random, frame, kind);
  wear(field, random, frame);
  // Something at the edge of the picture.
  if (random.chance(0.12)) {
    const across = random.chance(0.5);
    const x = across ? random.between(0, width) : random.pick([0, width]);
    const y = across ? random.pick([0, height]) : random.between(0, height);
    drawThing(field, random, x, y, Math.min(width, height) * random.between(0.15, 0.6));
  }
  return { field, frame };
}

function isMaterial(kind: Kind): kind is Exclude<Material, 'paper'> {
  return (MATERIALS as readonly string[]).includes(kind);
}

/** The part of a sheet that is in the picture, less a margin. */
function within(random: Random, frame: Frame, width: number, height: number): Area {
  const margin = Math.min(width, height) * random.between(0.01, 0.1);
  const a = frame.width / 2 - margin;
  const b = frame.height / 2 - margin;
  const left = Math.max(-a, margin - frame.x);
  const right = Math.min(a, width - margin - frame.x);
  const top = Math.max(-b, margin - frame.y);
  const bottom = Math.min(b, height - margin - frame.y);
  const u = (left + right) / 2;
  const v = (top + bottom) / 2;
  const cos = Math.cos(frame.turn);
  const sin = Math.sin(frame.turn);
  const wide = Math.max(10, right - left);
  const tall = Math.max(10, bottom - top);
  return {
    x: frame.x + u * cos - v * sin - wide / 2,
    y: frame.y + u * sin + v * cos - tall / 2,
    width: wide,
    height: tall,
    turn: (frame.turn * 180) / Math.PI,
  };
}

function cropped(random: Random, width: number, height: number): Area {
  const margin = (): number => (random.chance(0.3) ? random.between(-0.06, 0.01) : random.between(0.01, 0.12));
  const left = margin() * width;
  const top = margin() * height;
  const right = margin() * width;
  const bottom = margin() * height;
  return { x: left, y: top, width: width - left - right, height: height - top - bottom, turn: 0 };
}

/** Of some random rectangles the one in which brightness changes least. */
function calmArea(random: Random, { width, height, data }: Field, light: Field): Area {
  let best: Area | undefined;
  let least = Infinity;
  for (let i = 0; i < 12; i++) {
    const wide = width * random.between(0.25, 0.9);
    const tall = height * random.between(0.2, 0.8);
    const area = {
      x: random.between(0, width - wide),
      y: random.between(0, height - tall),
      width: wide,
      height: tall,
      turn: random.between(-8, 8),
    };
    let change = 0;
    let count = 0;
    for (let y = Math.ceil(area.y); y < area.y + tall - 4; y += 5) {
      for (let at = y * width + Math.ceil(area.x), end = at + wide - 4; at < end; at += 5, count++) {
        change += Math.abs(data[at] * light.data[at] - data[at + 3] * light.data[at + 3]);
      }
    }
    // Larger ones are worth some unrest.
    const unrest = (change / Math.max(1, count) + 0.01) / Math.sqrt(wide * tall);
    if (unrest < least) [best, least] = [area, unrest];
  }
  return best ?? { x: 0, y: 0, width, height, turn: 0 };
}

function meanIn({ width, height, data }: Field, area: Area): number {
  let sum = 0;
  let count = 0;
  const right = clamp(area.x + area.width, 1, width);
  const bottom = clamp(area.y + area.height, 1, height);
  for (let y = Math.floor(clamp(area.y, 0, height - 1)); y < bottom; y += 4) {
    for (let x = Math.floor(clamp(area.x, 0, width - 1)); x < right; x += 4, count++) sum += data[y * width + x];
  }
  return sum / Math.max(1, count);
}

/** What turning a picture, or another shape of picture, leaves at the border: black, or now and then white. */
function darkBorders(random: Random, field: Field, light: Field, glare: Float32Array | undefined): void {
  const { width, height } = field;
  const wedge = random.chance(0.6);
  const inner = wedge
    ? box(width / 2, height / 2, width, height, random.between(0.03, 0.3) * random.pick([-1, 1]))
    : random.chance(0.5)
      ? box(width / 2, height / 2, width * random.between(0.7, 0.95), 2 * height)
      : box(width / 2, height / 2, 2 * width, height * random.between(0.7, 0.95));
  const outside: Shape = { ...inner, reach: Infinity, distance: (u, v) => -inner.distance(u, v) };
  paint(field, outside, { shade: random.chance(0.85) ? random.between(0, 0.03) : 1 });
  paint(light, outside, { shade: 1 });
  if (glare) paint({ width, height, data: glare }, outside, { shade: 0 });
}
