import type { Clock } from './clock';
import { CameraError } from './errors';
import type { LiveFrame, LivePicture } from './live-frame';
import { FrameRateLimiter } from './frame-rate';
import type { StreamReport } from './reconnect';
import type { CameraSettings, FrameKind } from './settings';

/** Frames a second, where nothing is set. */
const DEFAULT_FRAMERATE = 10;

export interface SubscriberListener {
  /** A frame to send, with how many were lost so far. */
  onFrame(picture: LivePicture, dropped: number): void;
  /** The stream's state has changed. */
  onReport(report: StreamReport): void;
  /** One of the two above has thrown this, or frames cannot be made for another reason than damage. */
  onError(error: unknown): void;
}

/** One who looks at a stream: gets frames of the wanted kind, at most at the wanted rate, always the newest. */
export class Subscriber {
  readonly kind: FrameKind;
  readonly framerate: number;
  /** Of its JPEGs, where it is set; luma has none. */
  readonly quality: number | undefined;
  /** Frames that were damaged, or for which there was no time. */
  dropped = 0;
  private readonly limiter: FrameRateLimiter<{ at: number; frame: LiveFrame }>;
  private making = false;
  private newest: LiveFrame | undefined;
  private closed = false;

  constructor(
    readonly settings: CameraSettings,
    private readonly listener: SubscriberListener,
    private readonly clock: Clock,
  ) {
    this.kind = settings.kind ?? 'jpeg';
    this.framerate = settings.framerate ?? DEFAULT_FRAMERATE;
    this.quality = this.kind === 'jpeg' ? settings.quality : undefined;
    this.limiter = new FrameRateLimiter({ framerate: this.framerate, asked: settings.pacing === 'asked' });
  }

  report(report: StreamReport): void {
    this.tell(() => {
      this.listener.onReport(report);
    });
  }

  push(frame: LiveFrame): void {
    if (this.limiter.push({ at: frame.frame.at, frame }, this.clock.now())) this.send(frame);
  }

  /** The next one, please: see `FrameRateLimiter`. */
  ask(): void {
    const newest = this.limiter.ask(this.clock.now());
    if (newest) this.send(newest.frame);
  }

  close(): void {
    this.closed = true;
    this.newest = undefined;
  }

  /** While one frame is made ready, only the newest waits. */
  private send(frame: LiveFrame): void {
    if (this.newest) this.dropped++;
    this.newest = frame;
    if (!this.making) void this.work();
  }

  private async work(): Promise<void> {
    this.making = true;
    for (let frame = this.newest; frame; frame = this.newest) {
      this.newest = undefined;
      const picture = await this.picture(frame);
      if (picture && !this.closed)
        this.tell(() => {
          this.listener.onFrame(picture, this.dropped);
        });
    }
    this.making = false;
  }

  private async picture(frame: LiveFrame): Promise<LivePicture | undefined> {
    try {
      return await frame.as(this.kind, this.quality);
    } catch (error) {
      this.dropped++;
      const isDamaged = error instanceof CameraError && error.code === 'damaged';
      if (!isDamaged && !this.closed) this.listener.onError(error);
      return undefined;
    }
  }

  /** Whatever a listener throws is its own affair: it must not hold up the stream, which others look at, too. */
  private tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.listener.onError(error);
    }
  }
}
