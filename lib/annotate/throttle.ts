/** Lets through what comes at most so often, and counts the rest. */
export class Throttle {
  #next = -Infinity;
  #skipped = 0;

  /**
   * @param perSecond above 0; 0 lets everything through
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    if (!(perSecond >= 0 && Number.isFinite(perSecond)))
      throw new RangeError(`expected the most pictures a second to be a number from 0, got ${perSecond}`);
  }

  /** Whether this one may pass. */
  pass(): boolean {
    if (this.perSecond === 0) return true;
    const now = this.now();
    const interval = 1000 / this.perSecond;
    if (now < this.#next) {
      this.#skipped++;
      return false;
    }
    // Due an interval after this one was due, not after it came: else a frame that comes a little early would be left
    // out.
    this.#next = Math.max(this.#next + interval, now + interval / 2);
    return true;
  }

  /** How many have not passed since this was last asked. */
  takeSkipped(): number {
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }
}
