import { SYSTEM_CLOCK, type Clock } from './clock';
import { CameraError, type CameraErrorCode } from './errors';

/** The first wait before another attempt, and the longest, milliseconds; it doubles in between. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/** Frames after which an attempt counts as a success, so that the waits begin anew. */
const HEALTHY_FRAMES = 10;

/** What another attempt cannot mend. */
const FINAL = new Set<CameraErrorCode>(['bad-setting', 'bad-option', 'bad-address', 'replay-ended', 'closed']);

/**
 * How it stands with a stream: `starting` until the first frame, `live`, `paused` while single pictures are taken,
 * `waiting` for the next attempt after an error, `ended` when a replay is over, `refused` where no further attempt
 * makes sense.
 */
export type StreamState = 'starting' | 'live' | 'paused' | 'waiting' | 'ended' | 'refused' | 'stopped';

export interface StreamReport {
  state: StreamState;
  /** Why it waits, has ended or is refused. */
  error?: CameraError;
  /** How long it waits, milliseconds. */
  wait?: number;
}

export interface ReconnectOptions {
  /**
   * One attempt: goes on until it fails or the signal ends it, with a stall as its reason if there is one. Calls
   * `frame` for each frame.
   */
  run: (signal: AbortSignal, frame: () => void) => Promise<void>;
  /** How long the first frame, and then each further one, may take, milliseconds. */
  timeouts: () => { first: number; next: number };
  onReport: (report: StreamReport) => void;
  clock?: Clock | undefined;
}

/** Keeps a stream going: whatever ends it, it is begun again, unless the error is one that would only come again. */
export class ReconnectSupervisor {
  private readonly clock: Clock;
  /** What is going on since `start`; another one after each `stop`, so that the one before ends. */
  private round: symbol | undefined;
  private paused = false;
  private working: Promise<void> | undefined;
  private attempt: { controller: AbortController; over: Promise<unknown> } | undefined;
  /** Ends a wait. */
  private wake: () => void = () => undefined;
  private report: StreamReport = { state: 'stopped' };

  constructor(private readonly options: ReconnectOptions) {
    this.clock = options.clock ?? SYSTEM_CLOCK;
  }

  get state(): StreamState {
    return this.report.state;
  }

  /** Why there are no frames, if so. */
  get error(): CameraError | undefined {
    return this.report.error;
  }

  start(): void {
    if (this.round) return;
    const round = (this.round = Symbol('round'));
    this.working = Promise.resolve(this.working).then(() => this.work(round));
  }

  /** Begins anew at once, e.g. with other settings. */
  restart(): void {
    this.interrupt();
    this.start();
  }

  /** Resolves when the source is free. */
  async pause(): Promise<void> {
    this.paused = true;
    this.interrupt();
    await this.attempt?.over;
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  /** Resolves when the source is free. */
  async stop(): Promise<void> {
    this.round = undefined;
    this.interrupt();
    await this.working;
  }

  private interrupt(): void {
    this.attempt?.controller.abort();
    this.wake();
  }

  private async work(round: symbol): Promise<void> {
    for (let failures = 0; this.round === round;) {
      if (this.paused) {
        this.tell({ state: 'paused' });
        await this.sleep(() => this.paused && this.round === round);
        continue;
      }
      const { error, frames } = await this.try();
      if (!error) continue;
      if (FINAL.has(error.code)) {
        this.round = undefined;
        this.tell({ state: error.code === 'replay-ended' ? 'ended' : 'refused', error });
        return;
      }
      if (frames >= HEALTHY_FRAMES) failures = 0;
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++);
      this.tell({ state: 'waiting', error, wait });
      await this.sleep(() => this.round === round, wait);
    }
    if (!this.round) this.tell({ state: 'stopped' });
  }

  /** One attempt; without an error, it was us who ended it. */
  private async try(): Promise<{ error?: CameraError; frames: number }> {
    const { run, timeouts } = this.options;
    const controller = new AbortController();
    const limits = timeouts();
    let frames = 0;
    let last = this.clock.now();
    let stalled: CameraError | undefined;
    let cancel: () => void = () => undefined;

    // One timer for all frames: it looks when the last one came, and waits for what is left.
    const watch = (): void => {
      const limit = frames === 0 ? limits.first : limits.next;
      const left = last + limit - this.clock.now();
      if (left > 0) {
        cancel = this.clock.after(left, watch);
      } else {
        stalled = new CameraError('stalled', `no frame came for ${limit / 1000} s`, {
          status: 'no frames',
          hint: 'It is begun again by itself. If it comes often, check the cable and the power supply.',
        });
        controller.abort(stalled);
      }
    };
    const frame = (): void => {
      last = this.clock.now();
      if (frames++ > 0) return;
      this.tell({ state: 'live' });
      cancel();
      watch();
    };

    this.tell({ state: 'starting' });
    watch();
    const over = run(controller.signal, frame).then(
      () => new CameraError('ended', 'the stream ended', { status: 'stream ended' }),
      (error: unknown) =>
        error instanceof CameraError
          ? error
          : new CameraError('failed', String(error), { status: 'stream failed', cause: error }),
    );
    this.attempt = { controller, over };
    const error = await over;
    cancel();
    this.attempt = undefined;
    // The source may know better than that: a program that says nothing may be the wrong one.
    if (stalled) return { error: error.code === 'wrong-program' ? error : stalled, frames };
    return controller.signal.aborted ? { frames } : { error, frames };
  }

  /**
   * Until `wake`, or so many milliseconds.
   * @param isNeeded who was told of the wait may have ended it already
   */
  private sleep(isNeeded: () => boolean, milliseconds?: number): Promise<void> {
    if (!isNeeded()) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = milliseconds === undefined ? () => undefined : this.clock.after(milliseconds, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  private tell(report: StreamReport): void {
    this.report = report;
    this.options.onReport(report);
  }
}
