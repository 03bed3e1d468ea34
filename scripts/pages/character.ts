import type { Plane } from '../../lib/pictures/planes';
import type { Random } from '../../lib/random';
import type { Point } from '../../lib/train/synthesis/strokes';
import { inkOf, type Field } from './field';
import { InkLayer } from './ink-layer';

export type CharacterKind = 'digit' | 'letter' | 'sign';

/** How a character's shape is given: as a field with its place on the line, or as ways of the pen. */
export type Shape =
  /** `unit`: pixels of the field in one height of a digit; `baseline`: row of the field on which the digits stand. */
  | { field: Field; unit: number; baseline: number }
  /** In heights of a digit, x from the left edge, y downwards from the baseline. */
  | { strokes: readonly (readonly Point[])[] };

/** One written character. */
export class Character {
  /** From its left edge to its right one, heights of a digit. */
  readonly width: number;
  /** Its upper and lower end from the baseline, y downwards, heights of a digit. */
  readonly top: number;
  readonly bottom: number;

  /** @param character what it is; `?` where nobody knows */
  constructor(
    readonly character: string,
    readonly kind: CharacterKind,
    readonly shape: Shape,
  ) {
    if ('field' in shape) {
      const { field, unit, baseline } = shape;
      this.width = (field.right - field.left) / unit;
      [this.top, this.bottom] = [(field.top - baseline) / unit, (field.bottom - baseline) / unit];
    } else {
      const points = shape.strokes.flat();
      const ys = points.map(({ y }) => y);
      this.width = Math.max(0.02, ...points.map(({ x }) => x));
      [this.top, this.bottom] = [Math.min(...ys), Math.max(...ys)];
    }
  }

  /** Its ink, alpha 0 to 255, cropped to it. */
  get ink(): Plane {
    if ('field' in this.shape) return inkOf(this.shape.field);
    const { top, bottom } = this;
    const { strokes } = this.shape;
    const unit = 64;
    const layer = new InkLayer(Math.ceil(this.width * unit) + 6, Math.ceil((bottom - top) * unit) + 6);
    for (const stroke of strokes) {
      layer.stroke(
        stroke.map(({ x, y }) => ({ x: x * unit + 3, y: (y - top) * unit + 3 })),
        () => 2.5,
        1,
        1,
      );
    }
    return { data: Uint8Array.from(layer.cover, (share) => share * 255), width: layer.width, height: layer.height };
  }
}

/** One who writes: a person, a typeface, or the project's own strokes. The same hand writes a line or a page. */
export interface Hand {
  /** Of whom: `mnist`, `pendigits:p-tra-013`, `font:caveat`, … */
  readonly name: string;
  /** @param digit 0 to 9 */
  digit(random: Random, digit: number): Character;
  /** @param letter wanted one of a-z or A-Z; a hand that has not got it writes another */
  letter(random: Random, letter: string): Character;
  /** @param sign one of `+ - = / : , . ( ) % € $ £ ?` */
  sign(random: Random, sign: string): Character;
}
