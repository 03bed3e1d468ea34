import { isDigit } from '../classify/reading';
import { areRivals } from '../classify/rivals';
import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { Box } from '../pictures/picture';
import type { Trace } from '../pipeline/trace';

/** What became of a shape: the reason why extract left it out, what the network made of it, or that it is a digit. */
export type Outcome = 'digit' | 'not a digit' | 'other writing' | 'rival' | NonNullable<ExplainedShape['doubt']>;

/**
 * How each outcome is drawn and what it means, in the words of the people who wrote on the paper. The colours are those
 * of Okabe and Ito ("Color Universal Design", 2008), which colour-blind people tell apart; where two outcomes share
 * one, their outlines differ.
 */
export const OUTCOMES: Readonly<Record<Outcome, { colour: string; dashed?: true; meaning: string }>> = {
  digit: { colour: '#009E73', meaning: 'taken for a digit' },
  'not a digit': { colour: '#D55E00', dashed: true, meaning: 'the network takes it for something else' },
  'other writing': { colour: '#0072B2', dashed: true, meaning: 'looks like a digit, but stands among other writing' },
  rival: { colour: '#009E73', dashed: true, meaning: 'the same ink is rather another digit, or others' },
  'touches the edge': { colour: '#D55E00', meaning: 'the edge of the picture cuts it' },
  speck: { colour: '#E69F00', meaning: 'too small for a digit, or much smaller than the others' },
  'too faint': { colour: '#56B4E9', meaning: 'ink too weak, or much weaker than the others' },
  'other pen': { colour: '#CC79A7', meaning: 'thinner and fainter than the others' },
  line: { colour: '#0072B2', meaning: 'long and thin, as a ruled line or a fold' },
  frame: { colour: '#000000', meaning: 'goes round others, or right across the picture' },
  'sheet edge': { colour: '#000000', dashed: true, meaning: 'bright on one side, dark on the other: a sheet ends' },
  several: { colour: '#CC79A7', dashed: true, meaning: 'rather several digits that touch' },
  part: { colour: '#E69F00', dashed: true, meaning: 'rather a part of a digit' },
  'closer look': { colour: '#56B4E9', dashed: true, meaning: 'seen only at a closer look, and no digit' },
  texture: { colour: '#767676', dashed: true, meaning: 'ink all about it, as in wood, cloth or print' },
};

/** A shape and what became of it in the whole way, as far as it went. */
export interface ShapeOutcome {
  box: Box;
  outcome: Outcome;
  /** What was read, where something was. */
  digit?: number;
  /** The digit that this shape shares ink with and has lost to. */
  lostTo?: Box;
}

/** What became of each of the 28×28 pictures; undefined where no network has seen them. */
export function digitOutcomes({ digits = [], classified }: Trace): (Outcome | undefined)[] {
  if (!classified) return digits.map(() => undefined);
  const read = new Set(classified.reading.digits.map(({ image }) => image));
  return digits.map((shape, i) => {
    if (read.has(shape.image)) return 'digit';
    const prediction = classified.predictions.at(i);
    if (!prediction || !isDigit(prediction)) return 'not a digit';
    return winnerOf(shape, digits, read) ? 'rival' : 'other writing';
  });
}

/** The digit that was read of the same ink. */
function winnerOf(
  shape: ExtractedDigit,
  digits: readonly ExtractedDigit[],
  read: ReadonlySet<Uint8Array>,
): Box | undefined {
  return digits.find((other) => other !== shape && read.has(other.image) && areRivals(shape, other))?.box;
}

/** Other ways to see the same ink: hundreds, of which only those that came to something are told. */
const OTHER_WAYS: readonly Outcome[] = ['part', 'several', 'closer look'];

/** What became of each shape of the mask. */
export function shapeOutcomes(trace: Trace): ShapeOutcome[] {
  const { digits = [], classified } = trace;
  const outcomes = digitOutcomes(trace);
  const read = new Set(classified?.reading.digits.map(({ image }) => image));
  const seen = digits.map((digit, i) => ({
    digit,
    outcome: outcomes[i],
    prediction: classified?.predictions[i],
  }));
  // A digit has its shape's box, and no two shapes of digits have the same.
  const byBox = new Map(seen.map((each) => [keyOf(each.digit.box), each]));
  const standing = new Set(
    seen
      .filter(({ digit, outcome }) => digit.doubt !== 'several' || outcome === 'digit')
      .map(({ digit }) => keyOf(digit.box)),
  );
  return settled(trace.extracted?.shapes ?? [], standing).flatMap(({ box, doubt }): ShapeOutcome[] => {
    const known = byBox.get(keyOf(box));
    const own = known?.outcome;
    // A doubt is only that: the networks may have taken the shape for a digit all the same.
    if (doubt && own !== 'digit' && own !== 'rival') return OTHER_WAYS.includes(doubt) ? [] : [{ box, outcome: doubt }];
    const outcome = own ?? 'digit';
    const digit = outcome === 'digit' ? known?.prediction?.digit : undefined;
    const lostTo = outcome === 'rival' && known ? winnerOf(known.digit, digits, read) : undefined;
    return [{ box, outcome, ...(digit !== undefined && { digit }), ...(lostTo && { lostTo }) }];
  });
}

/** The shapes as they were read: parts of which the network made one digit stand as that. */
function settled(shapes: readonly ExplainedShape[], standing: ReadonlySet<string>): ExplainedShape[] {
  const shown = new Set<string>();
  return shapes.flatMap((shape) => {
    const key = shape.whole && keyOf(shape.whole);
    if (!shape.whole || key === undefined || shape.doubt === 'part' || !standing.has(key)) return [shape];
    if (shown.has(key)) return [];
    shown.add(key);
    return [{ box: shape.whole }];
  });
}

/** How many shapes met each outcome, in the order of `OUTCOMES`. */
export function countOutcomes(shapes: readonly Pick<ShapeOutcome, 'outcome'>[]): { outcome: Outcome; count: number }[] {
  return (Object.keys(OUTCOMES) as Outcome[])
    .map((outcome) => ({ outcome, count: shapes.filter((shape) => shape.outcome === outcome).length }))
    .filter(({ count }) => count > 0);
}

function keyOf({ x, y, width, height }: Box): string {
  return [x, y, width, height].join();
}
