/** Longest frame that is kept, bytes: a 12-megapixel JPEG of the best quality stays below it. */
const MAX_FRAME = 32 * 2 ** 20;

/** Longest that comes before the picture's own data, bytes: EXIF with its thumbnail, colour profiles, tables. */
const MAX_HEADER = 2 ** 20;

/**
 * A buffer begins with so many bytes; one that grew larger than the other is given back when it is not needed any more.
 */
const SMALL_CAPACITY = 65536;
const KEPT_CAPACITY = 2 ** 20;

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
const STUFFING = 0x00;
const FILL = 0xff;
const START = Buffer.from([0xff, SOI, 0xff]);

/** One whole JPEG of a stream, in memory of its own. */
export interface JpegFrame {
  image: Buffer;
  width: number;
  height: number;
  /** When its first bytes came, milliseconds since 1970. */
  at: number;
}

interface Size {
  width: number;
  height: number;
}

/** How a look at what came so far ended: more is needed, the JPEG is damaged, or it has been walked to its end. */
type Step = 'more' | 'damaged' | 'restart' | 'whole';

/**
 * Cuts a stream of bytes into JPEGs, by walking their segments (ITU-T T.81, annex B): so a thumbnail inside is no frame
 * of its own. What stands between frames, as the headers of multipart parts, is passed over; a damaged, cut off or too
 * long JPEG is dropped, and the next start is looked for. Memory stays below twice the longest frame, the effort
 * linear.
 */
export class JpegSplitter {
  /** JPEGs that were damaged, cut off or too long. */
  dropped = 0;
  private buffer = Buffer.allocUnsafeSlow(SMALL_CAPACITY);
  /** What is in the buffer and not yet dealt with: from `first` to `end`; `at` is how far it has been walked. */
  private first = 0;
  private end = 0;
  private at = 0;
  private began = 0;
  private inside: 'nothing' | 'header' | 'scan' = 'nothing';
  private size: Size | undefined;
  private lastSize: Size | undefined;
  private oddSize: Size | undefined;

  constructor(private readonly maxFrame = MAX_FRAME) {}

  /** Whether the stream stands in the middle of a frame. */
  get isInside(): boolean {
    return this.inside !== 'nothing';
  }

  /** @param now when the chunk came, milliseconds since 1970 */
  push(chunk: Buffer, now: number): JpegFrame[] {
    const frames: JpegFrame[] = [];
    // A chunk larger than all that may be kept is taken in pieces.
    for (let from = 0; from < chunk.length; from += this.maxFrame)
      this.take(chunk.subarray(from, from + this.maxFrame), now, frames);
    return frames;
  }

  private take(chunk: Buffer, now: number, frames: JpegFrame[]): void {
    this.append(chunk);
    for (;;) {
      if (this.inside === 'nothing' && !this.findStart(now)) return;
      const step = this.walk();
      if (step === 'more') {
        if (this.end - this.first <= this.maxFrame) return;
        this.drop(this.at);
      } else if (step === 'damaged') {
        // The next frame's start may have been swallowed by a segment that lied about its length.
        this.drop(this.first + 2);
      } else if (step === 'restart') {
        this.drop(this.at);
      } else {
        this.emit(frames);
      }
    }
  }

  /** Goes to the next start, and lets go of what stands before it. */
  private findStart(now: number): boolean {
    const found = this.buffer.subarray(0, this.end).indexOf(START, this.first);
    if (found < 0) {
      this.first = Math.max(this.first, this.end - (START.length - 1));
      return false;
    }
    this.first = found;
    this.began = now;
    this.inside = 'header';
    this.at = found + 2;
    this.size = undefined;
    return true;
  }

  private walk(): Step {
    for (;;) {
      const step = this.inside === 'header' ? this.segment() : this.scan();
      if (step) return step;
    }
  }

  /** Walks over one segment of the header; undefined: there may be a next one. */
  private segment(): Step | undefined {
    if (this.inside === 'header' && this.at - this.first > MAX_HEADER) return 'damaged';
    this.skipFill();
    const { buffer, at } = this;
    if (at + 2 > this.end) return 'more';
    if (buffer.readUInt8(at) !== 0xff) return 'damaged';
    const marker = buffer.readUInt8(at + 1);
    if (marker === SOI) return 'restart';
    if (marker === EOI || marker === STUFFING) return 'damaged';
    if (!standsAlone(marker)) return this.parameters(marker);
    this.at = at + 2;
    return undefined;
  }

  /** Any number of fill bytes may stand before a marker. */
  private skipFill(): void {
    const { buffer, end } = this;
    while (this.at + 2 <= end && buffer[this.at] === 0xff && buffer[this.at + 1] === FILL) this.at++;
  }

  /** Walks over a segment that has a length and parameters; a frame header's tell the size. */
  private parameters(marker: number): Step | undefined {
    const { buffer, at, end } = this;
    if (at + 4 > end) return 'more';
    const length = buffer.readUInt16BE(at + 2);
    if (length < 2) return 'damaged';
    if (isFrameHeader(marker)) {
      if (at + 9 > end) return 'more';
      this.size = { width: buffer.readUInt16BE(at + 7), height: buffer.readUInt16BE(at + 5) };
    }
    if (at + 2 + length > end) return 'more';
    this.at = at + 2 + length;
    if (marker === SOS) {
      if (!this.size) return 'damaged';
      this.inside = 'scan';
    }
    return undefined;
  }

  /** Walks over entropy-coded data up to the next marker. */
  private scan(): Step | undefined {
    const data = this.buffer.subarray(0, this.end);
    for (;;) {
      const found = data.indexOf(0xff, this.at);
      if (found < 0) {
        this.at = this.end;
        return 'more';
      }
      this.at = found;
      if (found + 2 > this.end) return 'more';
      const marker = data.readUInt8(found + 1);
      if (marker === EOI) {
        this.at = found + 2;
        return 'whole';
      }
      if (marker === SOI) return 'restart';
      if (marker === FILL) this.at = found + 1;
      else if (marker === STUFFING || isRestart(marker)) this.at = found + 2;
      else {
        // Tables and further scans, as progressive JPEGs have them.
        const rest = this.segment();
        if (rest) return rest;
      }
    }
  }

  private emit(frames: JpegFrame[]): void {
    const { size } = this;
    const image = Buffer.from(this.buffer.subarray(this.first, this.at));
    this.first = this.at;
    this.inside = 'nothing';
    if (!size || size.width === 0 || size.height === 0 || !this.isExpected(size)) this.dropped++;
    else frames.push({ image, ...size, at: this.began });
  }

  /**
   * A single frame of another size is the thumbnail of one whose beginning was damaged; two are a camera that has
   * changed.
   */
  private isExpected(size: Size): boolean {
    const same = (other?: Size): boolean => size.width === other?.width && size.height === other.height;
    const expected = !this.lastSize || same(this.lastSize) || same(this.oddSize);
    this.oddSize = expected ? undefined : size;
    if (expected) this.lastSize = size;
    return expected;
  }

  private drop(upTo: number): void {
    this.dropped++;
    this.first = upTo;
    this.inside = 'nothing';
  }

  /** Puts the chunk behind what is left, which moves to the beginning of the buffer. */
  private append(chunk: Buffer): void {
    const left = this.end - this.first;
    const needed = left + chunk.length;
    const fits =
      needed <= this.buffer.length && (this.buffer.length <= KEPT_CAPACITY || needed * 8 > this.buffer.length);
    const target = fits
      ? this.buffer
      : Buffer.allocUnsafeSlow(Math.max(needed, Math.min(2 * needed, this.maxFrame), SMALL_CAPACITY));
    if (this.first > 0 || !fits) this.buffer.copy(target, 0, this.first, this.end);
    chunk.copy(target, left);
    this.buffer = target;
    this.at -= this.first;
    this.first = 0;
    this.end = needed;
  }
}

/** Markers that no length and no parameters follow. */
function standsAlone(marker: number): boolean {
  return isRestart(marker) || marker === TEM;
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** SOF0 to SOF15, without DHT, JPG and DAC, which stand among them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
