/** Readings that are remembered, to answer a job that comes again: so many, and of so many characters together. */
const MOST = 1000;
const MOST_CHARACTERS = 10_000_000;

/** The reading of a job, as it was published, and the digest of the job's message. */
export interface PublishedReading {
  digest: string;
  text: string;
}

/** The latest readings. */
export class PublishedReadings {
  readonly #readings = new Map<string, PublishedReading>();
  #characters = 0;

  get(key: string): PublishedReading | undefined {
    return this.#readings.get(key);
  }

  remember(key: string, reading: PublishedReading): void {
    this.#forget(key);
    this.#readings.set(key, reading);
    this.#characters += reading.text.length;
    while (this.#readings.size > MOST || this.#characters > MOST_CHARACTERS)
      this.#forget(this.#readings.keys().next().value as string);
  }

  #forget(key: string): void {
    this.#characters -= this.#readings.get(key)?.text.length ?? 0;
    this.#readings.delete(key);
  }
}
