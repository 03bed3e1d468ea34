import { union } from '../../lib/extract/boxes';
import type { Box } from '../../lib/pictures/picture';
import type { Random } from '../../lib/random';
import type { Affine } from '../../lib/train/synthesis/warp';
import type { Hand } from './character';
import type { Hands } from './hands';
import { after, InkLayer } from './ink-layer';
import { lineOf, randomSetting, setLine, writeCharacter, type Placed, type Setting } from './line';
import { circle, crossing, frame, scribble, underline, type Strokes } from './marks';
import { randomPen, type Pen } from './pens';
import { mixed, number, rows, withSign, words } from './texts';

/** Where on the picture is written: a rectangle, turned about its middle by `turn` radians (clockwise). Pixels. */
export interface Area extends Box {
  turn: number;
  /** Whether writing may run over the edge of the area. Default: no. */
  mayCut?: boolean;
}

/** Something on the page; the ink layer's owner of thing i is i + 1. */
export interface Thing {
  /** A digit, a letter, a sign; `?` where nobody can tell or it is crossed out, and for drawings; none for a mark. */
  character: string;
  /** A mark is what goes with writing: frames and tables by hand, underlines, crossings-out, dirt. */
  kind: 'digit' | 'letter' | 'sign' | 'scribble' | 'mark';
  /** Things of one line have the same number, from 0. */
  line: number;
  /** About its ink on the page, pixels. */
  box: Box;
}

export type WritingKind = 'digit' | 'number' | 'numbers' | 'cells' | 'mixed' | 'words' | 'other' | 'nothing';

export interface Writing {
  layer: InkLayer;
  things: Thing[];
  kind: WritingKind;
  pen: string;
  hand: string;
}

export interface WritingOptions {
  /** Default: chosen by their usual shares. */
  kind?: WritingKind;
}

/** Shares of the kinds, in a hundred and a few. */
const SHARES: Record<WritingKind, number> = {
  digit: 35,
  number: 27,
  numbers: 8,
  cells: 7,
  mixed: 10,
  words: 13,
  other: 5,
  nothing: 5,
};

/**
 * Single digits that are a 1 beside the tenth that chance makes one: of all digits a bar is hardest to tell from no
 * writing.
 */
const MORE_ONES = 0.2;

/** What strokes that make no character are. */
type Drawing = Pick<Thing, 'character' | 'kind'>;
const MARK: Drawing = { character: '', kind: 'mark' };

/** Numbers with a sign or a unit at one end, and pages of numbers that are rows to try a reader with. */
const SIGNED = 0.15;
const ROWS = 0.35;

/** Writes on a page. The same random numbers give the same page. */
export function write(
  hands: Hands,
  random: Random,
  area: Area,
  picture: { width: number; height: number },
  options: WritingOptions = {},
): Writing {
  const kind = options.kind ?? pickKind(random);
  const page = new Page(hands, random, area, picture, kind === 'words' || kind === 'mixed');
  if (kind !== 'nothing') page[kind]();
  return { layer: page.layer, things: page.things, kind, pen: page.pen.kind, hand: page.hand.name };
}

function pickKind(random: Random): WritingKind {
  let at = random.between(
    0,
    Object.values(SHARES).reduce((sum, share) => sum + share),
  );
  return (Object.keys(SHARES) as WritingKind[]).find((kind) => (at -= SHARES[kind]) < 0) ?? 'nothing';
}

class Page {
  readonly layer: InkLayer;
  readonly things: Thing[] = [];
  readonly hand: Hand;
  readonly #setting: Setting;
  /** From the area's own pixels to the page's. */
  readonly #toPage: Affine;
  pen: Pen;
  #line = 0;

  constructor(
    readonly hands: Hands,
    readonly random: Random,
    readonly area: Area,
    picture: { width: number; height: number },
    withWords: boolean,
  ) {
    this.layer = new InkLayer(picture.width, picture.height);
    this.hand = withWords ? hands.pickForWords(random) : hands.pick(random);
    this.#setting = randomSetting(random);
    this.pen = randomPen(random, Math.min(area.width, area.height) / 4);
    const cos = Math.cos(area.turn);
    const sin = Math.sin(area.turn);
    const x = area.width / 2;
    const y = area.height / 2;
    this.#toPage = {
      xx: cos,
      xy: -sin,
      yx: sin,
      yy: cos,
      x: area.x + x - cos * x + sin * y,
      y: area.y + y - sin * x - cos * y,
    };
  }

  /** A single digit, of any size; often as large as there is room. */
  digit(): void {
    const { random, area } = this;
    const digit = random.chance(MORE_ONES) ? 1 : random.below(10);
    const shorter = Math.min(area.width, area.height);
    const height = random.chance(0.4)
      ? area.height * random.between(0.6, 0.95)
      : shorter * Math.exp(random.between(Math.log(0.05), Math.log(0.9)));
    const size = this.#writeLine(String(digit), height);
    if (size && random.chance(0.12)) this.#decorate(size);
    this.#dirt();
  }

  number(): void {
    const { random, area } = this;
    const text = number(random, 2 + random.below(random.chance(0.6) ? 4 : 7));
    const size = this.#writeLine(
      random.chance(SIGNED) ? withSign(random, text) : text,
      area.height * Math.exp(random.between(Math.log(0.06), Math.log(0.8))),
    );
    if (size && random.chance(0.15)) this.#decorate(size);
    this.#dirt();
  }

  numbers(): void {
    const { random } = this;
    const several = (): string[] =>
      Array.from({ length: 1 + random.below(3) }, () => number(random, 1 + random.below(5)));
    this.#lines(
      random.chance(ROWS) ? rows(random) : Array.from({ length: 2 + random.below(5) }, () => several().join('  ')),
    );
  }

  /** A number or a digit in each cell of a table, some left empty; the table is printed or ruled by hand. */
  cells(): void {
    const { random, area } = this;
    const columns = 1 + random.below(5);
    const rows = 1 + random.below(6);
    const wide = area.width / columns;
    const tall = Math.min(area.height / rows, wide * random.between(0.4, 1.4));
    const digits = random.chance(0.6) ? 1 : 1 + random.below(3);
    const share = random.between(0.35, 0.75);
    const height = tall * share;
    const right = columns * wide;
    const bottom = rows * tall;
    this.#newPen(height);
    const across = Array.from({ length: rows + 1 }, (_, i) => [
      { x: 0, y: i * tall },
      { x: right, y: i * tall },
    ]);
    const down = Array.from({ length: columns + 1 }, (_, i) => [
      { x: i * wide, y: 0 },
      { x: i * wide, y: bottom },
    ]);
    this.#strokes([...across, ...down], 0, 0, MARK, this.pen.width * random.between(0.15, 0.8));
    for (let i = 0; i < rows * columns; i++) {
      if (i % columns === 0) this.#line++;
      if (random.chance(0.15)) continue;
      const text = number(random, digits);
      const { placed, left, right: end } = setLine(text, this.hand, this.#setting, random);
      const size = Math.min(height, (wide * 0.85) / (end - left));
      const x = (i % columns) * wide + between(random, 0.05 * wide, 0.95 * wide - (end - left) * size);
      this.#writeAt(placed, x - left * size, Math.floor(i / columns) * tall + (tall + size) / 2, size);
    }
  }

  mixed(): void {
    const count = 1 + this.random.below(this.random.chance(0.5) ? 1 : 5);
    this.#lines(Array.from({ length: count }, () => mixed(this.random)));
  }

  words(): void {
    const count = 1 + this.random.below(this.random.chance(0.5) ? 2 : 6);
    this.#lines(Array.from({ length: count }, () => words(this.random)));
  }

  /** Other alphabets, drawings, scribbles. */
  other(): void {
    const { random, area } = this;
    const shorter = Math.min(area.width, area.height);
    const count = 1 + random.below(7);
    const alphabet = random.chance(0.5);
    const size = shorter * random.between(0.08, count === 1 ? 0.9 : 0.3);
    this.#newPen(size);
    for (let i = 0; i < count; i++) {
      const height = size * random.between(0.7, 1);
      const width = alphabet ? height : Math.min(area.width, height * random.between(0.5, 2.5));
      const x = random.between(0, Math.max(0, area.width - width));
      const y = random.between(0, Math.max(0, area.height - height));
      if (alphabet) this.#writeAt(lineOf(this.hands.foreign(random)).placed, x, y + height, height);
      else this.#strokes(scribble(width, height, random), x, y, { character: '?', kind: 'scribble' });
      this.#line++;
    }
  }

  #newPen(height: number): void {
    this.pen = randomPen(this.random, height);
  }

  /** Lines one below another, or a column of numbers. */
  #lines(texts: readonly string[]): void {
    const { random, area } = this;
    const count = texts.length;
    const pitch = (area.height / count) * (random.chance(0.4) ? random.between(0.4, 0.8) : random.between(0.85, 1));
    const height = Math.min(pitch * random.between(0.4, 0.75), area.height * 0.5);
    const indent = random.between(0, 0.3) * area.width;
    const lines = texts.map((text) => setLine(text, this.hand, this.#setting, random));
    // One size for all lines, so that the longest fits.
    const widest = Math.max(...lines.map(({ left, right }) => right - left));
    const highest = Math.max(...lines.map(({ top }) => -top));
    const size = Math.min(height, ((area.width - indent) * 0.94) / widest, pitch / highest);
    const right = random.chance(0.3);
    this.#newPen(size);
    const top = random.between(0, Math.max(0, area.height - pitch * count));
    lines.forEach((line, i) => {
      const spare = area.width - (line.right - line.left) * size;
      const start = right ? 0.97 * spare : Math.min(spare, indent + random.between(0, 0.03) * area.width);
      const x = start - line.left * size;
      const y = Math.min(top + pitch * (i + 0.85), area.height - line.bottom * size);
      this.#writeAt(line.placed, x, y, size);
      if (random.chance(0.06)) this.#decorate({ x, y: y - size, width: line.right * size, height: size });
      this.#line++;
    });
    this.#dirt();
  }

  /** @param wanted height of a digit, pixels @returns where on the area it stands */
  #writeLine(text: string, wanted: number): Box | undefined {
    const { random, area } = this;
    const line = setLine(text, this.hand, this.#setting, random);
    const width = line.right - line.left;
    const tall = line.bottom - line.top;
    const height = Math.max(6, Math.min(wanted, (area.height * 0.95) / tall, (area.width * 0.95) / width));
    this.#newPen(height);
    // Half the pen's width reaches beyond the points of its way.
    const edge = Math.min(this.pen.width / 2, 0.02 * area.height);
    const over = area.mayCut ? 0.3 * height : -edge;
    const x = between(random, -over, area.width - width * height + over);
    const y = between(random, -over, area.height - tall * height + over);
    this.#writeAt(line.placed, x - line.left * height, y - line.top * height, height);
    return { x, y, width: width * height, height: tall * height };
  }

  /** @param x, y left end of the baseline on the area @param height of a digit, pixels */
  #writeAt(placed: readonly Placed[], x: number, y: number, height: number): void {
    const toPage = after(this.#toPage, { xx: height, xy: 0, yx: 0, yy: height, x, y });
    for (const each of placed) {
      const owner = this.things.length + 1;
      const box = writeCharacter(this.layer, each, toPage, this.pen, this.#setting, owner, this.random);
      const { character, kind } = each.character;
      if (box) this.things.push({ character, kind, line: this.#line, box });
    }
  }

  /** Draws what is no character, at a place of the area. */
  #strokes(strokes: Strokes, x: number, y: number, as: Drawing, width = this.pen.width): void {
    const m = this.#toPage;
    let box: Box | undefined;
    for (const stroke of strokes) {
      const points = stroke.map((p) => ({
        x: m.xx * (p.x + x) + m.xy * (p.y + y) + m.x,
        y: m.yx * (p.x + x) + m.yy * (p.y + y) + m.y,
      }));
      box = union(
        box,
        this.layer.stroke(points, () => width / 2, this.pen.strength, this.things.length + 1, this.pen.texture),
      );
    }
    if (box) this.things.push({ ...as, line: this.#line, box });
  }

  /** An underline, a frame or a circle, now and then a crossing-out. */
  #decorate({ x, y, width, height }: Box): void {
    const mark = this.random.pick(
      this.#line === 0 && this.things.length === 1
        ? [underline, circle, frame]
        : [underline, underline, circle, frame, crossing],
    );
    // What is crossed out nobody should read.
    if (mark === crossing) {
      for (const thing of this.things) if (thing.line === this.#line) [thing.kind, thing.character] = ['scribble', '?'];
    }
    const edge = this.pen.width / 2 + 1;
    const { area } = this;
    const strokes = mark(width, height, this.random).map((stroke) =>
      stroke.map((p) => ({
        x: Math.max(edge - x, Math.min(area.width - edge - x, p.x)),
        y: Math.max(edge - y, Math.min(area.height - edge - y, p.y)),
      })),
    );
    this.#strokes(strokes, x, y, MARK, this.pen.width * this.random.between(0.7, 1.1));
  }

  /** Dots and short strokes that nobody meant. */
  #dirt(): void {
    const { random, area } = this;
    if (!random.chance(0.1)) return;
    for (let i = 1 + random.below(4); i > 0; i--) {
      const x = random.between(0, area.width);
      const y = random.between(0, area.height);
      const long = random.chance(0.4) ? this.pen.width * random.between(1, 6) : 0;
      const angle = random.between(0, 7);
      this.#strokes(
        [
          [
            { x: 0, y: 0 },
            { x: long * Math.cos(angle), y: long * Math.sin(angle) },
          ],
        ],
        x,
        y,
        MARK,
        this.pen.width * random.between(0.4, 1.6),
      );
    }
  }
}

/** In the middle where there is no room. */
function between(random: Random, low: number, high: number): number {
  return low < high ? random.between(low, high) : (low + high) / 2;
}
