/** What may come from a broker, field by field. Fields that are not named here are left out of what is parsed. */
import type { GenericSchema, InferOutput } from 'valibot';
import { CANDIDATES } from '../classify/judgement';
import { DOUBTS } from '../extract/doubts';
import { describe } from '../pictures/picture';
import { LONGEST_NAME, LONGEST_SIDE, LONGEST_TEXT, MOST_DIGITS } from './limits';
import { DIGITS } from '../digit';

type Valibot = typeof import('valibot');
type Fields = ReturnType<typeof makeFields>;

/** Made at the first message, and the library loaded with it, so that loading this module costs next to nothing. */
let made: ReturnType<typeof make> | undefined;
export const schemas = (): ReturnType<typeof make> => (made ??= make());

export type JobHead = InferOutput<ReturnType<typeof make>['job']>;

/** Of a JavaScript Date, milliseconds before and after 1970. */
const LONGEST_TIME = 8.64e15;

/** By so much the probabilities of a digit may exceed 1: they are rounded. */
const ROUNDING = 0.01;

function make() {
  const v = require('valibot') as Valibot;
  const fields = makeFields(v);
  return { job: makeJob(v, fields), reading: makeReading(v, fields) };
}

/** Kinds of values, each with the text that says what is expected, and what jobs and readings have in common. */
function makeFields(v: Valibot) {
  const number = (least: number, most: number, what = `a number from ${least} to ${most}`) =>
    v.pipe(v.number(what), v.minValue(least, what), v.maxValue(most, what));
  const whole = (least: number, most: number) => {
    const what = `a whole number from ${least} to ${most}`;
    return v.pipe(number(least, most, what), v.integer(what));
  };
  const text = (least: number, most: number) => {
    const what = `a text of ${least} to ${most} characters`;
    return v.pipe(v.string(what), v.minLength(least, what), v.maxLength(most, what));
  };
  const list = <T extends GenericSchema>(of: T, most: number) => {
    const what = `a list of at most ${most}`;
    return v.pipe(v.array(of, what), v.maxLength(most, what));
  };
  const object = <T extends Record<string, GenericSchema>>(fields: T) => v.object(fields, 'an object');
  const key = {
    camera: text(1, LONGEST_NAME),
    id: text(1, LONGEST_NAME),
    at: number(-LONGEST_TIME, LONGEST_TIME),
    run: text(1, LONGEST_NAME),
    sequence: whole(0, Number.MAX_SAFE_INTEGER),
  };
  const position = number(0, LONGEST_SIDE);
  const length = v.pipe(position, v.gtValue(0, `a number above 0, at most ${LONGEST_SIDE}`));
  return { whole, text, list, object, key, position, length, share: number(0, 1), line: whole(0, MOST_DIGITS) };
}

function makeJob(v: Valibot, { whole, list, object, key, position, length, share, line }: Fields) {
  const side = whole(1, LONGEST_SIDE);
  const place = whole(0, MOST_DIGITS - 1);
  const corners = [position, position, length, length] as const;
  const digitBox = v.union(
    [v.strictTuple([...corners, line]), v.strictTuple([...corners, line, place])],
    'x, y, width, height, line of a digit and, for a part, the place of its whole',
  );
  const judgement = v.strictTuple(
    [share, share, share, share, share],
    `${CANDIDATES.length} probabilities of what stands there`,
  );
  const doubt = v.strictTuple([place, whole(0, DOUBTS.length - 1)], 'a box and its doubt, by their places');
  const part = v.strictTuple(
    [place, ...corners, place, place],
    'the place of a box, the box that it is a part of, its first and its last piece',
  );
  const wholeBox = v.strictTuple(corners, 'x, y, width and height of a whole');
  return object({
    ...key,
    width: side,
    height: side,
    boxes: list(digitBox, MOST_DIGITS),
    judgements: v.optional(list(v.nullable(judgement), 2 * MOST_DIGITS), []),
    doubts: v.optional(list(doubt, MOST_DIGITS), []),
    parts: v.optional(list(part, MOST_DIGITS), []),
    wholes: v.optional(list(wholeBox, MOST_DIGITS), []),
  });
}

function makeReading(v: Valibot, { whole, text, list, object, key, position, length, share, line }: Fields) {
  const yesOrNo = v.boolean('true or false');
  const shares = `${DIGITS} numbers from 0 to 1 whose sum is at most 1`;
  const probabilities = v.pipe(
    v.array(share, shares),
    v.length(DIGITS, shares),
    v.check((each) => each.reduce((a, b) => a + b, 0) <= 1 + ROUNDING, shares),
  );
  const box = object({ x: position, y: position, width: length, height: length });
  return object({
    ...key,
    text: v.pipe(text(0, LONGEST_TEXT), v.regex(/^(\d+(\n\d+)*)?$/, 'digits, with a newline between lines of writing')),
    confidence: share,
    digits: list(object({ digit: whole(0, DIGITS - 1), confidence: share, probabilities, box, line }), MOST_DIGITS),
    otherWriting: v.exactOptional(yesOrNo),
    accepted: v.exactOptional(yesOrNo),
    reason: v.exactOptional(text(0, LONGEST_TEXT)),
    error: v.exactOptional(text(0, LONGEST_TEXT)),
    reader: text(1, 255),
  });
}

/** @throws Error naming the field, what was expected of it and what came */
export function parse<T extends GenericSchema>(schema: T, value: unknown): InferOutput<T> {
  const v = require('valibot') as Valibot;
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  if (!path) throw new Error(`expected ${issue.message}, got ${describe(issue.input)}`);
  // An object tells of a field that is missing as if it were its own trouble.
  if (issue.type === 'object' && issue.input === undefined) throw new Error(`expected ${path}, got none`);
  throw new Error(`expected ${path} to be ${issue.message}, got ${describe(issue.input)}`);
}
