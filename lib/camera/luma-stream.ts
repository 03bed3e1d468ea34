import { CameraError } from './errors';
import { frameLength, isUnpadded, type Size } from './frame-size';
import { LumaSplitter, type LumaFrame } from './luma-splitter';
import { StreamLog } from './stream-log';

export interface LumaStreamOptions {
  /** Asked at the beginning of each frame: whether its colours are wanted. */
  keepChroma: () => boolean;
  /**
   * The frames do not fit; nothing more comes.
   * @param size that the camera has, where it is known
   */
  onMisfit: (error: CameraError, size: Size | undefined) => void;
}

/**
 * Cuts what rpicam-vid writes into raw frames, by what its log says about them and by nothing else.
 *
 * Raw frames carry no mark, and pauses and the sizes of chunks tell nothing. What can be known: the size, which
 * libcamera logs for the stream that is written; the bytes of each frame, which the program logs with `--verbose`; and,
 * should it not do that, which widths have no padding on any Pi. A frame whose bytes are those of its size without
 * padding is cut out; any other stream is given up with a word. A stream that ends inside a frame has lost that one.
 *
 * Both are logged before a frame is written, so they have been read one round of the event loop after its bytes at the
 * latest: what comes waits for that round.
 */
export class LumaStream {
  private readonly log = new StreamLog();
  private splitter: LumaSplitter | undefined;
  private held: { chunk: Buffer; now: number }[] = [];
  private over = false;

  constructor(
    private readonly options: LumaStreamOptions,
    private readonly onFrame: (frame: LumaFrame) => void,
  ) {}

  /** Whether the stream stands in the middle of a frame. */
  get isInside(): boolean {
    return this.splitter?.isInside ?? false;
  }

  push(chunk: Buffer): void {
    if (this.over) return;
    this.held.push({ chunk, now: Date.now() });
    // This round may have passed the log already: it ends with the first call, and a whole one with the second.
    if (this.held.length === 1)
      setImmediate(() =>
        setImmediate(() => {
          this.flush();
        }),
      );
  }

  /** A piece of the program's log. */
  text(text: string): void {
    this.log.push(text);
  }

  /** The program has ended: cuts what is left. */
  end(): void {
    this.flush();
    this.over = true;
  }

  /** Nothing more is sent. */
  close(): void {
    this.over = true;
    this.held = [];
  }

  private flush(): void {
    const held = this.held.splice(0);
    if (held.length === 0 || this.over) return;
    const { size } = this.log;
    const misfit = this.misfit(size);
    if (misfit || !size) {
      this.close();
      if (misfit) this.options.onMisfit(misfit, size);
      return;
    }
    this.splitter ??= new LumaSplitter(size, this.options.keepChroma);
    for (const { chunk, now } of held) for (const frame of this.splitter.push(chunk, now)) this.onFrame(frame);
  }

  /** Why the frames cannot be cut apart, if so. */
  private misfit(size: Size | undefined): CameraError | undefined {
    if (!size) return badFrames('the camera program did not say which size its raw frames have');
    const { frameBytes } = this.log;
    const begun = this.splitter?.size;
    const expected = frameLength(size);
    const name = `${size.width} × ${size.height}`;
    if (begun && (begun.width !== size.width || begun.height !== size.height)) {
      return badFrames(`the camera changed the size of its frames from ${begun.width} × ${begun.height} to ${name}`);
    }
    if ((size.width % 2) + (size.height % 2) > 0) return badFrames(`expected raw frames of an even size, got ${name}`);
    if (frameBytes === expected || (frameBytes === undefined && isUnpadded(size))) return undefined;
    if (frameBytes === undefined) return badFrames(`raw frames of ${name} pixels may have padded rows`);
    return badFrames(`expected ${expected} bytes for a raw frame of ${name} pixels, got ${frameBytes}`);
  }
}

function badFrames(message: string): CameraError {
  return new CameraError('bad-frames', message, {
    status: 'frames do not fit',
    hint: 'If this stays, choose another size (640 × 480 fits every camera), or JPEG frames.',
  });
}
