import type { ExtractedDigit, Whole } from '../extract/digit';
import type { Surroundings } from '../extract/surroundings';
import { fuse, HARDLY, type Judgement } from './judgement';
import { correctPrior, type Prediction } from './prediction';
import { keyOf, picturesOf, chooseReading, wholesOf, withoutWhole } from './separated';
import { at, zip } from '../lists';

/** What both networks tell, one answer for each of what they are asked. */
export interface Networks {
  /** @param images each of 28×28 bytes, white ink (255) on black (0) */
  classify(images: readonly Uint8Array[]): Promise<Prediction[]>;
  judge(shapes: readonly Surroundings[]): Promise<Judgement[]>;
}

/** Whether a doubtful shape may be a digit, so that its own form is worth a look. */
export function mayBeDigit([digit = 0]: Judgement): boolean {
  return digit > HARDLY;
}

/** Networks that judge the same surroundings, told by identity, only once. */
export function withCachedJudgements<N extends Pick<Networks, 'judge'>>(networks: N): N {
  const known = new WeakMap<Surroundings, Judgement>();
  const { judge } = networks;
  return {
    ...networks,
    async judge(shapes: readonly Surroundings[]) {
      const asked = shapes.filter((shape) => !known.has(shape));
      const judged = asked.length > 0 ? await judge(asked) : [];
      for (const [shape, judgement] of zip(asked, judged)) known.set(shape, judgement);
      return shapes.map((shape) => known.get(shape) as Judgement);
    },
  };
}

/** Shapes, and a prediction for each. */
export interface Predicted {
  digits: ExtractedDigit[];
  predictions: Prediction[];
}

/**
 * Classifies shapes, and decides where parts of a shape compete with the whole.
 * @param isHandedIn whether the shapes are one picture that somebody took for a digit
 */
export async function predictDigits(
  networks: Networks,
  found: readonly ExtractedDigit[],
  isHandedIn = false,
): Promise<Predicted> {
  const { shapes, predictions } = await predict(networks, found);
  return chooseReading(shapes, isHandedIn ? predictions.map(correctPrior) : predictions);
}

/**
 * What both networks make of shapes: what stands about them is looked at first, so that of the doubtful ones only those
 * are looked at closer that may be digits.
 * @returns the shapes that are left, and a prediction for each of `picturesOf(shapes)`
 */
async function predict(
  networks: Networks,
  found: readonly ExtractedDigit[],
): Promise<{ shapes: ExtractedDigit[]; predictions: Prediction[] }> {
  const all = withWholes(found);
  const judgementOf = await judgementsOf(networks, all);
  const shapes = all.filter((shape) => isWorthClassifying(shape, judgementOf(shape)));
  if (shapes.length === 0) return { shapes, predictions: [] };
  const own = await networks.classify(picturesOf(shapes));
  const known = shapes.flatMap((shape, i) => {
    const judgement = judgementOf(shape);
    const { box, part, doubt } = shape;
    const prediction = at(own, i);
    return judgement ? [{ i, box, ...(part && { part }), ...(doubt && { doubt }), prediction, judgement }] : [];
  });
  const predictions = [...own];
  for (const [{ i }, prediction] of zip(known, fuse(known))) predictions[i] = prediction;
  return { shapes, predictions };
}

/**
 * Shapes with what stands about them judged: five numbers take its place. Doubtful shapes that are no digits are left
 * out.
 */
export async function judgedDigits(
  networks: Pick<Networks, 'judge'>,
  found: readonly ExtractedDigit[],
): Promise<ExtractedDigit[]> {
  const allWholes = wholesOf(found);
  const judgementOf = await judgementsOf(networks, [...found, ...allWholes]);
  const withJudgement = <T extends Whole>(shape: T): Omit<T, 'surroundings'> => {
    const judgement = judgementOf(shape);
    const copy = { ...shape, ...(judgement && { judgement }) };
    delete copy.surroundings;
    return copy;
  };
  const wholes = new Map(allWholes.map((whole) => [keyOf(whole), withJudgement(whole)]));
  return found
    .map(({ whole, ...shape }): ExtractedDigit => ({
      ...withJudgement(shape),
      ...(whole && { whole: wholes.get(keyOf(whole)) as Whole }),
    }))
    .filter((shape) => isWorthClassifying(shape, shape.judgement));
}

/** @returns tells what is said of a shape: its own judgement, or that of its surroundings, or nothing */
async function judgementsOf(
  networks: Pick<Networks, 'judge'>,
  shapes: readonly Whole[],
): Promise<(shape: Whole) => Judgement | undefined> {
  const seen = shapes.flatMap(({ surroundings }) => surroundings ?? []);
  const judged = seen.length === 0 ? [] : await networks.judge(seen);
  const judgements = new Map(zip(seen, judged));
  return ({ surroundings, judgement }) => judgement ?? (surroundings && judgements.get(surroundings));
}

function isWorthClassifying({ doubt }: ExtractedDigit, judgement: Judgement | undefined): boolean {
  return doubt === undefined || (judgement !== undefined && mayBeDigit(judgement));
}

/**
 * Where it is known what stands about shapes, wholes are shapes like others: the best path tells them from their parts.
 */
function withWholes(found: readonly ExtractedDigit[]): ExtractedDigit[] {
  const isKnown = ({ surroundings, judgement }: ExtractedDigit): boolean => (surroundings ?? judgement) !== undefined;
  const wholes = wholesOf(found.filter(isKnown)).map((whole): ExtractedDigit => ({
    ...whole,
    line: 0,
    doubt: 'several',
  }));
  return [...found.map((shape) => (isKnown(shape) ? withoutWhole(shape) : shape)), ...wholes];
}
