import { keyOf } from '../classify/separated';
import { textOf } from '../classify/reading';
import type { Digit, ExtractedDigit } from '../extract/digit';
import { describe, type Box } from '../pictures/picture';
import { FleetError } from './errors';
import type { Job, JobKey } from './job';
import { MOST_BYTES } from './limits';
import { parse, schemas } from './schema';

/** What a reader publishes for a job, as JSON. */
export interface FleetReading extends JobKey {
  text: string;
  confidence: number;
  digits: Omit<Digit, 'image'>[];
  otherWriting?: boolean;
  /** Where a confidence filter has judged it. */
  accepted?: boolean;
  reason?: string;
  /** Why there is no reading. */
  error?: string;
  /** Who read it. */
  reader: string;
}

/** What of a job its reading has to fit. */
export type Expected = JobKey & { digits: Shape[] };
type Shape = Pick<ExtractedDigit, 'box' | 'line' | 'judgement'> & { whole?: { box: Box } };

/** @returns a job without its pictures */
export function expectedOf({ camera, id, at, run, sequence, digits }: Job): Expected {
  return {
    camera,
    id,
    at,
    run,
    sequence,
    digits: digits.map(({ box, line, whole, judgement }) => ({
      box,
      line,
      ...(whole && { whole: { box: whole.box } }),
      ...(judgement && { judgement }),
    })),
  };
}

/** @throws FleetError where a message is no reading */
export function decodeReading(message: Buffer): FleetReading {
  if (message.length > MOST_BYTES)
    throw new FleetError(`expected a reading of at most ${MOST_BYTES} bytes, got ${describe(message)}`, 'no reading');
  try {
    return parse(schemas().reading, JSON.parse(message.toString()));
  } catch (error) {
    throw new FleetError(`expected a reading, got ${describe(message)}: ${(error as Error).message}`, 'no reading', {
      cause: error,
    });
  }
}

/**
 * @returns a reading as it is published: without pictures, probabilities to four places, as more would be most of the
 *   message
 * @throws FleetError where it is none
 */
export function packReading(value: object): FleetReading {
  try {
    const reading = parse(schemas().reading, value);
    const digits = reading.digits.map(({ probabilities, ...digit }) => ({
      ...digit,
      probabilities: probabilities.map((probability) => Math.round(probability * 1e4) / 1e4),
    }));
    return { ...reading, digits };
  } catch (error) {
    throw new FleetError(`expected a reading: ${(error as Error).message}`, 'no reading', { cause: error });
  }
}

/**
 * Whether a reading can be that of a job: of the same frame, its digits some of the job's in their order, its text
 * theirs. (Shapes that are no digits are left out of a reading, and parts may be read as their whole.)
 * @throws FleetError naming what does not fit
 */
export function checkReading(reading: FleetReading, job: Expected): void {
  const refuse = (what: string, expected: unknown, got: unknown): never => {
    throw new FleetError(
      `expected the reading of job ${job.id} of ${job.camera}: its ${what} to be ${describe(expected)}, got ` +
        describe(got),
      'wrong reading',
    );
  };
  for (const name of ['camera', 'run', 'sequence', 'id', 'at'] as const)
    if (reading[name] !== job[name]) refuse(name, job[name], reading[name]);
  const { text, confidence, digits, error } = reading;
  if (error !== undefined && digits.length > 0) refuse('digits, as there is an error', [], digits);
  if (digits.length === 0 && confidence !== 0) refuse('confidence, as there is no digit', 0, confidence);
  const read = textOf(digits);
  if (text !== read) refuse('text', read, text);
  const stranger = strangerAmong(digits, job.digits);
  if (stranger)
    throw new FleetError(
      `expected the reading of job ${job.id} of ${job.camera}: digits at its boxes, in their order, got one at ` +
        `${keyOf(stranger)} (x, y, width, height), line ${stranger.line}`,
      'wrong reading',
    );
}

/**
 * The first digit that is not among the shapes, or not in their order. Judged shapes have none: which of them are
 * digits, and so which stand in a line, the reader finds out.
 */
function strangerAmong(digits: FleetReading['digits'], shapes: Shape[]): FleetReading['digits'][number] | undefined {
  if (shapes.some(({ judgement }) => judgement !== undefined)) {
    const left = new Set(shapes.flatMap(({ box, whole }) => [keyOf({ box }), ...(whole ? [keyOf(whole)] : [])]));
    return digits.find((digit) => !left.delete(keyOf(digit)));
  }
  // How each whole was read: as itself, or in parts.
  const readAs = new Map<string, 'whole' | 'parts'>();
  let next = 0;
  for (const { box, line, whole } of shapes) {
    const digit = digits.at(next);
    const key = whole && keyOf(whole);
    const before = key && readAs.get(key);
    if (digit?.line !== line || before === 'whole') continue;
    const isSelf = keyOf(digit) === keyOf({ box });
    const isWhole = keyOf(digit) === key && before === undefined;
    if (!isSelf && !isWhole) continue;
    if (key) readAs.set(key, isSelf ? 'parts' : 'whole');
    next++;
  }
  return digits.at(next);
}
