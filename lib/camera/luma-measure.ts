import { frameLength, layoutsFor, type LumaLayout } from './luma-splitter';

/** Pauses of the stream after which it must have been understood. */
const MOST_PAUSES = 12;

/** Bytes of a stream without a pause after which the likeliest layout is taken. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Finds out how the rows of raw frames are padded, which nothing in the stream tells: whole frames have come whenever it
 * pauses, so the bytes up to there are a multiple of a frame's length.
 */
export class LumaMeasure {
  private readonly layouts: LumaLayout[];
  private bytes = 0;
  private pauses = 0;

  constructor(width: number, height: number) {
    this.layouts = layoutsFor(width, height);
  }

  /** Takes note of what has come. Answers with a layout where the stream never pauses. */
  add(bytes: number): LumaLayout | undefined {
    this.bytes += bytes;
    return this.bytes > MOST_BYTES ? this.layouts[0] : undefined;
  }

  /** Takes note of a pause. Answers with the layout, or `unknown` when none fits pause after pause. */
  pause(): LumaLayout | 'unknown' | undefined {
    const fitting = this.layouts.find((layout) => this.bytes % frameLength(layout) === 0);
    return fitting ?? (++this.pauses >= MOST_PAUSES ? 'unknown' : undefined);
  }
}
