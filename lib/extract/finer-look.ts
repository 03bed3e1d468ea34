import type { Box } from '../pictures/picture';
import { common } from './boxes';
import type { ExtractedDigit } from './digit';
import { readingOrder } from './lines';
import { at } from '../lists';

/** The digits' network sees 28 × 28 pixels: writing that is lower than that tells more at a higher resolution. */
const SMALL = 28;

/** A region shows so many times the small writing's height about it: its lines go on, and its edge is not theirs. */
const ABOUT = 2;

/** Less than this enlarged it tells hardly more. */
const LEAST_ENLARGED = 1.4;

interface Size {
  width: number;
  height: number;
}

/**
 * Where a large picture has small writing, which is to be looked at again at the resolution that it came in.
 * @param found in pixels of the whole picture
 * @param whole its size
 * @param seen the size at which it has been looked at
 * @param most pixels at which the region will be looked at
 * @returns in pixels of the whole picture; undefined where that would not show more, or cut large writing
 */
export function finerRegion(
  found: readonly ExtractedDigit[],
  whole: Size,
  seen: Size,
  most = seen.width * seen.height,
): Box | undefined {
  const scale = whole.width / seen.width;
  if (scale < LEAST_ENLARGED) return undefined;
  const written = found.filter(({ doubt }) => doubt === undefined || doubt === 'closer look');
  const isSmall = ({ box: { width, height } }: ExtractedDigit): boolean => Math.max(width, height) < SMALL * scale;
  if (!written.some((digit) => digit.doubt === undefined && isSmall(digit))) return undefined;
  const small = written.filter(isSmall).map(({ box }) => box);
  const large = written.filter((digit) => !isSmall(digit));
  const margin = ABOUT * Math.max(...small.map(({ width, height }) => Math.max(width, height)));
  const left = Math.max(0, Math.floor(Math.min(...small.map(({ x }) => x)) - margin));
  const top = Math.max(0, Math.floor(Math.min(...small.map(({ y }) => y)) - margin));
  const right = Math.min(whole.width, Math.ceil(Math.max(...small.map(({ x, width }) => x + width)) + margin));
  const bottom = Math.min(whole.height, Math.ceil(Math.max(...small.map(({ y, height }) => y + height)) + margin));
  const region = { x: left, y: top, width: right - left, height: bottom - top };
  // Pieces of large writing are small, too, and a region would cut it.
  if (large.some(({ box }) => common(box, region) > 0)) return undefined;
  const enlarged = scale * Math.min(1, Math.sqrt(most / (region.width * region.height)));
  return enlarged >= LEAST_ENLARGED ? region : undefined;
}

/** What was found in the whole picture, with what was found in a region of it in the place of what had been there. */
export function withFiner(
  found: readonly ExtractedDigit[],
  finer: readonly ExtractedDigit[],
  region: Box,
): ExtractedDigit[] {
  const all = [...found.filter(({ box }) => !isWithin(box, region)), ...finer.map((digit) => moved(digit, region))];
  const likely = all.filter(({ doubt }) => doubt === undefined);
  const lines = readingOrder(likely.map(({ box }) => box));
  return [
    ...lines.flatMap((line, number) => line.map((index) => ({ ...at(likely, index), line: number }))),
    ...all.filter(({ doubt }) => doubt !== undefined).map((digit) => ({ ...digit, line: lines.length })),
  ];
}

/** Whether the middle of a box lies in a region. */
export function isWithin({ x, y, width, height }: Box, region: Box): boolean {
  const across = x + width / 2 - region.x;
  const down = y + height / 2 - region.y;
  return across >= 0 && down >= 0 && across < region.width && down < region.height;
}

/** From pixels of the region to those of the whole picture. */
function moved({ whole, part, ...digit }: ExtractedDigit, region: Box): ExtractedDigit {
  return {
    ...digit,
    box: movedBox(digit.box, region),
    ...(part && { part: { ...part, of: movedBox(part.of, region) } }),
    ...(whole && { whole: { ...whole, box: movedBox(whole.box, region) } }),
  };
}

/** A box in pixels of the picture that a region begins in at `x`, `y`. */
export function movedBox(box: Box, { x, y }: Box): Box {
  return { ...box, x: box.x + x, y: box.y + y };
}
