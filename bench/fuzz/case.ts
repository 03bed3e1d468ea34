// What an area of the fuzzer is made of: cases, and what each comes to.
import type { Dice } from './dice';

/** What must never happen; the columns that have to be 0. */
export const FAULTS = {
  crash: 'a process or worker died',
  hang: 'no answer within the deadline',
  wrong: 'accepted with a result that cannot be',
  outside: 'a file was written where none may be',
  unhandled: 'a rejection that nobody handled',
  unanswered: 'neither sent on, nor done, nor failed',
  unclear: 'refused with an error that does not say what is wrong',
} as const;
export type Fault = keyof typeof FAULTS;

export interface Finding {
  fault: Fault;
  /** In words; findings that differ in numbers and names only are taken for one kind. */
  detail: string;
}

/** What a case came to. */
export interface Outcome {
  accepted: boolean;
  findings: Finding[];
  /** Whether nothing more can be learnt from this session, so that the next case needs another. */
  spoilt?: boolean;
}

export interface FuzzCase {
  /** What was done to what, in a few words. */
  name: string;
  /** What `--keep` writes to a file. */
  input?: Uint8Array | string | undefined;
  /** Where it watches over deadlines itself, of several things: it must be done by then at the latest, milliseconds. */
  deadline?: number;
  run(): Promise<Outcome>;
}

/** An area with everything started that its cases need. */
export interface Session {
  /** Makes a case; it depends on the dice and on nothing else. */
  make(dice: Dice): Promise<FuzzCase> | FuzzCase;
  close?(): Promise<void>;
}

/**
 * What an area's module exports as `open`. It also proves that good input is read right, before anything is damaged.
 * @returns in words why nothing can be tried here, where something that it needs is not installed
 */
export type OpenArea = (context: {
  /** An empty folder of the area's own. */
  folder: string;
  /** Within which a message has to be answered, milliseconds. */
  deadline: number;
}) => Promise<Session | string>;

/** Messages of JavaScript itself, which say nothing to a person about what they have sent. */
const INTERNAL = new RegExp(
  [
    'cannot read prop',
    'is not a function',
    'is not iterable',
    'is not defined',
    'is not a constructor',
    'invalid array length',
    'array buffer allocation',
    'call stack',
    'could not be cloned',
    'circular structure',
    String.raw`\[object Object\]`,
    'undefined is not',
    'cannot convert',
    'incompatible receiver',
    'cannot destructure',
    'out of range. it must be',
    'invalid array buffer',
    'offset is out',
    'cannot perform',
    'detached',
    'must be of type',
    'cannot mix bigint',
    'cannot set prop',
    'cannot assign',
    'cannot add property',
    'invalid string length',
  ].join('|'),
  'i',
);

/** What parsers say; it tells enough behind what was expected. */
const PARSER = /not valid json|unexpected token|unexpected end of (json|input)|unterminated string in json/i;

type ErrorClass = abstract new (...args: never[]) => Error;

/** What is wrong with an error, if it is not one that tells a person what was wrong; undefined for one that does. */
export function whatIsUnclear(error: unknown, classes: readonly ErrorClass[]): string | undefined {
  if (!(error instanceof Error)) return `threw ${typeof error}, no Error`;
  if (error.message.length < 12) return `${error.name} says only "${error.message}"`;
  if (INTERNAL.test(error.message) || (PARSER.test(error.message) && !error.message.includes('expected ')))
    return `${error.name}: ${error.message}`;
  if (classes.length > 0 && !classes.some((each) => error instanceof each)) {
    const came = `${error.constructor.name} with the name ${error.name}`;
    return `expected an error of the class ${classes[0]!.name}, got ${came}\n${error.message}`;
  }
  return undefined;
}

/** A refusal: fine where its error is clear. A worker that died is a crash, whatever the error says. */
export function refusal(error: unknown, classes: readonly ErrorClass[]): Outcome {
  const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'WorkerError' && code === 'crashed')
    return { accepted: false, findings: [{ fault: 'crash', detail: `a worker died: ${String(message)}` }] };
  const unclear = whatIsUnclear(error, classes);
  return { accepted: false, findings: unclear ? [{ fault: 'unclear', detail: unclear }] : [] };
}

export function accepted(problem?: string): Outcome {
  return { accepted: true, findings: problem ? [{ fault: 'wrong', detail: problem }] : [] };
}

/** The same for details that differ in numbers, names and places only. */
export function kindOf(detail: string): string {
  return detail
    .split('\n')[0]!
    .replace(/[[{].*[\]}]/g, '…')
    .replace(/(["'`]).*?\1/g, '…')
    .replace(/(?:\/[\w.@ %-]+)+/g, '/…')
    .replace(/\b[0-9a-f]{8,}\b/g, 'X')
    .replace(/-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?/g, 'N')
    .slice(0, 140);
}

/** What a case's name says before it comes to particulars. */
export function beginning(name: string): string {
  return name.split(',')[0]!;
}
