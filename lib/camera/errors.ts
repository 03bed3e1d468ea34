import { ExplainedError, type ErrorDetails } from '../errors';

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

/** There is no picture, and why: the message says what happened and then what to do about it. */
export class CameraError extends ExplainedError {
  override name = 'CameraError';
  declare readonly code: CameraErrorCode;
  declare readonly status: string;

  constructor(code: CameraErrorCode, message: string, details: Omit<ErrorDetails, 'code'> & { status: string }) {
    super(message, { code, ...details });
  }
}
