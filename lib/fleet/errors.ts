/** Something is wrong between cameras and readers; the message says what and what was expected. */
export class FleetError extends Error {
  override name = 'FleetError';

  /** @param status the same in under 20 characters, for a status line */
  constructor(
    message: string,
    readonly status: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
