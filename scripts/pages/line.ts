import { union } from '../../lib/extract/boxes';
import type { Box } from '../../lib/pictures/picture';
import type { Random } from '../../lib/random';
import type { Affine } from '../../lib/train/synthesis/warp';
import { centreLines, loopsOf } from './centre-lines';
import type { Character, Hand } from './character';
import { after, type InkLayer } from './ink-layer';
import type { Strokes } from './marks';
import type { Pen } from './pens';

/** How a hand sets its characters on a line; lengths in heights of a digit. */
export interface Setting {
  /** Tangent of the lean to the right. */
  slant: number;
  /** Factor of the width. */
  stretch: number;
  /** Gap between characters, below 0 where they overlap. */
  gap: number;
  /** Deviations: of the gap, the height of the baseline, the logarithm of the size, the angle (radians). */
  loose: number;
  wobble: number;
  size: number;
  turn: number;
  space: number;
  /** Half of the strokes' width as most pictures of characters have it, heights of a digit; undefined: the pen's. */
  ownWidth: number | undefined;
}

/** Loops of digits: where one has run together, the line along its middle is another digit's. */
const LOOPS: Readonly<Record<string, number>> = { 0: 1, 6: 1, 8: 2, 9: 1 };

/** So many hands write so tightly that neighbours touch, or overlap a little. */
const TOUCHING = 0.2;

export function randomSetting(random: Random): Setting {
  const gap = random.chance(TOUCHING)
    ? random.between(-0.12, 0)
    : random.chance(0.2)
      ? random.between(0.4, 1.2)
      : random.between(0.02, 0.4);
  const careless = random.between(0.2, 1.3);
  return {
    slant: random.normalWithin(2) * 0.12 + 0.02,
    stretch: Math.exp(random.normalWithin(2) * 0.12),
    gap,
    loose: 0.05 * careless + 0.1 * Math.max(0, gap),
    wobble: 0.04 * careless,
    size: 0.06 * careless,
    turn: 0.05 * careless,
    space: random.between(0.4, 0.9),
    ownWidth: random.chance(0.3) ? random.between(0.04, 0.075) : undefined,
  };
}

/** A character with its way from heights of a digit, at 0, 0 of the line, to its place on it. */
export interface Placed {
  character: Character;
  place: Affine;
}

/** A set line: its characters, and how far they reach, in heights of a digit; the baseline is y = 0. */
export interface Line {
  placed: Placed[];
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Sets a text that starts at x = 0. */
export function setLine(text: string, hand: Hand, setting: Setting, random: Random): Line {
  const line: Line = { placed: [], left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  let x = 0;
  for (const sign of text) {
    if (sign === ' ') {
      x += setting.space;
      continue;
    }
    const character = characterFor(sign, hand, random);
    const size = Math.exp(random.normalWithin(2) * setting.size);
    const angle = random.normalWithin(2) * setting.turn;
    const cos = Math.cos(angle) * size;
    const sin = Math.sin(angle) * size;
    const { slant, stretch } = setting;
    // Unturned the character leans: points above the baseline (y < 0) go to the right.
    const y = random.normalWithin(2) * setting.wobble;
    const place = { xx: cos * stretch, xy: -cos * slant - sin, yx: sin * stretch, yy: cos - sin * slant, x, y };
    put(line, { character, place });
    const gap = Math.max(-0.12, setting.gap + random.normalWithin(2) * setting.loose);
    x += character.width * size * stretch + gap * (character.kind === 'letter' ? 0.5 : 1);
  }
  return line;
}

/** A line of one character that stands upright. */
export function lineOf(character: Character): Line {
  const line: Line = { placed: [], left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  put(line, { character, place: { xx: 1, xy: 0, yx: 0, yy: 1, x: 0, y: 0 } });
  return line;
}

function put(line: Line, placed: Placed): void {
  line.placed.push(placed);
  const {
    character: { width, top, bottom },
    place,
  } = placed;
  for (const [cx, cy] of [
    [0, top],
    [width, top],
    [0, bottom],
    [width, bottom],
  ] as const) {
    const x = place.xx * cx + place.xy * cy + place.x;
    const y = place.yx * cx + place.yy * cy + place.y;
    line.left = Math.min(line.left, x);
    line.right = Math.max(line.right, x);
    line.top = Math.min(line.top, y);
    line.bottom = Math.max(line.bottom, y);
  }
}

function characterFor(sign: string, hand: Hand, random: Random): Character {
  if (/[0-9]/.test(sign)) return hand.digit(random, Number(sign));
  return /[a-z]/i.test(sign) ? hand.letter(random, sign) : hand.sign(random, sign);
}

/**
 * Writes one character.
 * @param toPage from heights of a digit on the line to pixels of the page
 * @returns the box of its ink
 */
export function writeCharacter(
  layer: InkLayer,
  { character, place }: Placed,
  toPage: Affine,
  pen: Pen,
  setting: Setting,
  owner: number,
  random: Random,
): Box | undefined {
  const affine = after(toPage, place);
  const scale = Math.sqrt(Math.abs(affine.xx * affine.yy - affine.xy * affine.yx));
  const { shape } = character;
  if ('strokes' in shape) return writeStrokes(layer, shape.strokes, affine, pen, owner, random);
  const { field, unit, baseline } = shape;
  const pixel = scale / unit;
  const toUnit = { xx: 1 / unit, xy: 0, yx: 0, yy: 1 / unit, x: -field.left / unit, y: -baseline / unit };
  const toField = after(affine, toUnit);
  const wanted = setting.ownWidth === undefined ? pen.width / 2 / pixel : setting.ownWidth * unit;
  if (wanted < 0.7 * field.half) {
    const isWhole = loopsOf(field) >= (LOOPS[character.character] ?? 0);
    const lines = isWhole ? centreLines(field) : [];
    const width = Math.max(1, 2 * wanted * pixel);
    if (lines.length > 0) return writeStrokes(layer, lines, toField, { ...pen, width }, owner, random);
  }
  // Thinner than a little over half of what it was a stroke breaks where it is finest; much thicker, loops close.
  const half = Math.max(0.6 * field.half, Math.min(Math.max(0.1 * unit, field.half), wanted));
  return layer.draw(field, toField, half - field.half, pen.strength, owner, pen.texture);
}

function writeStrokes(
  layer: InkLayer,
  strokes: Strokes,
  affine: Affine,
  pen: Pen,
  owner: number,
  random: Random,
): Box | undefined {
  let box: Box | undefined;
  const swing = random.between(0, 0.3);
  for (const stroke of strokes) {
    const phase = random.between(0, 6);
    const points = stroke.map(({ x, y }) => ({
      x: affine.xx * x + affine.xy * y + affine.x,
      y: affine.yx * x + affine.yy * y + affine.y,
    }));
    const radius = (share: number): number => (pen.width / 2) * (1 + swing * Math.sin(phase + 6 * share));
    const drawn = layer.stroke(points, radius, pen.strength, owner, pen.texture);
    box = union(box, drawn);
  }
  return box;
}
