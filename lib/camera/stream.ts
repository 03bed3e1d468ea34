import { SYSTEM_CLOCK, type Clock } from './clock';
import { CameraError } from './errors';
import { LiveFrame, type LivePicture } from './live-frame';
import { Newest } from './newest';
import { conflict, difference, withQuality } from './one-stream';
import { closedError } from './program-errors';
import { ReconnectSupervisor, type StreamState } from './reconnect';
import type { CameraSettings } from './settings';
import type { FrameSource, SourceFrame, StreamRequest } from './source';
import { Subscriber, type SubscriberListener } from './subscriber';

/**
 * A camera is not run slower than this, frames a second: exposure and white balance follow the light frame by frame.
 */
const SLOWEST = 5;

/** How long the camera program may take to its first frame, milliseconds. */
const DEFAULT_START = 15_000;

/** How long further frames may take: so many times as promised, but never less than so many milliseconds. */
const PATIENCE = 5;
const LEAST_PATIENCE = 2000;

/** The live stream of one camera, shared by all who look at it: it runs while there is somebody. */
export class Stream {
  private readonly viewers = new Set<Subscriber>();
  private readonly recovery: ReconnectSupervisor;
  /** Those that wait for one frame as a single picture. */
  private readonly shots = new Set<{ resolve: (frame: LiveFrame) => void; reject: (error: CameraError) => void }>();
  private plan: Omit<StreamRequest, 'keepChroma'> | undefined;

  constructor(
    private readonly source: FrameSource,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {
    this.recovery = new ReconnectSupervisor({
      clock,
      run: (signal, frame) => this.play(signal, frame),
      patience: () => this.patience(),
      onReport: (report) => {
        for (const viewer of [...this.viewers]) viewer.report(report);
        if (report.error) this.failShots(report.error);
      },
    });
  }

  get state(): StreamState {
    return this.recovery.state;
  }

  /**
   * @param settings checked
   * @param instead of this one, which looks no longer
   * @throws CameraError (`other-stream`) where the camera already streams with other settings.
   */
  add(settings: CameraSettings, listener: SubscriberListener, instead?: Subscriber): Subscriber {
    const viewer = new Subscriber(settings, listener, this.clock);
    const others = [...this.viewers].filter((each) => each !== instead);
    const differing = this.source.isCamera ? conflict(others, viewer) : undefined;
    if (differing) {
      throw new CameraError('other-stream', `this camera is live already with another setting of ${differing}`, {
        status: 'other live settings',
        hint:
          'Nodes that are live at the same camera need the same size and picture settings, and those that want ' +
          'JPEG frames the same quality; kind and rate may differ.',
      });
    }
    instead?.close();
    if (instead) this.viewers.delete(instead);
    this.viewers.add(viewer);
    this.replan();
    if (this.state === 'live') viewer.report({ state: 'live' });
    return viewer;
  }

  /** Resolves when the camera is free, should it have been the last one. */
  async remove(viewer: Subscriber): Promise<void> {
    viewer.close();
    if (!this.viewers.delete(viewer)) return;
    if (this.viewers.size > 0) {
      this.replan();
      return;
    }
    this.plan = undefined;
    this.failShots(closedError());
    await this.recovery.stop();
  }

  /** Whether a single picture with these settings would be no other than a frame of the stream. */
  covers(settings: CameraSettings): boolean {
    if (!this.plan || (this.state !== 'live' && this.state !== 'starting')) return false;
    if (!this.source.isCamera) return true;
    const { settings: own, kind } = this.plan;
    if (settings.width === undefined || settings.encoding === 'png') return false;
    if (difference(own, settings) !== undefined) return false;
    // Of luma, JPEGs of any quality are made here; those of the camera have the quality that they have.
    return kind === 'luma' || settings.quality === undefined || settings.quality === own.quality;
  }

  /**
   * The next frame as a JPEG.
   * @param limit milliseconds
   * @param quality of the JPEG, should it have to be made, 1 to 100
   * @throws CameraError, also where none comes in time.
   */
  async shot(limit: number, quality?: number, signal?: AbortSignal): Promise<LivePicture & { image: Buffer }> {
    if (signal?.aborted) throw closedError();
    let end: (error: CameraError) => void = () => undefined;
    const abort = (): void => {
      end(closedError());
    };
    const cancel = this.clock.after(limit, () => {
      end(
        new CameraError('hung', `no frame of the live stream came in ${limit / 1000} s`, {
          status: 'camera hangs',
          hint: "Check the camera's cable.",
        }),
      );
    });
    signal?.addEventListener('abort', abort);
    try {
      const frame = await new Promise<LiveFrame>((resolve, reject) => {
        const shot = { resolve, reject };
        this.shots.add(shot);
        end = (error) => {
          this.shots.delete(shot);
          reject(error);
        };
      });
      return (await frame.as('jpeg', quality)) as LivePicture & { image: Buffer };
    } finally {
      cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Resolves when the camera is free. */
  pause(): Promise<void> {
    return this.recovery.pause();
  }

  resume(): void {
    this.recovery.resume();
  }

  async close(): Promise<void> {
    await Promise.all([...this.viewers].map((viewer) => this.remove(viewer)));
    await this.recovery.stop();
  }

  /** Begins anew where what is wanted has changed. */
  private replan(): void {
    const [first] = this.viewers;
    const framerate = Math.max(
      this.source.isCamera ? SLOWEST : 0,
      ...[...this.viewers].map((viewer) => viewer.framerate),
    );
    const kind = [...this.viewers].some((viewer) => viewer.kind === 'luma') ? 'luma' : 'jpeg';
    const { quality } = [...this.viewers].find((viewer) => viewer.quality !== undefined) ?? first;
    const settings = withQuality(first.settings, quality);
    const same =
      this.plan?.framerate === framerate &&
      this.plan.kind === kind &&
      difference(this.plan.settings, settings) === undefined &&
      (kind === 'luma' || this.plan.settings.quality === quality);
    this.plan = { settings, framerate, kind };
    if (same && this.state !== 'waiting') this.recovery.start();
    else this.recovery.restart();
  }

  private async play(signal: AbortSignal, alive: () => void): Promise<void> {
    if (!this.plan) return;
    const plan = this.plan;
    const pass = (frame: SourceFrame): void => {
      this.pass(frame);
    };
    const newest = new Newest<SourceFrame>(this.clock, 1000 / plan.framerate, pass, () => {
      this.dropped(1);
    });
    try {
      await this.source.play(
        { ...plan, keepChroma: () => this.wantsJpeg() },
        {
          frame: (frame) => {
            alive();
            newest.push(frame);
          },
          dropped: (count) => {
            this.dropped(count);
          },
        },
        signal,
      );
    } finally {
      newest.close();
    }
  }

  private pass(source: SourceFrame): void {
    const frame = new LiveFrame(source);
    for (const viewer of [...this.viewers]) viewer.offer(frame);
    // Luma without its colours would make a grey picture: the next frame has them.
    if (this.shots.size === 0 || (!Buffer.isBuffer(source.image) && !source.chroma)) return;
    for (const shot of this.shots) shot.resolve(frame);
    this.shots.clear();
  }

  private wantsJpeg(): boolean {
    return this.shots.size > 0 || [...this.viewers].some(({ kind }) => kind === 'jpeg');
  }

  private dropped(count: number): void {
    for (const viewer of this.viewers) viewer.dropped += count;
  }

  private failShots(error: CameraError): void {
    for (const shot of this.shots) shot.reject(error);
    this.shots.clear();
  }

  private patience(): { first: number; next: number } {
    const settings: CameraSettings = this.plan?.settings ?? {};
    const framerate = this.plan?.framerate ?? SLOWEST;
    const period = Math.max(1000 / framerate, (settings.shutter ?? 0) / 1000);
    return {
      first: (settings.timeout ?? DEFAULT_START) + PATIENCE * period,
      next: Math.max(LEAST_PATIENCE, PATIENCE * period),
    };
  }
}
