import { componentOf, type Component, type Run } from './components';

/** A straight cut from top to bottom: where it crosses row `y`, and its shift to the right per row. */
export interface Cut {
  x: number;
  y: number;
  slant: number;
}

/** Horizontal shift per row of the cuts that are tried: writing leans. */
const SLANTS = [0, -0.2, 0.2, -0.4, 0.4];

/** A digit is at least this wide, as a share of the height, and so cuts are no nearer to each other. */
export const LEAST_WIDTH = 0.2;

/** Of a shape's possible cuts so many, those through least ink; each may be one between two digits or none. */
const MOST_CUTS = 7;

/**
 * Through more ink than this, as a share of the height, goes no cut between two digits: two loops that touch share a
 * stroke.
 */
const THICKEST = 0.6;

/**
 * Cuts through two strokes, where loops overlap, come after those through one that meet so much more ink, as a share of
 * the height.
 */
const TWO_STROKES = 0.5;

/** What may be a digit is no wider than this, as a share of the whole's height, and no lower. */
const WIDEST = 1.6;
const LOWEST = 0.45;

/** Ink in each column of a shape, along a slant, and how many strokes it is made of. */
export interface Profile {
  slant: number;
  ink: Uint32Array;
  strokes: Uint32Array;
}

/** The columns of a shape for each slant; a column is counted by where it crosses the middle row. */
export function profilesOf({ box, runs }: Component): Profile[] {
  return SLANTS.map((slant) => {
    const ink = new Uint32Array(box.width);
    const strokes = new Uint32Array(box.width);
    const lastRow = new Int32Array(box.width).fill(-2);
    for (const { y, start, end } of runs) {
      const shift = Math.round(slant * (y - middleOf(box))) + box.x;
      for (let column = Math.max(0, start - shift); column < Math.min(box.width, end - shift); column++) {
        ink[column]++;
        if (lastRow[column] !== y - 1) strokes[column]++;
        lastRow[column] = y;
      }
    }
    return { slant, ink, strokes };
  });
}

/** Row in the middle of a box, pixels. */
export function middleOf({ y, height }: Component['box']): number {
  return y + height / 2;
}

/**
 * Where a shape may be cut into digits: an over-segmentation, as in LeCun et al. 1998. Cuts go through little ink and
 * through one stroke, or through two where loops overlap, from left to right.
 * @param firm cuts that have to be among them
 */
export function cutsOf(component: Component, firm: readonly Cut[]): Cut[] {
  const { box } = component;
  const { height } = box;
  const apart = Math.max(2, height * LEAST_WIDTH);
  const found = profilesOf(component)
    .flatMap(({ slant, ink, strokes }) =>
      Array.from(ink, (thickness, column) => ({
        x: box.x + column,
        y: middleOf(box),
        slant,
        thickness,
        strokes: strokes[column],
        cost: thickness + (strokes[column] > 1 ? height * TWO_STROKES : 0),
      })),
    )
    .filter(
      ({ x, thickness, strokes }) =>
        strokes > 0 &&
        strokes <= 2 &&
        thickness <= height * THICKEST &&
        x - box.x >= apart / 2 &&
        box.x + box.width - x > apart / 2,
    )
    .sort((a, b) => a.cost - b.cost || Math.abs(a.slant) - Math.abs(b.slant));
  const cuts: Cut[] = [...firm];
  for (const { x, y, slant } of found) {
    if (cuts.length >= MOST_CUTS) break;
    if (cuts.every((cut) => Math.abs(atRow(cut, y) - x) >= apart)) cuts.push({ x, y, slant });
  }
  return cuts.sort((a, b) => atRow(a, middleOf(box)) - atRow(b, middleOf(box)));
}

function atRow({ x, y, slant }: Cut, row: number): number {
  return x + slant * (row - y);
}

/** The runs between neighbouring cuts, from left to right; there is one piece more than there are cuts. */
export function piecesOf({ runs }: Component, cuts: readonly Cut[]): Run[][] {
  const pieces: Run[][] = Array.from({ length: cuts.length + 1 }, () => []);
  for (const { y, start, end } of runs) {
    let left = start;
    for (const [i, cut] of cuts.entries()) {
      const right = Math.min(end, Math.round(atRow(cut, y)));
      if (right <= left) continue;
      pieces[i].push({ y, start: left, end: right });
      left = right;
    }
    if (end > left) pieces[cuts.length].push({ y, start: left, end });
  }
  return pieces;
}

/** One piece of a shape, or several neighbouring ones: those from `first` up to and with `last`. */
export interface Part extends Component {
  first: number;
  last: number;
}

/** What pieces may be together: all neighbours that are of a digit's size. The whole is not among them. */
export function partsOf(pieces: readonly Run[][], whole: Component, ink: Uint8Array, width: number): Part[] {
  const parts: Part[] = [];
  const { height } = whole.box;
  for (let first = 0; first < pieces.length; first++) {
    for (let last = first; last < pieces.length && last - first < pieces.length - 1; last++) {
      const runs = pieces.slice(first, last + 1).flat();
      if (runs.length === 0) continue;
      const part = componentOf(runs, ink, width);
      if (part.box.width > height * WIDEST) break;
      if (part.box.height >= height * LOWEST) parts.push({ ...part, first, last });
    }
  }
  return parts;
}
