import { SYSTEM_CLOCK, type Clock } from './clock';
import { CameraError } from './errors';
import { LiveFrame, type LivePicture } from './live-frame';
import { NewestOnly } from './newest-only';
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
const TIMEOUT_FRAMES = 5;
const LEAST_TIMEOUT = 2000;

/** The live stream of one camera, shared by all who look at it: it runs while there is somebody. */
export class Stream {
  private readonly subscribers = new Set<Subscriber>();
  private readonly supervisor: ReconnectSupervisor;
  /** Those that wait for one frame as a single picture. */
  private readonly shots = new Set<{ resolve: (frame: LiveFrame) => void; reject: (error: CameraError) => void }>();
  private plan: Omit<StreamRequest, 'keepChroma'> | undefined;

  constructor(
    private readonly source: FrameSource,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {
    this.supervisor = new ReconnectSupervisor({
      clock,
      run: (signal, frame) => this.play(signal, frame),
      timeouts: () => this.timeouts(),
      onReport: (report) => {
        for (const subscriber of [...this.subscribers]) subscriber.report(report);
        if (report.error) this.failShots(report.error);
      },
    });
  }

  get state(): StreamState {
    return this.supervisor.state;
  }

  /**
   * @param settings checked
   * @param instead of this one, which looks no longer
   * @throws CameraError (`other-stream`) where the camera already streams with other settings.
   */
  add(settings: CameraSettings, listener: SubscriberListener, instead?: Subscriber): Subscriber {
    const subscriber = new Subscriber(settings, listener, this.clock);
    const others = [...this.subscribers].filter((each) => each !== instead);
    const differing = this.source.isCamera ? conflict(others, subscriber) : undefined;
    if (differing) {
      throw new CameraError('other-stream', `this camera is live already with another setting of ${differing}`, {
        status: 'other live settings',
        hint:
          'All who are live at the same camera need the same size and picture settings, and those that want ' +
          'JPEG frames the same quality; kind and rate may differ.',
      });
    }
    instead?.close();
    if (instead) this.subscribers.delete(instead);
    this.subscribers.add(subscriber);
    this.replan();
    if (this.state === 'live') subscriber.report({ state: 'live' });
    return subscriber;
  }

  /** Resolves when the camera is free, should it have been the last one. */
  async remove(subscriber: Subscriber): Promise<void> {
    subscriber.close();
    if (!this.subscribers.delete(subscriber)) return;
    if (this.subscribers.size > 0) {
      this.replan();
      return;
    }
    this.plan = undefined;
    this.failShots(closedError());
    await this.supervisor.stop();
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
    return this.supervisor.pause();
  }

  resume(): void {
    this.supervisor.resume();
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscribers].map((subscriber) => this.remove(subscriber)));
    await this.supervisor.stop();
  }

  /** Begins anew where what is wanted has changed. */
  private replan(): void {
    const all = [...this.subscribers];
    const first = all.at(0);
    if (!first) return;
    const framerate = Math.max(this.source.isCamera ? SLOWEST : 0, ...all.map((subscriber) => subscriber.framerate));
    const kind = all.some((subscriber) => subscriber.kind === 'luma') ? 'luma' : 'jpeg';
    const quality = all.find((subscriber) => subscriber.quality !== undefined)?.quality;
    const settings = withQuality(first.settings, quality);
    const same =
      this.plan?.framerate === framerate &&
      this.plan.kind === kind &&
      difference(this.plan.settings, settings) === undefined &&
      (kind === 'luma' || this.plan.settings.quality === quality);
    this.plan = { settings, framerate, kind };
    if (same && this.state !== 'waiting') this.supervisor.start();
    else this.supervisor.restart();
  }

  private async play(signal: AbortSignal, alive: () => void): Promise<void> {
    if (!this.plan) return;
    const plan = this.plan;
    const pass = (frame: SourceFrame): void => {
      this.pass(frame);
    };
    const newest = new NewestOnly<SourceFrame>(this.clock, 1000 / plan.framerate, pass, () => {
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
    for (const subscriber of [...this.subscribers]) subscriber.push(frame);
    // Luma without its colours would make a grey picture: the next frame has them.
    if (this.shots.size === 0 || (!Buffer.isBuffer(source.image) && !source.chroma)) return;
    for (const shot of this.shots) shot.resolve(frame);
    this.shots.clear();
  }

  private wantsJpeg(): boolean {
    return this.shots.size > 0 || [...this.subscribers].some(({ kind }) => kind === 'jpeg');
  }

  private dropped(count: number): void {
    for (const subscriber of this.subscribers) subscriber.dropped += count;
  }

  private failShots(error: CameraError): void {
    for (const shot of this.shots) shot.reject(error);
    this.shots.clear();
  }

  private timeouts(): { first: number; next: number } {
    const settings: CameraSettings = this.plan?.settings ?? {};
    const framerate = this.plan?.framerate ?? SLOWEST;
    const period = Math.max(1000 / framerate, (settings.shutter ?? 0) / 1000);
    return {
      first: (settings.timeout ?? DEFAULT_START) + TIMEOUT_FRAMES * period,
      next: Math.max(LEAST_TIMEOUT, TIMEOUT_FRAMES * period),
    };
  }
}
