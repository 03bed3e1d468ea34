import { CameraError } from './errors';
import { LumaMeasure } from './luma-measure';
import { LumaSplitter, type LumaFrame, type LumaLayout } from './luma-splitter';

export interface LumaStreamOptions {
  /** As asked for, pixels. */
  width: number;
  height: number;
  /** Frames a second. */
  framerate: number;
  keepChroma: () => boolean;
  /** What comes cannot be cut into frames. */
  onUnknown: (error: CameraError) => void;
}

/** Raw frames one after another: holds them back until it is known how they are padded, then cuts them apart. */
export class LumaStream {
  private readonly quiet: number;
  private measure: LumaMeasure;
  private splitter: LumaSplitter | undefined;
  private held: { chunk: Buffer; now: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: LumaStreamOptions, private readonly onFrame: (frame: LumaFrame) => void) {
    this.measure = new LumaMeasure(options.width, options.height);
    this.quiet = Math.min(100, Math.max(8, 400 / options.framerate));
  }

  get isInside(): boolean {
    return this.splitter?.isInside ?? this.held.length > 0;
  }

  push(chunk: Buffer): void {
    if (this.closed) return;
    const now = Date.now();
    if (this.splitter) {
      for (const frame of this.splitter.push(chunk, now)) this.onFrame(frame);
      return;
    }
    this.held.push({ chunk, now });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.decide(this.measure.pause()); }, this.quiet);
    this.decide(this.measure.add(chunk.length));
  }

  /** The camera has another size than was asked for. */
  configured(width: number, height: number): void {
    if (this.splitter || (width === this.options.width && height === this.options.height)) return;
    this.measure = new LumaMeasure(width, height);
    this.measure.add(this.held.reduce((sum, { chunk }) => sum + chunk.length, 0));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.held = [];
  }

  private decide(layout: LumaLayout | 'unknown' | undefined): void {
    if (layout === undefined || this.closed) return;
    clearTimeout(this.timer);
    const held = this.held.splice(0);
    if (layout === 'unknown') {
      this.close();
      const { width, height } = this.options;
      this.options.onUnknown(new CameraError('bad-frames', `expected raw frames of ${width} × ${height} pixels, got something of another length`, {
        status: 'unknown frames', hint: 'Choose another size (640 × 480 fits every camera), or JPEG frames.',
      }));
      return;
    }
    this.splitter = new LumaSplitter(layout, this.options.keepChroma);
    for (const { chunk, now } of held) for (const frame of this.splitter.push(chunk, now)) this.onFrame(frame);
  }
}
