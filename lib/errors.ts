/** What an error tells besides its message. */
export interface ErrorDetails {
  /** A word for programs, e.g. `no-camera`. */
  code?: string | undefined;
  /** In under 20 characters, for a status line, where the message's beginning would not do. */
  status?: string | undefined;
  /** What to do about it, in whole sentences. They stand at the end of the message. */
  hint?: string | undefined;
  cause?: unknown;
}

/**
 * An error whose message people can act on: what was expected and what came. It keeps `code`, `status` and `hint` on
 * its way out of a worker.
 */
export abstract class ExplainedError extends Error {
  declare readonly code?: string;
  declare readonly status?: string;
  declare readonly hint?: string;

  constructor(message: string, { code, status, hint, cause }: ErrorDetails = {}) {
    super(hint === undefined ? message : `${message}. ${hint}`, cause === undefined ? undefined : { cause });
    Object.assign(this, {
      ...(code !== undefined && { code }),
      ...(status !== undefined && { status }),
      ...(hint !== undefined && { hint }),
    });
  }
}
