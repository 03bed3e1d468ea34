import { CameraError } from './errors';
import { closedError } from './program-errors';
import { checkCameraSettings } from './settings';
import type { CapturedPicture, PictureSource } from './source';

/** Captures that may wait for the one in work; each further one is an error. */
const MAX_WAITING = 10;

interface Capture {
  run: () => Promise<void>;
  fail: (error: CameraError) => void;
  /** Ends the source's work on it. */
  controller: AbortController;
}

/**
 * Owns a source of pictures, since one process holds a camera: captures are taken one at a time, in the order in which they
 * were asked for.
 */
export class Camera {
  private readonly waiting: Capture[] = [];
  private current: Capture | undefined;
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly source: PictureSource, private readonly maxWaiting = MAX_WAITING) {}

  /**
   * @param settings see `CameraSettings`; values as editors and messages have them are read, too
   * @param signal ends the capture, whether it waits or is in work
   * @throws CameraError
   */
  async capture(settings: unknown = {}, signal?: AbortSignal): Promise<CapturedPicture> {
    const checked = checkCameraSettings(settings);
    if (this.closed || signal?.aborted) throw closedError();
    if (this.waiting.length >= this.maxWaiting) {
      throw new CameraError('busy', `pictures are asked for faster than the camera takes them: ${this.maxWaiting} are waiting already`, {
        status: 'too many pictures',
        hint: 'Ask less often.',
      });
    }

    const controller = new AbortController();
    let entry: Capture | undefined;
    const abort = (): void => {
      if (entry) this.cancel(entry);
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        entry = { run: () => this.source.capture(checked, controller.signal).then(resolve, reject), fail: reject, controller };
        this.waiting.push(entry);
        this.working ??= this.work();
      });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the capture in work, fails those that wait, and resolves when the camera is free for another owner. */
  async close(): Promise<void> {
    this.closed = true;
    for (const entry of this.waiting.splice(0)) entry.fail(closedError());
    this.current?.controller.abort();
    await this.working;
  }

  private cancel(entry: Capture): void {
    const place = this.waiting.indexOf(entry);
    if (place < 0) {
      entry.controller.abort();
    } else {
      this.waiting.splice(place, 1);
      entry.fail(closedError());
    }
  }

  private async work(): Promise<void> {
    for (;;) {
      this.current = this.waiting.shift();
      if (!this.current) break;
      await this.current.run();
    }
    this.working = undefined;
  }
}
