import type { Clock } from './clock';
import type { LiveFrame, LivePicture } from './live-frame';
import { Pace } from './pace';
import type { StreamReport } from './recovery';
import type { CameraSettings, FrameKind } from './settings';

/** Frames a second, where nothing is set. */
export const DEFAULT_FRAMERATE = 10;

export interface ViewerListener {
  /** A frame to send, with how many were lost so far. */
  onFrame(picture: LivePicture, dropped: number): void;
  /** The stream's state has changed. */
  onReport(report: StreamReport): void;
}

/** One who looks at a stream: gets frames of the wanted kind, at most at the wanted rate, always the newest. */
export class Viewer {
  readonly kind: FrameKind;
  readonly framerate: number;
  /** Frames that were damaged, or for which there was no time. */
  dropped = 0;
  private readonly pace: Pace<{ at: number; frame: LiveFrame }>;
  private making = false;
  private waiting: LiveFrame | undefined;
  private closed = false;

  constructor(readonly settings: CameraSettings, readonly listener: ViewerListener, private readonly clock: Clock) {
    this.kind = settings.kind ?? 'jpeg';
    this.framerate = settings.framerate ?? DEFAULT_FRAMERATE;
    this.pace = new Pace({ framerate: this.framerate, asked: settings.pacing === 'asked' });
  }

  offer(frame: LiveFrame): void {
    if (this.pace.offer({ at: frame.frame.at, frame }, this.clock.now())) this.send(frame);
  }

  /** The next one, please: see `Pace`. */
  ask(): void {
    const newest = this.pace.ask(this.clock.now());
    if (newest) this.send(newest.frame);
  }

  close(): void {
    this.closed = true;
    this.waiting = undefined;
  }

  /** While one frame is made ready, only the newest waits. */
  private send(frame: LiveFrame): void {
    if (this.waiting) this.dropped++;
    this.waiting = frame;
    if (!this.making) void this.work();
  }

  private async work(): Promise<void> {
    this.making = true;
    for (let frame = this.waiting; frame; frame = this.waiting) {
      this.waiting = undefined;
      try {
        const picture = await frame.as(this.kind);
        if (!this.closed) this.listener.onFrame(picture, this.dropped);
      } catch {
        this.dropped++;
      }
    }
    this.making = false;
  }
}
