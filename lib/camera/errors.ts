/** Why there is no picture. */
export type CameraErrorCode =
  | 'bad-setting'
  | 'no-device'
  | 'no-program'
  | 'wrong-program'
  | 'not-startable'
  | 'no-camera'
  | 'no-media'
  | 'in-use'
  | 'no-such-camera'
  | 'bad-option'
  | 'no-memory'
  | 'write-failed'
  | 'hung'
  | 'killed'
  | 'failed'
  | 'no-picture'
  | 'damaged'
  | 'too-large'
  | 'busy'
  | 'closed'
  | 'no-folder'
  | 'no-pictures'
  | 'replay-ended'
  | 'ended'
  | 'stalled'
  | 'bad-frames'
  | 'other-stream'
  | 'bad-address'
  | 'no-stream';

interface Explanation {
  /** Under 20 characters, for a status line. */
  status: string;
  /** What to do about it, in whole sentences. */
  hint?: string;
  cause?: unknown;
}

/** There is no picture, and why: the message says what happened and then what to do about it. */
export class CameraError extends Error {
  override name = 'CameraError';
  readonly status: string;
  readonly hint: string | undefined;

  constructor(
    readonly code: CameraErrorCode,
    message: string,
    { status, hint, cause }: Explanation,
  ) {
    super(hint === undefined ? message : `${message}. ${hint}`, { cause });
    this.status = status;
    this.hint = hint;
  }
}
