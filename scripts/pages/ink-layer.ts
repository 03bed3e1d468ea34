import { union } from '../../lib/extract/boxes';
import type { Box } from '../../lib/pictures/picture';
import type { Plane } from '../../lib/pictures/planes';
import type { Affine } from '../../lib/train/synthesis/warp';
import type { Point } from '../../lib/train/synthesis/strokes';
import type { Field } from './field';

/** How much of the pen's ink stays on a pixel of the page, 0 to 1. */
export type Texture = (x: number, y: number) => number;

/** The least share of a pixel that a thing has to cover to own it. */
const OWNED = 0.25;

/** What is written on a page, before there is paper below it. */
export class InkLayer {
  /** Share of the light that is swallowed, 0 to 1. */
  readonly cover: Float32Array;
  /**
   * 0 where nothing is written, otherwise one more than the index of the thing (of ink over a quarter of the pixel).
   */
  readonly owner: Uint16Array;
  /** For each owner the box of its ink as if the layer went on, its pixels, and those that others have written over. */
  readonly #whole: (Box | undefined)[] = [];
  readonly #left: number[] = [];
  readonly #lost: number[] = [];

  /** @param width, height pixels */
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.cover = new Float32Array(width * height);
    this.owner = new Uint16Array(width * height);
  }

  /**
   * Prints a plane of alpha 0 to 255.
   * @param affine from the plane's pixels to those of the page (corners of pixels lie on whole numbers)
   * @returns the box of what it owns, or undefined where that is nothing
   */
  stamp(plane: Plane, affine: Affine, strength: number, owner: number, texture?: Texture): Box | undefined {
    const { data, width, height } = plane;
    const shrunk = Math.sqrt(Math.abs(affine.xx * affine.yy - affine.xy * affine.yx));
    // Where pixels of the page are larger than those of the plane, several samples make up one.
    const samples = Math.max(1, Math.min(4, Math.round(0.75 / shrunk)));
    const back = inverse(affine);
    const alpha = (x: number, y: number): number => {
      const ix = Math.floor(x);
      const iy = Math.floor(y);
      const fx = x - ix;
      const fy = y - iy;
      const at = (i: number, j: number): number =>
        i < 0 || j < 0 || i >= width || j >= height ? 0 : data[j * width + i];
      return (
        (at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx) * (1 - fy) +
        (at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx) * fy
      );
    };
    return this.#each(boundsOf(affine, 0, 0, width, height), strength, owner, texture, (x, y) => {
      let sum = 0;
      for (let j = 0; j < samples; j++) {
        for (let i = 0; i < samples; i++) {
          const px = x - 0.5 + (i + 0.5) / samples;
          const py = y - 0.5 + (j + 0.5) / samples;
          sum += alpha(back.xx * px + back.xy * py + back.x - 0.5, back.yx * px + back.yy * py + back.y - 0.5);
        }
      }
      return sum / (255 * samples * samples);
    });
  }

  /**
   * Writes a shape with sharp edges, however large.
   * @param affine from the field's pixels to those of the page
   * @param grow pixels of the field by which strokes are thickened on each side; below 0 they become thinner
   */
  draw(
    field: Field,
    affine: Affine,
    grow: number,
    strength: number,
    owner: number,
    texture?: Texture,
  ): Box | undefined {
    const { distance, width, height } = field;
    const size = Math.sqrt(Math.abs(affine.xx * affine.yy - affine.xy * affine.yx));
    const back = inverse(affine);
    const more = Math.max(0, grow) + 1 / size;
    const bounds = boundsOf(affine, field.left - more, field.top - more, field.right + more, field.bottom + more);
    return this.#each(bounds, strength, owner, texture, (x, y) => {
      const sx = back.xx * x + back.xy * y + back.x - 0.5;
      const sy = back.yx * x + back.yy * y + back.y - 0.5;
      if (sx < 0 || sy < 0 || sx >= width - 1 || sy >= height - 1) return 0;
      const ix = sx | 0;
      const iy = sy | 0;
      const k = iy * width + ix;
      const fx = sx - ix;
      const fy = sy - iy;
      const top = distance[k] + (distance[k + 1] - distance[k]) * fx;
      const bottom = distance[k + width] + (distance[k + width + 1] - distance[k + width]) * fx;
      return 0.5 + (grow - top - (bottom - top) * fy) * size;
    });
  }

  /**
   * Draws along a line through points of the page.
   * @param radius of the pen's tip, pixels, at a share of the way from 0 to 1
   */
  stroke(
    points: readonly Point[],
    radius: (share: number) => number,
    strength: number,
    owner: number,
    texture?: Texture,
  ): Box | undefined {
    let box: Box | undefined;
    for (let i = 0; i < Math.max(1, points.length - 1); i++) {
      const a = points[i];
      const b = points[Math.min(i + 1, points.length - 1)];
      const r = radius(i / points.length);
      const bx = b.x - a.x;
      const by = b.y - a.y;
      const square = bx * bx + by * by;
      // A stroke finer than a pixel cannot be sharper than one, only paler.
      const wide = Math.max(0.5, r);
      const pale = Math.min(1, 2 * r);
      const bounds = {
        left: Math.min(a.x, b.x) - wide - 1,
        right: Math.max(a.x, b.x) + wide + 1,
        top: Math.min(a.y, b.y) - wide - 1,
        bottom: Math.max(a.y, b.y) + wide + 1,
      };
      box = union(
        box,
        this.#each(bounds, strength, owner, texture, (x, y) => {
          const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - a.x) * bx + (y - a.y) * by) / square));
          const dx = x - a.x - t * bx;
          const dy = y - a.y - t * by;
          const reach = wide + 0.5;
          const d = dx * dx + dy * dy;
          return d >= reach * reach ? 0 : (reach - Math.sqrt(d)) * pale;
        }),
      );
    }
    return box;
  }

  /** How much of a thing, 0 to 1, is neither written over nor beyond the edge (of its box). */
  shareLeft(owner: number): number {
    const whole = this.#whole[owner];
    if (!whole) return 1;
    const wide = Math.min(this.width, whole.x + whole.width) - Math.max(0, whole.x);
    const tall = Math.min(this.height, whole.y + whole.height) - Math.max(0, whole.y);
    const inside = (Math.max(0, wide) * Math.max(0, tall)) / (whole.width * whole.height);
    const left = this.#left[owner] ?? 0;
    const lost = this.#lost[owner] ?? 0;
    return lost === 0 ? inside : (inside * left) / (left + lost);
  }

  #each(
    bounds: Bounds,
    strength: number,
    owner: number,
    texture: Texture | undefined,
    share: Texture,
  ): Box | undefined {
    const left = Math.floor(bounds.left);
    const right = Math.ceil(bounds.right);
    const top = Math.floor(bounds.top);
    const bottom = Math.ceil(bounds.bottom);
    const inside = new Extent();
    const whole = new Extent();
    for (let y = top; y < bottom; y++) {
      for (let x = left, at = y * this.width + left; x < right; x++, at++) {
        let covered = share(x + 0.5, y + 0.5);
        if (covered <= 0) continue;
        if (covered > 1) covered = 1;
        if (texture) covered *= texture(x, y);
        if (covered > OWNED) whole.add(x, y);
        if (x < 0 || y < 0 || x >= this.width || y >= this.height) continue;
        if (covered * strength > this.cover[at]) this.cover[at] = covered * strength;
        if (covered <= OWNED) continue;
        const before = this.owner[at];
        if (before !== owner) this.#take(at, before, owner);
        inside.add(x, y);
      }
    }
    this.#whole[owner] = union(this.#whole[owner], whole.box);
    return inside.box;
  }

  #take(at: number, before: number, owner: number): void {
    this.owner[at] = owner;
    this.#left[owner] = (this.#left[owner] ?? 0) + 1;
    if (before === 0) return;
    this.#left[before]--;
    this.#lost[before] = (this.#lost[before] ?? 0) + 1;
  }
}

/** Grows about pixels. */
class Extent {
  #left = Infinity;
  #right = -Infinity;
  #top = Infinity;
  #bottom = -Infinity;

  add(x: number, y: number): void {
    if (x < this.#left) this.#left = x;
    if (x > this.#right) this.#right = x;
    if (y < this.#top) this.#top = y;
    if (y > this.#bottom) this.#bottom = y;
  }

  get box(): Box | undefined {
    const [x, y] = [this.#left, this.#top];
    return this.#right < x ? undefined : { x, y, width: this.#right - x + 1, height: this.#bottom - y + 1 };
  }
}

interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function boundsOf({ xx, xy, yx, yy, x, y }: Affine, left: number, top: number, right: number, bottom: number): Bounds {
  const xs = [left * xx + top * xy, right * xx + top * xy, left * xx + bottom * xy, right * xx + bottom * xy];
  const ys = [left * yx + top * yy, right * yx + top * yy, left * yx + bottom * yy, right * yx + bottom * yy];
  return {
    left: Math.min(...xs) + x,
    right: Math.max(...xs) + x,
    top: Math.min(...ys) + y,
    bottom: Math.max(...ys) + y,
  };
}

/** The way back. */
export function inverse({ xx, xy, yx, yy, x, y }: Affine): Affine {
  const d = xx * yy - xy * yx;
  return { xx: yy / d, xy: -xy / d, yx: -yx / d, yy: xx / d, x: (xy * y - yy * x) / d, y: (yx * x - xx * y) / d };
}

/** First `b`, then `a`. */
export function after(a: Affine, b: Affine): Affine {
  return {
    xx: a.xx * b.xx + a.xy * b.yx,
    xy: a.xx * b.xy + a.xy * b.yy,
    x: a.xx * b.x + a.xy * b.y + a.x,
    yx: a.yx * b.xx + a.yy * b.yx,
    yy: a.yx * b.xy + a.yy * b.yy,
    y: a.yx * b.x + a.yy * b.y + a.y,
  };
}
