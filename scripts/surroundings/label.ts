import type { Candidate } from '../../lib/classify/judgement';
import type { Component } from '../../lib/extract/components';
import type { Page } from '../pages/page';

/** A digit is whole with this share of its ink, and a piece with less than that; what lies between says nothing. */
const WHOLE = 0.8;
const PIECE = 0.65;

/** So much of a candidate's ink belongs to one digit, where it is that digit; less is a matter of taste. */
const PURE = 0.8;

/** A candidate's pixels that nobody has written are its blurred border; more than this share is something else. */
const FOREIGN = 0.6;

/** Letters and signs that nobody can tell from a digit where they stand alone. */
const LIKE_DIGITS = /^[OoIlSsZzbgqBGT|!/\\()?'`,.:-]$/;

/** What there is to know of a page's ink: pixels of each thing, from 1 on. */
export function inkOf({ owner, things }: Page): Uint32Array {
  const counts = new Uint32Array(things.length + 1);
  for (const thing of owner) counts[thing]++;
  return counts;
}

/**
 * Tells what a candidate of a page is.
 * @returns undefined where that is not clear; for a digit which one, and its number among the page's things, from 1 on
 */
export function labelOf(
  shape: Component,
  page: Page,
  ink: Uint32Array,
): { candidate: Candidate; digit?: number; thing?: number } | undefined {
  const { things } = page;
  const counts = countsOf(shape, page);
  const written = shape.area - (counts.get(0) ?? 0);
  if (written < shape.area * (1 - FOREIGN)) {
    return written < shape.area * 0.15 ? { candidate: 'no writing' } : undefined;
  }
  const parts = [...counts]
    .filter(([thing]) => thing > 0)
    .map(([thing, count]) => ({
      ...things[thing - 1],
      thing,
      share: count / written,
      whole: count / ink[thing],
    }))
    .sort((a, b) => b.share - a.share);
  const digits = parts.filter(({ kind, share }) => kind === 'digit' && share > 0.12);
  const [first] = parts;
  if (first.kind === 'digit' && first.share >= PURE) {
    if (first.whole >= WHOLE) return { candidate: 'digit', digit: Number(first.character), thing: first.thing };
    return first.whole < PIECE ? { candidate: 'piece' } : undefined;
  }
  if (digits.length > 1 && digits.reduce((sum, { share }) => sum + share, 0) >= PURE) return { candidate: 'several' };
  const others = parts.filter(({ kind }) => kind !== 'digit').reduce((sum, { share }) => sum + share, 0);
  if (others < PURE) return undefined;
  const isAlone = things.filter(({ kind }) => kind === 'letter' || kind === 'sign').length === 1;
  return isAlone && LIKE_DIGITS.test(first.character) ? undefined : { candidate: 'other writing' };
}

/** How many of a shape's pixels each thing of the page has; 0 stands for what nobody has written. */
function countsOf({ runs }: Component, { owner, picture: { width } }: Page): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { y, start, end } of runs) {
    for (let at = y * width + start; at < y * width + end; at++) {
      counts.set(owner[at], (counts.get(owner[at]) ?? 0) + 1);
    }
  }
  return counts;
}
