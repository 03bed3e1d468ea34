import { Lru } from '../lru';

/** Readings that are kept, to answer a job that comes again: so many, and of so many characters together. */
const MOST = 1000;
const MOST_CHARACTERS = 10_000_000;

/** The reading of a job, as it was published, and the digest of the job's message. */
export interface PublishedReading {
  digest: string;
  text: string;
}

/** The latest readings, by job. */
export class PublishedReadings extends Lru<string, PublishedReading> {
  constructor() {
    // A short one counts as a thousandth of all, so that there are no more than a thousand.
    super(MOST_CHARACTERS, ({ text }) => Math.max(text.length, MOST_CHARACTERS / MOST));
  }
}
