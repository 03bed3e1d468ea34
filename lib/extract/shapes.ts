import type { Mask } from '../pictures/picture';
import { mergePieces } from './merging';
import type { Component } from './components';
import type { Doubt } from './doubts';
import { isCutByEdge, isLine, separatesBackgrounds, spansPicture } from './edge';
import { otherJoins } from './joins';
import { sizeOf, strokeOf, strokesAcross, strongestOf } from './measures';
import { broaderPen } from './stroke-separation';
import { InkDensity } from './texture';
import { cutsOf, partsOf, piecesOf } from './cuts';
import { cutsBetweenTouching } from './splitting';
import { at } from '../lists';

/** A component, or several that were joined, and what became of it. */
export interface Shape extends Component {
  doubt?: Doubt;
  /** The shape that this was a part of, where digits that touch were separated. */
  whole?: Component;
  /** The pieces of the whole that this is made of, the first and the last from left to right. */
  pieces?: [first: number, last: number];
}

/** Narrower than this, as a share of the height, is hardly more than one digit. */
const SEVERAL = 0.75;

/** Heights are shares of the picture's shorter side, or pixels where it says so. */
const LEAST_HEIGHT = 0.025;
const LEAST_HEIGHT_PIXELS = 6;

/** Fewer pixels than this and one are noise, not even a piece of a stroke. */
const SPECK_AREA = 3;

/** Beside a shape this many times as tall, another is a dot, a comma, or dirt. */
const SPECK_RATIO = 4;

/**
 * Ink weaker than this share of the strongest shape's is the other side of the sheet, a shadow, or an erased stroke.
 */
const FAINT_RATIO = 0.3;

/**
 * Ink that swallows less of the light than this (of 255) is grain of the paper or soft shadow; pencil swallows twice as
 * much.
 */
const LEAST_STRENGTH = 28;

/**
 * Ink fainter than `LEAST_STRENGTH` and than this share of the strongest digit's is grain of the paper: of 15,924
 * digits of choosing pages none is, of 110,933 other shapes that networks were to judge 333 are; none up to a share of
 * 0.15, either.
 */
const GRAIN_RATIO = 0.1;

/** Fainter than this *and* thinner than that beside a broad marker: older notes on the same sheet. */
const FAINTER_RATIO = 0.7;
const THINNER_RATIO = 0.45;

/** Less than this share of the outer shape's size is dirt in a 0. */
const ENCLOSED_RATIO = 0.3;

/** More strokes side by side than this are two pens' writing, one over the other, or a letter such as M. */
const SEVERAL_STROKES = 2.2;

/** More than this, in something as large as half of the picture, are grain of wood, cloth, or a net of shadows. */
const TANGLED = 4;

/**
 * A shape with so many others of a texture within its own size about it belongs to it, unless its ink is so much
 * stronger.
 */
const LEAST_TEXTURE = 3;
const AROUND = 1;
const STRONGER_THAN_TEXTURE = 1.25;

export interface ShapeOptions {
  /** Least height as a share of the picture's shorter side. */
  minimumSize?: number | undefined;
  /** Without it, edges of sheets and of shadows are not told from strokes; see `Mask`. */
  background?: Mask['background'] | undefined;
  /** See `Mask`. */
  border?: Mask['border'] | undefined;
}

/** The longer side of what may be a digit, at least, pixels. */
export function leastSize(
  width: number,
  height: number,
  { minimumSize = 0 }: Pick<ShapeOptions, 'minimumSize'>,
): number {
  return Math.max(LEAST_HEIGHT_PIXELS, Math.min(width, height) * Math.max(LEAST_HEIGHT, minimumSize));
}

/**
 * Tells writing from the rest of the ink, and puts it together to shapes that may be digits: frees a marker's writing
 * from notes under it, joins broken strokes, separates digits that touch.
 *
 * @param ink strength of each pixel, 0 to 255, `width * height`
 * @returns every shape; those that are no writing have `doubt`
 */
export function findShapes(
  components: Component[],
  ink: Uint8Array,
  width: number,
  height: number,
  { minimumSize = 0, background, border }: ShapeOptions = {},
): Shape[] {
  const least = leastSize(width, height, { minimumSize });
  const density = new InkDensity(components, width, height);
  const isLarge = (part: Component): boolean => sizeOf(part) >= least;
  const isTexture = (part: Component): boolean => isLarge(part) && density.isTexture(part);

  const reasonOfPart = (part: Component): Doubt | undefined => {
    if (spansPicture(part, width, height)) return 'frame';
    if (isLine(part, width, height)) return 'line';
    if (isCutByEdge(part, width, height, border)) return 'touches the edge';
    if (background && isLarge(part) && separatesBackgrounds(part, background, ink, width, height)) return 'sheet edge';
    return isTexture(part) || isTangled(part, width, height) ? 'texture' : undefined;
  };
  const parts = components
    .filter(({ area }) => area > SPECK_AREA)
    .flatMap((part) =>
      isLarge(part) && strokesAcross(part) > SEVERAL_STROKES ? broaderPen(part, ink, width) : [part],
    );
  const [writing, rest] = divide(parts, reasonOfPart);

  const joined = mergePieces(writing, least, ink, width);
  const grain = [...joined.filter(isTexture), ...rest.filter(({ doubt }) => doubt === 'texture')];
  const texture = new Set(grain);
  const plain = joined.filter((shape) => isLarge(shape) && !texture.has(shape) && !spansPicture(shape, width, height));
  for (const shape of plain) if (standsIn(grain, shape)) texture.add(shape);
  const large = plain.filter((shape) => !texture.has(shape));
  const frames = new Set(large.filter((shape) => large.some((other) => other !== shape && encloses(shape, other))));
  const clearest = clearestOf(large.filter((shape) => !frames.has(shape)));
  const reasonOfShape = (shape: Component): Doubt | undefined => {
    if (spansPicture(shape, width, height) || frames.has(shape)) return 'frame';
    if (!isLarge(shape) || sizeOf(shape) < clearest.tallest / SPECK_RATIO) return 'speck';
    if (texture.has(shape)) return 'texture';
    if (shape.strength < Math.max(LEAST_STRENGTH, clearest.strongest * FAINT_RATIO)) return 'too faint';
    return isOtherPen(shape, clearest) ? 'other pen' : undefined;
  };
  const [digits, others] = divide(joined, reasonOfShape);
  const unlikely = otherJoins(
    joined.filter((shape) => !texture.has(shape) && !isGrain(shape, least)),
    least,
    ink,
    width,
  );
  return [
    ...digits.flatMap((shape) => separated(shape, ink, width)),
    ...others,
    ...rest,
    ...unlikely.map((shape): Shape => ({ ...shape, doubt: 'part' })),
  ];
}

/** The whole, and where its shape tells that digits touch in it, all ways to cut it. */
export function waysToCut(whole: Component, ink: Uint8Array, width: number): Shape[] {
  const shapes = separated(whole, ink, width);
  return shapes.some(({ doubt, pieces }) => pieces && doubt === undefined) ? [whole, ...shapes] : [whole];
}

/** The shape as it is likely to be read, and the other ways to cut it. */
function separated(whole: Component, ink: Uint8Array, width: number): Shape[] {
  if (whole.box.width < whole.box.height * SEVERAL) return [whole];
  const firm = cutsBetweenTouching(whole, ink, width);
  const cuts = cutsOf(whole, firm);
  if (cuts.length === 0) return [whole];
  // The likely parts reach from one firm cut to the next.
  const ends = new Set(cuts.flatMap((cut, i) => (firm.includes(cut) ? [i] : [])).concat(cuts.length));
  const parts = partsOf(piecesOf(whole, cuts), whole, ink, width).map(({ first, last, ...part }): Shape => {
    const isLikely =
      firm.length > 0 &&
      (first === 0 || ends.has(first - 1)) &&
      ends.has(last) &&
      ![...ends].some((end) => end >= first && end < last);
    const { joined } = whole;
    const doubt = !isLikely && { doubt: 'part' as const };
    return { ...part, ...(joined && { joined }), ...doubt, whole, pieces: [first, last] };
  });
  return parts.some(({ doubt }) => doubt === undefined) ? parts : [whole, ...parts];
}

/** Parts without a reason to leave them out, and the others with theirs. */
function divide(parts: Component[], reasonOf: (part: Component) => Doubt | undefined): [Component[], Shape[]] {
  const kept: Component[] = [];
  const out: Shape[] = [];
  for (const part of parts) {
    const doubt = reasonOf(part);
    if (doubt) out.push({ ...part, doubt });
    else kept.push(part);
  }
  return [kept, out];
}

/** What the clearest writing is like: strength of its ink, its height and its broadest stroke, pixels. */
interface Clearest {
  strongest: number;
  tallest: number;
  broadest: number;
}

function clearestOf(shapes: Component[]): Clearest {
  const strongest = strongestOf(shapes);
  const clear = shapes.filter(({ strength }) => strength >= strongest * FAINT_RATIO);
  const broadest = Math.max(0, ...clear.map(strokeOf));
  const sizes = clear
    .filter((shape) => !isOtherPen(shape, { strongest, broadest }))
    .map(sizeOf)
    .sort((a, b) => b - a);
  // Where there are several, the largest may be a drawing beside them.
  return { strongest, tallest: sizes[sizes.length > 3 ? 1 : 0] ?? 0, broadest };
}

function isOtherPen(shape: Component, { strongest, broadest }: Omit<Clearest, 'tallest'>): boolean {
  return shape.strength < strongest * FAINTER_RATIO && strokeOf(shape) < broadest * THINNER_RATIO;
}

/** Whether something of a fair size stands inside: then the outer one is the edge of a sheet, a box, a circle. */
function encloses(outer: Component, inner: Component): boolean {
  const a = outer.box;
  const b = inner.box;
  return (
    sizeOf(inner) > sizeOf(outer) * ENCLOSED_RATIO &&
    inner.strength > outer.strength * FAINTER_RATIO &&
    strokeOf(inner) > strokeOf(outer) * THINNER_RATIO &&
    b.x >= a.x &&
    b.y >= a.y &&
    b.x + b.width <= a.x + a.width &&
    b.y + b.height <= a.y + a.height
  );
}

/**
 * Whether something is grain of the paper: fainter than pencil, and smaller than a digit may be or next to nothing
 * beside what is written there.
 * @param strongest strength of the strongest shape that is likely a digit, 0 to 255
 */
export function isGrain(shape: Component, least: number, strongest = 0): boolean {
  return shape.strength < LEAST_STRENGTH && (sizeOf(shape) < least || shape.strength < strongest * GRAIN_RATIO);
}

function isTangled(component: Component, width: number, height: number): boolean {
  return strokesAcross(component) > TANGLED && sizeOf(component) > Math.max(width, height) / 2;
}

/** Whether about it there is much of a texture that is hardly fainter. */
function standsIn(texture: Component[], shape: Component): boolean {
  const { box } = shape;
  const reach = sizeOf(shape) * AROUND;
  const isNear = ({ box: other }: Component): boolean =>
    other.x < box.x + box.width + reach &&
    box.x < other.x + other.width + reach &&
    other.y < box.y + box.height + reach &&
    box.y < other.y + other.height + reach;
  const near = texture.filter(isNear);
  if (near.length < LEAST_TEXTURE) return false;
  const strengths = near.map(({ strength }) => strength).sort((a, b) => a - b);
  return shape.strength < at(strengths, strengths.length >> 1) * STRONGER_THAN_TEXTURE;
}
