import type { EncodedError } from './errors';

/** What a host sends to its worker: a request, or the wish that one be stopped. */
export type ToWorker = { id: number; method: string; args: unknown[] } | { id: number; abort: true };

/** What a worker sends to its host about a request: that it has begun, news, and at last its result or its error. */
export type FromWorker = { id: number } & (
  { begun: true } | { event: unknown } | { result: unknown } | { error: EncodedError }
);
