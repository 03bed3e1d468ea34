import { randomBytes } from 'node:crypto';
import type { Node, NodeMessage } from 'node-red';
import type { Camera, LiveView } from '../../lib/camera/camera';
import type { CameraError } from '../../lib/camera/errors';
import type { LivePicture } from '../../lib/camera/live-frame';
import type { StreamReport } from '../../lib/camera/reconnect';
import { newFrame, type Frame } from '../../lib/pictures/frame';
import { withHint } from '../common/camera';
import type { Status } from '../common/status';
import { Rate } from './rate';

/** How often the status is brought up to date, and how often the second output tells how it goes, milliseconds. */
const SHOW_EVERY = 1000;
const TELL_EVERY = 10_000;

/** What the second output sends in `msg.payload`. */
export interface LiveReport {
  state: StreamReport['state'];
  /** Frames a second that were sent lately. */
  rate: number;
  /** Frames lost since the start. */
  dropped: number;
  /** What is wrong, if anything, in words and as a code. */
  error?: string;
  code?: string;
}

/** A camera node's live stream: frames to output 1, reports to output 2 and, in short, to the status. */
export class LiveNode {
  private view: LiveView | undefined;
  private stream = '';
  private report: StreamReport = { state: 'stopped' };
  private dropped = 0;
  private rate = new Rate();
  private ticker: NodeJS.Timeout | undefined;
  private told = 0;
  /** Kind of the error that was logged last, until the stream is live again. */
  private logged: string | undefined;
  /** The same of what was thrown. */
  private thrown: string | undefined;

  constructor(
    private readonly node: Node,
    private readonly status: Status,
  ) {}

  get isLive(): boolean {
    return this.view !== undefined;
  }

  /** @throws CameraError where the settings make no sense; then all stays as it was. */
  start(camera: Camera, settings: object): void {
    const began = this.view === undefined;
    const listener = {
      onFrame: (picture: LivePicture, dropped: number) => {
        if (this.listener === listener) this.send(picture, dropped);
      },
      onReport: (report: StreamReport) => {
        if (this.listener === listener) this.onReport(report);
      },
      onError: (error: unknown) => {
        if (this.listener === listener) this.onError(error);
      },
    };
    const before = this.listener;
    this.listener = listener;
    try {
      this.view = camera.live(settings, listener, this.view);
    } catch (error) {
      this.listener = before;
      throw error;
    }
    if (!began) return;
    this.stream = randomBytes(4).toString('hex');
    this.dropped = 0;
    this.rate = new Rate();
    this.ticker = setInterval(() => {
      this.tick();
    }, SHOW_EVERY);
    this.ticker.unref();
  }

  /** The next frame, please. */
  ask(): void {
    this.view?.ask();
  }

  /** Resolves when the camera is free, should nobody else look at it. */
  async stop(): Promise<void> {
    const isLive = this.view !== undefined;
    const closed = this.close();
    if (isLive) this.onReport({ state: 'stopped' });
    await closed;
  }

  /** As `stop`, and nothing more is sent or shown. */
  async close(): Promise<void> {
    const { view } = this;
    this.view = this.listener = undefined;
    clearInterval(this.ticker);
    await view?.close();
  }

  private listener: object | undefined;

  private send(picture: LivePicture, dropped: number): void {
    this.dropped = dropped;
    this.rate.count(performance.now());
    const { image, source, width, height, at } = picture;
    const frame: Frame = { ...newFrame(source, { width, height }, image), at, stream: this.stream, dropped };
    const msg: NodeMessage & { frame: Frame } = { payload: image, frame };
    this.node.send([msg, null]);
  }

  private onReport(report: StreamReport): void {
    this.report = report;
    this.show();
    this.tell();
    const { state, error } = report;
    if (state === 'live') this.logged = this.thrown = undefined;
    if (!error || error.code === this.logged || state === 'ended') return;
    this.logged = error.code;
    if (state === 'refused') this.node.error(error, {});
    else this.node.warn(`${error.message}${state === 'waiting' ? ' – it is tried again by itself' : ''}`);
  }

  /** What goes wrong with a frame goes wrong with the next one, too: it is told once, until the stream is live anew. */
  private onError(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text === this.thrown) return;
    this.thrown = text;
    this.node.error(error, {});
  }

  private tick(): void {
    if (this.report.state !== 'live') return;
    this.show();
    if (performance.now() - this.told >= TELL_EVERY) this.tell();
  }

  private tell(): void {
    const { state } = this.report;
    const error = this.report.error && withHint(this.report.error);
    this.told = performance.now();
    const payload: LiveReport = {
      state,
      rate: this.currentRate,
      dropped: this.dropped,
      ...(error && { error: error.message, code: error.code }),
    };
    this.node.send([null, { payload }]);
  }

  private show(): void {
    const { state, error } = this.report;
    this.status.rest(SHOWN[state](this, error));
  }

  get text(): string {
    return `${this.currentRate}/s${this.dropped > 0 ? ` · ${this.dropped} lost` : ''}`;
  }

  private get currentRate(): number {
    return this.report.state === 'live' ? this.rate.perSecond(performance.now()) : 0;
  }
}

const SHOWN: Record<
  StreamReport['state'],
  (live: LiveNode, error: CameraError | undefined) => Parameters<Status['rest']>[0]
> = {
  starting: () => ({ fill: 'yellow', shape: 'ring', text: 'starting' }),
  live: ({ text }) => ({ fill: 'green', shape: 'dot', text }),
  paused: () => ({ fill: 'blue', shape: 'dot', text: 'taking a picture' }),
  waiting: (_live, error) => ({ fill: 'red', shape: 'ring', text: error?.status ?? 'no frames' }),
  refused: (_live, error) => ({ fill: 'red', shape: 'dot', text: error?.status ?? 'refused' }),
  ended: () => ({ fill: 'grey', shape: 'dot', text: 'end of replay' }),
  stopped: () => ({ fill: 'grey', shape: 'ring', text: 'stopped' }),
};
