import { ExplainedError } from '../errors';

/** Something is wrong between cameras and readers; the message says what and what was expected. */
export class FleetError extends ExplainedError {
  override name = 'FleetError';
  declare readonly status: string;

  /** @param status the same in under 20 characters, for a status line */
  constructor(message: string, status: string, options?: ErrorOptions) {
    super(message, { status, ...options });
  }
}
