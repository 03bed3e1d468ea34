import { union } from '../../lib/extract/boxes';
import type { Box } from '../../lib/pictures/picture';
import type { Random } from '../../lib/random';
import type { Page } from './page';

/** Of all pages, so many are cropped closely about the writing, and so many lie on a side or upside down. */
const CROPPED = 0.08;
const TURNED = 0.04;

/** The greatest margin of a crop, a share of the longer side of the writing; and the least side of it, pixels. */
const MARGIN = 0.12;
const LEAST_SIDE = 24;

/** Digits that read the same after so many quarter turns, where they stand alone. */
const SAME: Readonly<Record<number, string>> = { 1: '0', 2: '018', 3: '0' };

/** Changes a few pages as people and programs do: crops them about the writing, or turns them by quarters. */
export function reframe(page: Page, random: Random): Page {
  const at = random.next();
  if (at < CROPPED) return cropPage(page, random);
  return at < CROPPED + TURNED ? turnPage(page, 1 + random.below(3)) : page;
}

/** The part of a page about its writing; the page itself where there is none, or where that is tiny. */
export function cropPage(page: Page, random: Random): Page {
  const { picture, things } = page;
  const written = things.filter(({ kind }) => kind !== 'mark');
  if (written.length === 0) return page;
  const { x: left, y: top, ...size } = written.map(({ box }) => box).reduce((a, b) => union(a, b));
  const right = left + size.width;
  const bottom = top + size.height;
  const most = random.between(0, MARGIN) * Math.max(size.width, size.height);
  const margin = (): number => most * random.between(0.5, 1);
  const x = clamp(left - margin(), picture.width);
  const y = clamp(top - margin(), picture.height);
  const width = clamp(right + margin(), picture.width) - x;
  const height = clamp(bottom + margin(), picture.height) - y;
  if (Math.min(width, height) < LEAST_SIDE) return page;
  return resampled(
    page,
    { width, height },
    (column, row) => (y + row) * picture.width + x + column,
    (box) => {
      const [fromX, fromY] = [clamp(box.x - x, width), clamp(box.y - y, height)];
      return {
        x: fromX,
        y: fromY,
        width: clamp(box.x + box.width - x, width) - fromX,
        height: clamp(box.y + box.height - y, height) - fromY,
      };
    },
  );
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));

/** Clockwise. What nobody can read like that is other writing. */
export function turnPage(page: Page, quarters: number): Page {
  let now = page;
  for (let i = 0; i < quarters; i++) {
    const { width, height } = now.picture;
    now = resampled(
      now,
      { width: height, height: width },
      (x, y) => (height - 1 - x) * width + y,
      (box) => ({
        x: height - box.y - box.height,
        y: box.x,
        width: box.height,
        height: box.width,
      }),
    );
  }
  const isAlone = page.things.filter(({ kind }) => kind !== 'mark').length === 1;
  const things = now.things.map((thing) =>
    thing.kind !== 'digit' || (isAlone && SAME[quarters].includes(thing.character))
      ? thing
      : { ...thing, kind: 'scribble' as const, character: '?' },
  );
  return { ...now, things };
}

/**
 * Another picture of the same pixels.
 * @param from the index of the old pixel that comes to a place
 * @param boxOf where a thing's box comes to
 */
function resampled(
  page: Page,
  { width, height }: { width: number; height: number },
  from: (x: number, y: number) => number,
  boxOf: (box: Box) => Box,
): Page {
  const data = new Uint8Array(width * height);
  const owner = new Uint16Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const old = from(x, y);
      data[at] = page.picture.data[old];
      owner[at] = page.owner[old];
    }
  }
  const things = page.things.map((thing) => ({ ...thing, box: boxOf(thing.box) }));
  return { ...page, picture: { data, width, height, channels: 1 }, owner, things };
}
