import { CameraError } from './errors';
import { closedError } from './program-errors';
import { checkCameraSettings } from './settings';
import type { CapturedPicture, FrameSource, PictureSource } from './source';
import { timeLimit } from './still';
import { Stream } from './stream';
import type { Subscriber, SubscriberListener } from './subscriber';

/** Captures that may wait for the one in work; each further one is an error. */
const MAX_QUEUED = 10;

interface Capture {
  run: () => Promise<void>;
  fail: (error: CameraError) => void;
  /** Ends the source's work on it. */
  controller: AbortController;
}

/** One's hold on a camera's live stream. */
export interface LiveView {
  /** The next frame, please, where frames are sent only when they are asked for. */
  ask(): void;
  /** Resolves when the camera is free, should nobody else look at it. */
  close(): Promise<void>;
}

/**
 * Owns a source of pictures, since one process holds a camera: captures are taken one at a time, in the order in which
 * they were asked for. While it is live, a capture is answered with a frame, or the stream pauses where a frame would
 * not do.
 */
export class Camera {
  private readonly queue: Capture[] = [];
  private current: Capture | undefined;
  private working: Promise<void> | undefined;
  private closed = false;
  private readonly stream: Stream | undefined;
  private readonly views = new WeakMap<LiveView, Subscriber>();

  constructor(
    private readonly source: PictureSource & Partial<FrameSource>,
    private readonly maxQueued = MAX_QUEUED,
  ) {
    if (isFrameSource(source)) this.stream = new Stream(source);
  }

  /**
   * Begins to look at the camera's live stream.
   * @param settings see `CameraSettings`; values as forms and messages have them are read, too
   * @param instead of this view, which is closed
   * @throws CameraError where a setting makes no sense, or does not fit to how the camera is live already.
   */
  live(settings: unknown, listener: SubscriberListener, instead?: LiveView): LiveView {
    const checked = checkCameraSettings(settings);
    if (this.closed || !this.stream) throw closedError();
    const { stream } = this;
    if (this.working) void stream.pause();
    const subscriber = stream.add(checked, listener, instead && this.views.get(instead));
    const view: LiveView = {
      ask: () => {
        subscriber.ask();
      },
      close: () => stream.remove(subscriber),
    };
    this.views.set(view, subscriber);
    return view;
  }

  /**
   * @param settings see `CameraSettings`; values as forms and messages have them are read, too
   * @param signal ends the capture, whether it waits or is in work
   * @throws CameraError
   */
  async capture(settings: unknown = {}, signal?: AbortSignal): Promise<CapturedPicture> {
    const checked = checkCameraSettings(settings);
    if (this.isEnded(signal)) throw closedError();
    if (this.stream?.covers(checked)) {
      try {
        return await this.stream.shot(timeLimit(checked), checked.quality, signal);
      } catch (error) {
        // Nobody looks at the stream any more: the picture is taken without it.
        if ((error as CameraError).code !== 'closed' || this.isEnded(signal)) throw error;
      }
    }
    if (this.queue.length >= this.maxQueued) {
      throw new CameraError(
        'busy',
        `pictures are asked for faster than the camera takes them: ${this.maxQueued} are waiting already`,
        {
          status: 'too many pictures',
          hint: 'Ask less often.',
        },
      );
    }

    const controller = new AbortController();
    let entry: Capture | undefined;
    const abort = (): void => {
      if (entry) this.cancel(entry);
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        entry = {
          run: () => this.source.capture(checked, controller.signal).then(resolve, reject),
          fail: reject,
          controller,
        };
        this.queue.push(entry);
        this.working ??= this.work();
      });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the capture in work, fails those that wait, and resolves when the camera is free for another owner. */
  async close(): Promise<void> {
    this.closed = true;
    for (const entry of this.queue.splice(0)) entry.fail(closedError());
    this.current?.controller.abort();
    await Promise.all([this.working, this.stream?.close()]);
  }

  private isEnded(signal: AbortSignal | undefined): boolean {
    return this.closed || signal?.aborted === true;
  }

  private cancel(entry: Capture): void {
    const place = this.queue.indexOf(entry);
    if (place < 0) {
      entry.controller.abort();
    } else {
      this.queue.splice(place, 1);
      entry.fail(closedError());
    }
  }

  private async work(): Promise<void> {
    await this.stream?.pause();
    for (;;) {
      this.current = this.queue.shift();
      if (!this.current) break;
      await this.current.run();
    }
    this.working = undefined;
    this.stream?.resume();
  }
}

function isFrameSource(source: Partial<FrameSource>): source is FrameSource {
  return source.play !== undefined;
}
