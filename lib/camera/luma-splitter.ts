import type { GreyPicture } from '../pictures/picture';
import { frameLength, type Size } from './frame-size';

/** One raw frame, in memory of its own. */
export interface LumaFrame {
  picture: GreyPicture;
  /** The planes U and V, where they were asked for: (width / 2)·(height / 2) bytes each. */
  chroma: Buffer | undefined;
  /** When its first bytes came, milliseconds since 1970. */
  at: number;
}

/** Cuts a stream of YUV 4:2:0 without padding into frames of one size. */
export class LumaSplitter {
  private readonly length: number;
  /** Bytes of the current frame that have come. */
  private place = 0;
  private current: LumaFrame | undefined;

  /**
   * @param size even
   * @param keepChroma asked at the beginning of each frame
   */
  constructor(
    readonly size: Size,
    private readonly keepChroma: () => boolean = () => false,
  ) {
    this.length = frameLength(size);
  }

  /** Whether the stream stands in the middle of a frame. */
  get isInside(): boolean {
    return this.place > 0;
  }

  /** @param now when the chunk came, milliseconds since 1970 */
  push(chunk: Buffer, now: number): LumaFrame[] {
    const frames: LumaFrame[] = [];
    for (let from = 0; from < chunk.length;) {
      this.current ??= this.begin(now);
      const piece = chunk.subarray(from, from + this.length - this.place);
      this.copy(piece, this.current);
      from += piece.length;
      this.place += piece.length;
      if (this.place === this.length) {
        frames.push(this.current);
        this.current = undefined;
        this.place = 0;
      }
    }
    return frames;
  }

  private begin(at: number): LumaFrame {
    const { width, height } = this.size;
    const pixels = width * height;
    const chroma = this.keepChroma() ? Buffer.allocUnsafeSlow(pixels / 2) : undefined;
    return { picture: { data: Buffer.allocUnsafeSlow(pixels), width, height, channels: 1 }, chroma, at };
  }

  /** Puts a piece to its place in the planes; what is beyond a plane's end is left out. */
  private copy(piece: Buffer, { picture: { data }, chroma }: LumaFrame): void {
    const inChroma = this.place - data.length;
    if (inChroma < 0) piece.copy(data, this.place);
    if (!chroma || inChroma + piece.length <= 0) return;
    piece.subarray(Math.max(0, -inChroma)).copy(chroma, Math.max(0, inChroma));
  }
}
