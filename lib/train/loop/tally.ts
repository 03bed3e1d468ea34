/** What an epoch has come to so far. */
export class Tally {
  readonly began = performance.now();
  #loss = 0;
  #right = 0;
  #seen = 0;

  /** @param samples of the whole epoch */
  constructor(
    readonly epoch: number,
    private readonly samples: number,
  ) {}

  /** @param loss mean over so many samples */
  add({ loss, right }: { loss: number; right: number }, samples: number): void {
    this.#loss += loss * samples;
    this.#right += right;
    this.#seen += samples;
  }

  means(): { loss: number; accuracy: number } {
    return { loss: this.#loss / this.#seen, accuracy: this.#right / this.#seen };
  }

  share(): number {
    return this.#seen / this.samples;
  }

  seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  samplesPerSecond(): number {
    return this.#seen / this.seconds();
  }
}
