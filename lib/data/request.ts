import { randomInt } from 'node:crypto';
import { describe } from '../pictures/picture';
import type { DataSet } from './data-set';
import { DataSetError } from './idx';

/** What is wanted of a data set. */
export type DataRequest =
  /** All of it, to be passed on. */
  | { kind: 'all' }
  /** That it is fetched and read, anew where it had been before. */
  | { kind: 'fetch' }
  /** The digit of this number, counted from 0. */
  | { kind: 'sample'; index: number }
  /** So many, chosen at random. */
  | { kind: 'random'; count: number }
  /** A contact sheet: so many, chosen at random, or from one on. */
  | { kind: 'sheet'; count: number; from: number | undefined };

/** Most digits that are sent at once, and that stand on one sheet. */
const MOST_RANDOM = 1000;
const MOST_ON_SHEET = 400;

/** Digits on a sheet, unless told otherwise. */
const SHEET = 50;

const EXPECTED =
  'expected the number of a digit, "random", { random: how many }, "sheet", { sheet: how many, from: number }, ' +
  '"all" or "fetch"';

/**
 * Reads what a person asks for.
 * @throws DataSetError naming what was expected and what came
 */
export function parseRequest(value: unknown): DataRequest {
  if (typeof value === 'number') return { kind: 'sample', index: value };
  switch (value) {
    case 'all':
    case 'fetch':
      return { kind: value };
    case 'random':
      return { kind: 'random', count: 1 };
    case 'sheet':
      return { kind: 'sheet', count: SHEET, from: undefined };
    default:
  }
  if (typeof value !== 'object' || value === null) throw new DataSetError(`${EXPECTED}, got ${describe(value)}`);
  const { random, sheet, from } = value as Record<string, unknown>;
  if (random !== undefined) return { kind: 'random', count: checked('random', random, 1, MOST_RANDOM) };
  if (sheet === undefined) throw new DataSetError(`${EXPECTED}, got ${describe(value)}`);
  return {
    kind: 'sheet',
    count: sheet === true ? SHEET : checked('sheet', sheet, 1, MOST_ON_SHEET),
    from: from === undefined ? undefined : checked('from', from, 0, Number.MAX_SAFE_INTEGER),
  };
}

function checked(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new DataSetError(
    `expected ${name} to be a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ' on'}, got ` +
      describe(value),
  );
}

/** Numbers of different digits, chosen at random; all of them, in their order, where there are no more than `count`. */
export function randomIndices({ size }: DataSet, count: number): number[] {
  if (count >= size) return Array.from({ length: size }, (_, i) => i);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(randomInt(size));
  return [...chosen];
}

/**
 * Numbers of `count` digits from one on, fewer at the end of the set.
 * @throws DataSetError where it is no number of a digit
 */
export function indicesFrom(set: DataSet, from: number, count: number): number[] {
  set.sample(from);
  return Array.from({ length: Math.min(count, set.size - from) }, (_, i) => from + i);
}
