import { join, type Component } from './components';
import { broaderPen } from './pens';
import { InkDensity } from './texture';
import { separateTouching } from './touching';

/** Why a component is taken for no writing. */
export type LeftOut = 'speck' | 'too faint' | 'other pen' | 'touches the edge' | 'line' | 'frame' | 'texture';

/** A component, or several that were joined, and what became of it. */
export interface Shape extends Component {
  leftOut?: LeftOut;
}

/** Heights are shares of the picture's shorter side, or pixels where it says so. */
const LEAST_HEIGHT = 0.025, LEAST_HEIGHT_PIXELS = 6;

/** Beside a shape this many times as tall, another is a dot, a comma, or dirt. */
const SPECK_RATIO = 4;

/** Ink weaker than this share of the strongest shape's is the other side of the sheet, a shadow, or an erased stroke. */
const FAINT_RATIO = 0.3;

/** Ink that swallows less of the light than this (of 255) is paper grain or soft shadow; pencil swallows twice as much. */
const LEAST_STRENGTH = 28;

/** Fainter than this *and* thinner than that beside a broad marker: older notes on the same sheet. */
const FAINTER_RATIO = 0.7, THINNER_RATIO = 0.45;

/**
 * Joins broken strokes and tells writing from the rest.
 * @param ink strength of each pixel, 0 to 255, `width * height`
 * @param minimumSize least height as a share of the picture's shorter side
 * @returns every shape; those that are no writing have `leftOut`
 */
export function findShapes(components: Component[], ink: Uint8Array, width: number, height: number, minimumSize = 0): Shape[] {
  const shorter = Math.min(width, height);
  const least = Math.max(LEAST_HEIGHT_PIXELS, shorter * Math.max(LEAST_HEIGHT, minimumSize));
  const density = new InkDensity(components, width, height);
  const parts = components.filter(({ area }) => area > 3).flatMap((part) => {
    const pen = sizeOf(part) >= least && strokesAcross(part) > 2.2 ? broaderPen(part, ink, width, strokeOf) : [];
    return pen.length > 0 ? pen : [part];
  });
  const reasonOfPart = (part: Component): LeftOut | undefined => {
    if (spansPicture(part, width, height)) return 'frame';
    return edgeReason(part, width, height) ?? (sizeOf(part) >= least && (density.isTexture(part) || isTangled(part, width, height)) ? 'texture' : undefined);
  };
  const judged = parts.map((part) => withReason(part, reasonOfPart(part)));
  const rest = judged.filter(({ leftOut }) => leftOut !== undefined);
  const shapes: Shape[] = joinBroken(judged.filter(({ leftOut }) => leftOut === undefined), least, ink, width);

  const sizes = shapes.map(sizeOf);
  const texture = new Set(shapes.filter((shape, i) => sizes[i] >= least && density.isTexture(shape)));
  const large = shapes.filter((shape, i) => sizes[i] >= least && !texture.has(shape));
  const frames = new Set(large.filter((shape) => large.some((other) => other !== shape && encloses(shape, other))));
  const candidates = large.filter((shape) => !frames.has(shape));
  const strongest = Math.max(0, ...candidates.map(({ strength }) => strength));
  const clear = candidates.filter(({ strength }) => strength >= strongest * FAINT_RATIO);
  const tallest = typicalHeight(clear);
  const broadest = Math.max(0, ...clear.map(strokeOf));
  const reasonOf = (shape: Shape, size: number): LeftOut | undefined => {
    if (spansPicture(shape, width, height)) return 'frame';
    if (size < least || size < tallest / SPECK_RATIO) return 'speck';
    if (texture.has(shape)) return 'texture';
    if (frames.has(shape)) return 'frame';
    if (shape.strength < Math.max(LEAST_STRENGTH, strongest * FAINT_RATIO)) return 'too faint';
    return shape.strength < strongest * FAINTER_RATIO && strokeOf(shape) < broadest * THINNER_RATIO ? 'other pen' : undefined;
  };
  const separated = shapes.flatMap((shape, i): Shape[] => {
    const leftOut = reasonOf(shape, sizes[i]);
    return leftOut ? [{ ...shape, leftOut }] : separateTouching(shape, ink, width, strokeOf);
  });
  return [...separated, ...rest];
}

function withReason(component: Component, leftOut: LeftOut | undefined): Shape {
  return leftOut ? { ...component, leftOut } : component;
}

/** Whether something of a fair size stands inside: then the outer one is the edge of a sheet, a box, a circle. */
function encloses(outer: Shape, inner: Shape): boolean {
  const a = outer.box, b = inner.box;
  return sizeOf(inner) > sizeOf(outer) * ENCLOSED_RATIO && inner.strength > outer.strength * FAINTER_RATIO
    && strokeOf(inner) > strokeOf(outer) * THINNER_RATIO && b.x >= a.x && b.y >= a.y && b.x + b.width <= a.x + a.width && b.y + b.height <= a.y + a.height;
}

/** Less than this share of the outer shape's size is dirt in a 0. */
const ENCLOSED_RATIO = 0.3;

/** Height of the writing: of the largest shape that is not alone in its size, or simply of the largest. */
function typicalHeight(shapes: Shape[]): number {
  const heights = shapes.map(sizeOf).sort((a, b) => b - a);
  return heights[heights.length > 3 ? 1 : 0] ?? 0;
}

/** Strokes side by side, as a mean over its rows: a digit has one to three. */
function strokesAcross({ runs, box }: Component): number {
  return runs.length / box.height;
}

/** More strokes than in a digit and as large as half of the picture: grain of wood, cloth, the net of shadows. */
function isTangled(component: Component, width: number, height: number): boolean {
  return strokesAcross(component) > 4 && sizeOf(component) > Math.max(width, height) / 2;
}

/** Reaches from one side of the picture to the other: the edge of a sheet or of a desk, a shadow, a ruled line. */
function spansPicture({ box }: Component, width: number, height: number): boolean {
  return box.width === width || box.height === height || (box.width > width * 0.9 && box.height > height * 0.9);
}

/** What is cut by the picture's edge for long is the desk, a shadow or a ruled line; a stroke's end may touch it. */
function edgeReason({ box, runs, area }: Component, width: number, height: number): LeftOut | undefined {
  const { x, y, width: w, height: h } = box;
  const longest = Math.max(w, h);
  if (longest > Math.max(width, height) * 0.4 && Math.min(w, h) < longest * 0.12 && area < longest * longest * 0.02) return 'line';
  if (x > 0 && y > 0 && x + w < width && y + h < height) return undefined;
  let contact = 0;
  for (const run of runs) {
    if (run.y === 0 || run.y === height - 1) contact += run.end - run.start;
    else contact += (run.start === 0 ? 1 : 0) + (run.end === width ? 1 : 0);
  }
  return contact > longest * EDGE_CONTACT ? 'touches the edge' : undefined;
}

/** Contact with the edge, as a share of the shape's longer side: about two stroke widths of a broad marker. */
const EDGE_CONTACT = 0.3;

/** The pieces of a digit are about equally strong. */
const PIECE_RATIO = 0.4;

/** The pieces of a digit are about equally broad: what is broader is a blot, a shadow or a reflection. */
const BROADER_RATIO = 4;

/** Puts parts together until no two belong to one digit: a 5's bar, a stroke that the pen skipped. */
function joinBroken(parts: Component[], least: number, ink: Uint8Array, width: number): Component[] {
  const groups = [...parts].sort((a, b) => b.area - a.area);
  for (let i = 0; i < groups.length; i++) {
    // Specks join a digit, but they make none.
    if (sizeOf(groups[i]) < least) continue;
    for (let j = i + 1; j < groups.length; j++) {
      if (!belong(groups[i], groups[j])) continue;
      groups[i] = join([groups[i], groups[j]], ink, width);
      groups.splice(j, 1);
      j = i;
    }
  }
  return groups;
}

/** Whether the smaller part `b` is a piece of the same digit as `a`. */
function belong(a: Component, b: Component): boolean {
  const overlap = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
  const gap = Math.max(a.box.y, b.box.y) - Math.min(a.box.y + a.box.height, b.box.y + b.box.height);
  const tall = Math.max(a.box.height, b.box.height);
  const thinner = Math.min(strokeOf(a), strokeOf(b)), broader = Math.max(strokeOf(a), strokeOf(b)), stroke = (thinner + broader) / 2;
  if (gap > tall * 0.2 + stroke * 1.5 || -overlap > stroke || broader > thinner * BROADER_RATIO) return false;
  if (Math.min(a.strength, b.strength) < Math.max(a.strength, b.strength) * PIECE_RATIO) return false;
  // One above the other: two digits of two lines are alike in height and further apart than a stroke is wide.
  if (overlap >= Math.min(a.box.width, b.box.width) * 0.4) {
    const reach = b.box.height < a.box.height * 0.5 ? Math.max(stroke * 1.5, Math.min(tall * 0.2, sizeOf(b) * 0.4)) : stroke;
    return gap <= reach && distanceWithin(a, b, reach);
  }
  // Side by side: only a small piece that nearly touches.
  return b.box.height < a.box.height * 0.6 && b.area < a.area * 0.35 && distanceWithin(a, b, stroke * 0.8);
}

/** Longer side of the bounding box, pixels. */
function sizeOf({ box }: Component): number {
  return Math.max(box.width, box.height);
}

/** Stroke width, pixels: each row of a digit has one or two runs, so the ink over the number of runs is about it. */
function strokeOf({ area, runs, box }: Component): number {
  return area / Math.max(runs.length, box.width);
}

function distanceWithin(a: Component, b: Component, reach: number): boolean {
  const distance = Math.max(1.5, reach), squared = distance * distance;
  const { x, y, width, height } = b.box;
  const near = a.runs.filter((run) => run.y >= y - distance && run.y <= y + height + distance && run.end >= x - distance && run.start <= x + width + distance);
  return near.length > 0 && b.runs.some((p) => near.some((q) => {
    const dy = Math.abs(p.y - q.y), dx = Math.max(0, p.start - q.end + 1, q.start - p.end + 1);
    return dx * dx + dy * dy <= squared;
  }));
}
