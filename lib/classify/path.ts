/**
 * Decides which of the shapes that share ink are the digits. Shapes that share none are independent of each other, so
 * that each group of rivals is decided for itself: of all ways to take shapes without two rivals the most likely one,
 * and how likely it is. With cuts from left to right that is the best path through a line's candidates by dynamic
 * programming (LeCun et al. 1998, "Gradient-based learning applied to document recognition", section VI).
 */
import { coincide } from '../extract/boxes';
import { rivalsOf, type Inked } from './rivals';
import { at } from '../lists';

/** What a network makes of a shape. */
export interface Judged extends Inked {
  /** Probability that it is a digit, and the right one. */
  confidence: number;
  digit: number;
  /** Probability that it is none. */
  notDigit: number;
}

export interface Path {
  /** The shapes that are taken for digits. */
  taken: boolean[];
  /** Probability that these, and no others, are the digits that stand there. */
  confidence: number;
}

/**
 * Ways that are followed at once, the likeliest: in clutter there are very many, nearly all of them next to impossible.
 */
const MOST_WAYS = 256;

/** Two looks at one digit have so much in common, as a share of both boxes together. */
const SAME_DIGIT = 0.6;

/** Probabilities nearer to 0 or 1 say no more than that. */
const LEAST = 1e-6;

/** Finds the best path through shapes. */
export function bestPath(shapes: readonly Judged[]): Path {
  const rivals = rivalsOf(shapes);
  const taken = shapes.map(() => false);
  const seen = new Set<number>();
  let confidence = 1;
  for (const first of shapes.keys()) {
    if (seen.has(first)) continue;
    const group = [first];
    seen.add(first);
    for (const member of group) {
      for (const rival of at(rivals, member)) {
        if (seen.has(rival)) continue;
        seen.add(rival);
        group.push(rival);
      }
    }
    const way = bestWay(group, shapes, rivals);
    confidence *= way.probability;
    for (const index of way.taken) taken[index] = true;
  }
  return { taken, confidence };
}

/** A way through the shapes so far, with all others that leave the same choice to those that follow. */
interface Way {
  /** Sum of the weights of all these ways, and that of the likeliest of them. */
  all: number;
  best: number;
  taken: number[];
  /** Of the taken ones those that have rivals among the shapes to come. */
  open: number[];
}

/** The likeliest way through one group, and its share of all ways. */
function bestWay(
  group: readonly number[],
  shapes: readonly Judged[],
  rivals: readonly number[][],
): { taken: number[]; probability: number } {
  const order = withoutRepeats(group, shapes).sort((a, b) => a.shape.box.x - b.shape.box.x);
  const placeOf = new Map(order.map(({ index }, place) => [index, place]));
  const lastRival = order.map(({ index }) =>
    Math.max(-1, ...at(rivals, index).map((rival) => placeOf.get(rival) ?? -1)),
  );
  let ways: Way[] = [{ all: 1, best: 1, taken: [], open: [] }];
  for (const [place, { index, odds, right }] of order.entries()) {
    const next = new Map<string, Way>();
    const add = (way: Way, taken: number[], weight: number, rightness: number): void => {
      const open = [...way.open, ...(taken === way.taken ? [] : [index])].filter(
        (other) => at(lastRival, placeOf.get(other) ?? 0) > place,
      );
      const key = open.join();
      const all = way.all * weight;
      const best = way.best * weight * rightness;
      const known = next.get(key);
      if (!known) next.set(key, { all, best, taken, open });
      else {
        known.all += all;
        if (best > known.best) Object.assign(known, { best, taken });
      }
    };
    for (const way of ways) {
      add(way, way.taken, 1, 1);
      if (!way.open.some((other) => at(rivals, index).includes(other))) add(way, [...way.taken, index], odds, right);
    }
    ways = [...next.values()].sort((a, b) => b.all - a.all).slice(0, MOST_WAYS);
    // Thousands of shapes would leave the range of numbers.
    const scale = 1 / at(ways, 0).all;
    for (const way of ways) [way.all, way.best] = [way.all * scale, way.best * scale];
  }
  const best = ways.reduce((a, b) => (b.best > a.best ? b : a));
  const all = ways.reduce((sum, way) => sum + way.all, 0);
  return { taken: best.taken, probability: best.best / all };
}

interface Candidate {
  index: number;
  shape: Judged;
  odds: number;
  right: number;
}

/** Two looks at the same digit are one shape, twice as likely. */
function withoutRepeats(group: readonly number[], shapes: readonly Judged[]): Candidate[] {
  const candidates: Candidate[] = [];
  const members = group.map((index) => ({ index, shape: at(shapes, index) }));
  for (const { index, shape } of members.sort((a, b) => a.shape.notDigit - b.shape.notDigit)) {
    const { notDigit, confidence, digit, box } = shape;
    const is = Math.min(1 - LEAST, Math.max(LEAST, 1 - notDigit));
    const odds = is / (1 - is);
    const same = candidates.find((other) => other.shape.digit === digit && coincide(other.shape.box, box, SAME_DIGIT));
    if (same) same.odds += odds;
    else candidates.push({ index, shape, odds, right: Math.min(1, confidence / is) });
  }
  return candidates;
}
