import { ExplainedError } from '../errors';

/** Why a worker did not answer. */
export type WorkerFailure =
  /** It ended while it worked. */
  | 'crashed'
  /** It took longer than its deadline and was ended. */
  | 'late'
  /** Too many requests are waiting already. */
  | 'full'
  /** Its last user has closed it, or the request was withdrawn. */
  | 'closed'
  /** What was to be sent holds something that cannot be copied, such as a function. */
  | 'not-sendable';

const STATUS: Record<WorkerFailure, string> = {
  crashed: 'worker stopped',
  late: 'took too long',
  full: 'too many requests',
  closed: 'stopped',
  'not-sendable': 'cannot be sent',
};

/** A request failed on account of its worker, not of what was asked. */
export class WorkerError extends ExplainedError {
  override name = 'WorkerError';
  declare readonly code: WorkerFailure;
  /** How a worker that crashed has ended, e.g. "its process ended with SIGILL", where that is known. */
  readonly how: string | undefined;

  constructor(
    code: WorkerFailure,
    message: string,
    { how, ...options }: ErrorOptions & { how?: string | undefined } = {},
  ) {
    super(message, { code, status: STATUS[code], ...options });
    this.how = how;
  }
}

/** A class of errors. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** An error on its way between a worker and its host. */
export interface EncodedError {
  name: string;
  message: string;
  stack: string | undefined;
  /** Its own texts, numbers and truth values, such as `code`, `status` and `hint`. */
  properties: Record<string, unknown>;
  cause?: EncodedError;
}

/** Causes of causes that are sent along. */
const MOST_CAUSES = 3;

/** JavaScript's own classes of errors, which every worker may throw. */
const BUILT_IN: readonly ErrorClass[] = [TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError];

/** Takes from an error what can be sent. */
export function encodeError(thrown: unknown, causes = MOST_CAUSES): EncodedError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const properties = Object.fromEntries(
    Object.entries(error).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  );
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    properties,
    ...(error.cause instanceof Error && causes > 0 && { cause: encodeError(error.cause, causes - 1) }),
  };
}

/**
 * Makes the error again that was sent.
 * @param classes those that it may be of, told by their names; any other becomes an Error that bears its name
 */
export function decodeError(
  { name, message, stack, properties, cause }: EncodedError,
  classes: readonly ErrorClass[],
): Error {
  const error = new Error(message, cause && { cause: decodeError(cause, classes) });
  const found = [...classes, ...BUILT_IN].find((each) => each.name === name);
  if (found) Object.setPrototypeOf(error, found.prototype as object);
  else if (error.name !== name) error.name = name;
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, properties);
}
