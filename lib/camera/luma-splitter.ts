import type { GreyPicture } from '../pictures/picture';

/** How a raw frame lies in the stream: three planes, of which the chroma planes have half the width and height. */
export interface LumaLayout {
  /** Of the picture, pixels. */
  width: number;
  height: number;
  /** Of the luma plane with its padding: bytes from one row to the next, and rows. */
  stride: number;
  rows: number;
}

/** One raw frame, in memory of its own. */
export interface LumaFrame {
  picture: GreyPicture;
  /** The planes U and V without padding, where they were asked for: (width / 2)·(height / 2) bytes each. */
  chroma: Buffer | undefined;
  /** When its first bytes came, milliseconds since 1970. */
  at: number;
}

/** What rows and their number are rounded up to by one camera system or the other. */
const STRIDES = [2, 32, 64, 128, 256], ROWS = [2, 8, 16];

export function frameLength({ stride, rows }: LumaLayout): number {
  return (stride * rows * 3) / 2;
}

/** The ways in which a picture of this size may be padded, the likeliest first. */
export function layoutsFor(width: number, height: number): LumaLayout[] {
  const up = (value: number, to: number): number => Math.ceil(value / to) * to;
  const all = ROWS.flatMap((rows) => STRIDES.map((stride) => ({ width, height, stride: up(width, stride), rows: up(height, rows) })));
  return all.filter((layout, i) => all.findIndex((other) => frameLength(other) === frameLength(layout)) === i);
}

/** One plane of a frame: where it lies, and what of it is the picture's. */
interface Plane {
  from: number;
  to: number;
  stride: number;
  width: number;
  height: number;
  out: Buffer;
  outFrom: number;
}

/** Cuts a stream of YUV 4:2:0 into frames of one length, and takes the padding out. */
export class LumaSplitter {
  private readonly length: number;
  /** Bytes of the current frame that have come. */
  private place = 0;
  private planes: Plane[] = [];
  private current: LumaFrame | undefined;

  /** @param keepChroma asked at the beginning of each frame */
  constructor(private readonly layout: LumaLayout, private readonly keepChroma: () => boolean = () => false) {
    this.length = frameLength(layout);
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
      for (const plane of this.planes) copyPiece(plane, piece, this.place);
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
    const { width, height, stride, rows } = this.layout;
    const data = Buffer.allocUnsafeSlow(width * height);
    this.planes = [{ from: 0, to: stride * rows, stride, width, height, out: data, outFrom: 0 }];
    let chroma: Buffer | undefined;
    if (this.keepChroma()) {
      const half = { stride: stride / 2, width: width / 2, height: height / 2 }, size = half.width * half.height, padded = (stride * rows) / 4;
      chroma = Buffer.allocUnsafeSlow(2 * size);
      for (const i of [0, 1]) this.planes.push({ ...half, from: stride * rows + i * padded, to: stride * rows + (i + 1) * padded, out: chroma, outFrom: i * size });
    }
    return { picture: { data, width, height, channels: 1 }, chroma, at };
  }
}

/** Copies what a piece, which begins at `place` of the frame, holds of a plane. */
function copyPiece({ from, to, stride, width, height, out, outFrom }: Plane, piece: Buffer, place: number): void {
  const begin = Math.max(from, place) - from, end = Math.min(to, place + piece.length) - from;
  if (begin >= end) return;
  const offset = from - place;
  if (stride === width) {
    const stop = Math.min(end, width * height);
    if (begin < stop) piece.copy(out, outFrom + begin, offset + begin, offset + stop);
    return;
  }
  for (let row = Math.floor(begin / stride); row < height && row * stride < end; row++) {
    const start = Math.max(begin, row * stride), stop = Math.min(end, row * stride + width);
    if (start < stop) piece.copy(out, outFrom + row * width + (start - row * stride), offset + start, offset + stop);
  }
}
