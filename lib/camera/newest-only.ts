import type { Clock } from './clock';

/** Longest that a burst is waited out, milliseconds. */
const MOST = 300;

/**
 * Lets through only frames that are new. When the event loop was held up, the frames of that time come all at once, the
 * oldest first: after a gap, and while frames come faster than the camera takes them, only the last one is let through.
 */
export class NewestOnly<T> {
  private newest: T | undefined;
  private last = -Infinity;
  /** When the burst began that is being waited out. */
  private burst: number | undefined;
  private cancel: (() => void) | undefined;

  /** @param period from one frame of the camera to the next, milliseconds */
  constructor(
    private readonly clock: Clock,
    private readonly period: number,
    private readonly pass: (frame: T) => void,
    private readonly onDropped: () => void,
  ) {}

  push(frame: T): void {
    const now = this.clock.now();
    const gap = now - this.last;
    if (this.newest !== undefined) this.onDropped();
    this.newest = frame;
    if (gap > 2.5 * this.period + 20 && this.last > -Infinity) this.burst ??= now;
    this.last = now;
    if (this.burst === undefined) {
      this.cancel ??= this.clock.after(0, () => {
        this.flush();
      });
    } else {
      this.cancel?.();
      this.cancel = this.clock.after(Math.max(0, Math.min(this.period / 2, this.burst + MOST - now)), () => {
        this.flush();
      });
    }
  }

  close(): void {
    this.cancel?.();
    this.newest = undefined;
  }

  private flush(): void {
    const frame = this.newest;
    this.newest = this.burst = this.cancel = undefined;
    if (frame !== undefined) this.pass(frame);
  }
}
