import type { Random } from '../../lib/random';
import type { Backgrounds } from './backgrounds';
import type { Field } from './field';
import { clip, curl, holes, spiral, wear } from './marks';
import { drawMaterial, GROUNDS, type Material } from './papers';
import { placeIn, print, PRINTS, type Frame } from './prints';
import { box, castShadow, paint } from './shapes';
import { drawThing } from './things';

export type SheetKind = 'sheet' | 'note' | 'sheets' | 'label' | 'spiral';

/** A desk, a wall or a floor: drawn, or a photograph. */
export function drawGround(random: Random, width: number, height: number, backgrounds: Backgrounds): Field {
  if (backgrounds.count > 0 && random.chance(0.4)) return asField(random, backgrounds, width, height);
  return drawMaterial(random, width, height, random.pick(GROUNDS));
}

/** A photograph as reflectance; what light it was taken in stays in it. */
export function asField(random: Random, backgrounds: Backgrounds, width: number, height: number): Field {
  const { data } = backgrounds.pick(random, width, height);
  const field = { width, height, data: new Float32Array(data.length) };
  const gain = random.between(0.8, 1.05);
  for (let i = 0; i < data.length; i++) field.data[i] = Math.min(1, 0.01 + (data[i] / 255) * gain);
  return field;
}

/** A sheet, or some, on a desk; gives the sheet to write on. */
export function drawSheet(
  random: Random,
  width: number,
  height: number,
  backgrounds: Backgrounds,
  kind: SheetKind,
): { field: Field; frame: Frame } {
  const side = Math.min(width, height);
  const field =
    kind === 'label' && random.chance(0.7)
      ? drawMaterial(random, width, height, 'kraft')
      : drawGround(random, width, height, backgrounds);
  for (let i = random.chance(0.35) ? 1 + random.below(3) : 0; i > 0; i--) {
    drawThing(field, random, random.between(0, width), random.between(0, height), side * random.between(0.2, 0.8));
  }
  if (kind === 'sheets') {
    // They are of one pad or another, so that not each needs paper of its own.
    const first = anywhere(random, width, height);
    const pad = paperFor(random, width, height, first, random.chance(0.6));
    lay(field, random, first, pad);
    for (let i = random.below(4); i > 0; i--) lay(field, random, anywhere(random, width, height), pad);
  }
  const frame = frameOf(random, width, height, kind);
  const top = paperFor(random, width, height, frame, random.chance(kind === 'label' ? 0.6 : 0.4));
  lay(field, random, frame, top, kind);
  if (kind === 'sheets' && random.chance(0.5)) {
    const turn = random.between(0, 6.3);
    const far = side * random.between(0.75, 0.95);
    const over = {
      ...anywhere(random, width, height),
      x: frame.x + Math.cos(turn) * far,
      y: frame.y + Math.sin(turn) * far,
    };
    lay(field, random, over, random.chance(0.5) ? top : paperFor(random, width, height, over, true));
  }
  return { field, frame };
}

function frameOf(random: Random, width: number, height: number, kind: SheetKind): Frame {
  const turn = random.chance(0.75) ? random.between(-0.09, 0.09) : random.between(-0.35, 0.35);
  const side = Math.min(width, height);
  if (kind === 'note' || kind === 'label') {
    const long = side * random.between(0.5, 0.9);
    const flat = kind === 'label' ? random.between(0.4, 0.8) : random.between(0.9, 1);
    return {
      x: width * random.between(0.4, 0.6),
      y: height * random.between(0.4, 0.6),
      width: long,
      height: long * flat,
      turn,
    };
  }
  // Edges of one to four sides are seen: each side lies within or beyond the picture.
  const edge = (): number => (random.chance(0.5) ? random.between(0.02, 0.25) : random.between(-0.5, -0.05));
  const left = edge() * width;
  const top = edge() * height;
  const right = edge() * width;
  const bottom = edge() * height;
  return {
    x: (width + left - right) / 2,
    y: (height + top - bottom) / 2,
    width: width - left - right,
    height: height - top - bottom,
    turn,
  };
}

function anywhere(random: Random, width: number, height: number): Frame {
  const side = Math.min(width, height);
  return {
    x: random.between(0, width),
    y: random.between(0, height),
    turn: random.between(-0.6, 0.6),
    width: side * random.between(0.4, 1),
    height: side * random.between(0.4, 1.2),
  };
}

function paperFor(random: Random, width: number, height: number, frame: Frame, printed: boolean): Field {
  const material: Material = random.chance(0.88)
    ? 'paper'
    : random.pick(['kraft', 'whiteboard', 'blackboard', 'cloth']);
  const paper = drawMaterial(random, width, height, material);
  if (printed) print(paper, random, frame, random.pick(PRINTS));
  wear(paper, random, frame);
  if (random.chance(0.08)) holes(paper, random, frame);
  return paper;
}

function lay(field: Field, random: Random, frame: Frame, paper: Field, kind: SheetKind = 'sheet'): void {
  const side = Math.min(field.width, field.height);
  const outline = box(
    frame.x,
    frame.y,
    frame.width,
    frame.height,
    frame.turn,
    kind === 'label' ? side * random.between(0, 0.04) : 0,
  );
  const above = side * random.between(0.002, 0.03);
  castShadow(
    field,
    outline,
    above * random.between(-1, 1),
    above * random.between(-0.5, 1),
    random.between(0.1, 0.6),
    above * random.between(0.5, 3),
  );
  paint(field, outline, { shade: paper, soft: random.between(1, 2) });
  if (random.chance(0.3)) {
    const edge = random.between(0.75, 1.15);
    paint(
      field,
      { ...outline, distance: (u, v) => Math.abs(outline.distance(u, v)) - 0.6 },
      { shade: (_u, _v, _d, old) => Math.min(1, old * edge) },
    );
  }
  if (random.chance(kind === 'note' ? 0.4 : 0.12)) curl(field, random, frame);
  if (kind === 'spiral') spiral(field, random, frame);
  if (random.chance(0.07)) clip(field, random, frame);
  // A pen that lies at the side of the sheet.
  if (random.chance(0.07)) {
    const { x, y } = placeIn(frame, frame.width * random.pick([-0.5, 0.5]), frame.height * random.between(-0.5, 0.5));
    drawThing(field, random, x, y, side * random.between(0.3, 0.7), ['bar', 'key', 'scissors', 'cable']);
  }
}
