import { isDigit } from '../classify/reading';
import type { ExplainedShape } from '../extract/digit';
import type { Box } from '../pictures/picture';
import type { Trace } from './trace';

/** What became of a shape: the reason why extract left it out, what the network made of it, or that it is a digit. */
export type Fate = 'digit' | 'not a digit' | 'other writing' | NonNullable<ExplainedShape['leftOut']>;

/**
 * How each fate is drawn and what it means, in the words of the people who wrote on the paper. The colours are those of
 * Okabe and Ito ("Color Universal Design", 2008), which colour-blind people tell apart; where two fates share one, their
 * outlines differ.
 */
export const FATES: Readonly<Record<Fate, { colour: string; dashed?: true; meaning: string }>> = {
  'digit': { colour: '#009E73', meaning: 'taken for a digit' },
  'not a digit': { colour: '#D55E00', dashed: true, meaning: 'the network takes it for something else' },
  'other writing': { colour: '#0072B2', dashed: true, meaning: 'looks like a digit, but stands among other writing' },
  'touches the edge': { colour: '#D55E00', meaning: 'the edge of the picture cuts it' },
  'speck': { colour: '#E69F00', meaning: 'too small for a digit, or much smaller than the others' },
  'too faint': { colour: '#56B4E9', meaning: 'ink too weak, or much weaker than the others' },
  'other pen': { colour: '#CC79A7', meaning: 'thinner and fainter than the others' },
  'line': { colour: '#0072B2', meaning: 'long and thin, as a ruled line or a fold' },
  'frame': { colour: '#000000', meaning: 'goes round others, or right across the picture' },
  'sheet edge': { colour: '#000000', dashed: true, meaning: 'bright on one side, dark on the other: a sheet ends' },
  'texture': { colour: '#767676', dashed: true, meaning: 'ink all about it, as in wood, cloth or print' },
};

/** A shape and what became of it in the whole way, as far as it went. */
export interface ShapeFate {
  box: Box;
  fate: Fate;
  /** What was read, where something was. */
  digit?: number;
}

/** What became of each of the 28×28 pictures; undefined where no network has seen them. */
export function digitFates({ digits = [], classified }: Trace): (Fate | undefined)[] {
  if (!classified) return digits.map(() => undefined);
  const read = new Set(classified.reading.digits.map(({ image }) => image));
  return digits.map(({ image }, i) => {
    if (read.has(image)) return 'digit';
    return isDigit(classified.predictions[i]) ? 'other writing' : 'not a digit';
  });
}

/** What became of each shape of the mask. */
export function shapeFates(trace: Trace): ShapeFate[] {
  const fates = digitFates(trace);
  // A digit has its shape's box, and no two shapes of digits have the same.
  const digits = new Map((trace.digits ?? []).map(({ box }, i) => [keyOf(box), i]));
  return settled(trace.extracted?.shapes ?? [], digits).map(({ box, leftOut }) => {
    const index = digits.get(keyOf(box));
    // A doubt is only that: the networks may have taken the shape for a digit all the same.
    if (leftOut && (index === undefined || fates[index] !== 'digit')) return { box, fate: leftOut };
    const fate = (index === undefined ? undefined : fates[index]) ?? 'digit';
    const prediction = index === undefined ? undefined : trace.classified?.predictions[index];
    return { box, fate, ...(fate === 'digit' && prediction && { digit: prediction.digit }) };
  });
}

/** The shapes as they were read: parts of which the network made one digit stand as that. */
function settled(shapes: readonly ExplainedShape[], digits: ReadonlyMap<string, number>): ExplainedShape[] {
  const shown = new Set<string>();
  return shapes.flatMap((shape) => {
    const key = shape.whole && keyOf(shape.whole);
    if (!shape.whole || key === undefined || !digits.has(key)) return [shape];
    if (shown.has(key)) return [];
    shown.add(key);
    return [{ box: shape.whole }];
  });
}

/** How many shapes met each fate, in the order of `FATES`. */
export function countFates(shapes: readonly Pick<ShapeFate, 'fate'>[]): { fate: Fate; count: number }[] {
  return (Object.keys(FATES) as Fate[])
    .map((fate) => ({ fate, count: shapes.filter((shape) => shape.fate === fate).length }))
    .filter(({ count }) => count > 0);
}

function keyOf({ x, y, width, height }: Box): string {
  return [x, y, width, height].join();
}
