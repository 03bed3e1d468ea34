/** Over which the rate is taken, milliseconds. */
const SPAN = 5000;

/** How often something happens a second, lately. */
export class Rate {
  private readonly times: number[] = [];
  private began: number | undefined;

  /** @param now milliseconds of any clock that only goes forward */
  count(now: number): void {
    this.began ??= now;
    this.times.push(now);
    this.forget(now);
  }

  /** With one decimal. */
  perSecond(now: number): number {
    this.forget(now);
    const span = Math.min(SPAN, Math.max(1000, now - (this.began ?? now)));
    return Math.round((this.times.length * 10_000) / span) / 10;
  }

  private forget(now: number): void {
    const first = this.times.findIndex((time) => time > now - SPAN);
    this.times.splice(0, first < 0 ? this.times.length : first);
  }
}
