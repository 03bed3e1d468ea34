/**
 * How long an unsent frame counts as the newest, milliseconds: an older one is not worth sending when a newer one is to
 * come.
 */
const FRESH = 150;

/**
 * After so long without being asked, a frame is sent unasked, milliseconds: a message that was lost must not end it
 * all.
 */
const UNASKED = 10_000;

export interface FrameRateLimits {
  /** Frames a second at most. */
  framerate: number;
  /** Whether a frame is sent only when it is asked for; the first one always is. */
  asked: boolean;
}

/** Which frames are sent: at most so many a second, and, if so set, only when the next one is asked for. */
export class FrameRateLimiter<T extends { at: number }> {
  private due = -Infinity;
  private sent = -Infinity;
  private asked = true;
  private latest: T | undefined;

  constructor(private readonly settings: FrameRateLimits) {}

  /** A new frame has come: whether to send it. */
  push(frame: T, now: number): boolean {
    const unasked = this.settings.asked && !this.asked && now - this.sent < UNASKED;
    if (unasked || !this.isDue(now)) {
      this.latest = frame;
      return false;
    }
    this.send(now);
    return true;
  }

  /** The next frame is asked for: the newest, where it has not been sent yet; or else the next one to come will be. */
  ask(now: number): T | undefined {
    const { latest } = this;
    this.asked = true;
    if (!latest || now - latest.at > FRESH || !this.isDue(now)) return undefined;
    this.send(now);
    return latest;
  }

  /** A quarter of the interval early is due: frames come neither evenly nor at a multiple of the rate. */
  private isDue(now: number): boolean {
    return now >= this.due - 250 / this.settings.framerate;
  }

  private send(now: number): void {
    const interval = 1000 / this.settings.framerate;
    // One late frame may be made up for, as frames come unevenly; after a pause no more than that.
    this.due = this.due === -Infinity ? now + interval : Math.max(this.due, now - interval) + interval;
    this.sent = now;
    this.asked = false;
    this.latest = undefined;
  }
}
