import { loadSharp } from '../pictures/decode';
import type { GreyPicture } from '../pictures/picture';
import { CameraError } from './errors';
import type { FrameKind } from './settings';
import type { SourceFrame } from './source';

/** A frame of a stream, ready to be sent. */
export interface LivePicture {
  /** A JPEG, or a raw picture of one channel. */
  image: Buffer | GreyPicture;
  source: string;
  /** Pixels. */
  width: number;
  height: number;
  /** When it was taken, milliseconds since 1970. */
  at: number;
}

/** A frame that is turned into what its viewers want: each kind once, and only if somebody wants it. */
export class LiveFrame {
  private readonly made = new Map<FrameKind, Promise<LivePicture>>();

  constructor(readonly frame: SourceFrame, private readonly quality = 80) {}

  /** @throws CameraError (`damaged`) where its picture cannot be read. */
  as(kind: FrameKind): Promise<LivePicture> {
    let picture = this.made.get(kind);
    if (!picture) {
      picture = this.make(kind);
      this.made.set(kind, picture);
    }
    return picture;
  }

  private async make(kind: FrameKind): Promise<LivePicture> {
    const { image, source, width, height, at, turn } = this.frame;
    const kinds: FrameKind | 'other' = !Buffer.isBuffer(image) ? 'luma' : image[0] === 0xff && image[1] === 0xd8 ? 'jpeg' : 'other';
    if (kinds === kind && turn === undefined) return { image, source, width, height, at };
    try {
      const made = kind === 'luma' ? await this.toLuma() : await this.toJpeg();
      return { ...made, source, at };
    } catch (error) {
      throw new CameraError('damaged', `a frame cannot be read: ${(error as Error).message}`, { status: 'frame damaged', cause: error });
    }
  }

  private async toLuma(): Promise<{ image: GreyPicture; width: number; height: number }> {
    const { image, turn } = this.frame;
    const sharp = loadSharp();
    const picture = Buffer.isBuffer(image) ? sharp(image, { failOn: 'error' }).autoOrient() : sharp(image.data, { raw: { width: image.width, height: image.height, channels: 1 } });
    const turned = turn === undefined ? picture : picture.rotate(turn);
    const { data, info: { width, height } } = await turned.flatten({ background: 'white' }).greyscale().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    return { image: { data, width, height, channels: 1 }, width, height };
  }

  private async toJpeg(): Promise<{ image: Buffer; width: number; height: number }> {
    const { image, chroma, turn } = this.frame;
    const sharp = loadSharp();
    const picture = Buffer.isBuffer(image) ? sharp(image, { failOn: 'error' }).autoOrient() : chroma ? await inColour(image, chroma) : sharp(image.data, { raw: { width: image.width, height: image.height, channels: 1 } });
    const turned = turn === undefined ? picture : picture.rotate(turn);
    const { data, info: { width, height } } = await turned.jpeg({ quality: this.quality }).toBuffer({ resolveWithObject: true });
    return { image: data, width, height };
  }
}

/** Y'CbCr as JPEG has it (ITU-T T.871) to RGB, all of it in sharp's own threads. */
async function inColour({ data, width, height }: GreyPicture, chroma: Buffer): Promise<import('sharp').Sharp> {
  const sharp = loadSharp(), half = chroma.length / 2;
  const small = { width: width / 2, height: height / 2, channels: 1 as const }, full = { width, height, channels: 1 as const };
  const [cb, cr] = await Promise.all([chroma.subarray(0, half), chroma.subarray(half)].map((plane) => (
    sharp(plane, { raw: small }).resize(width, height, { fit: 'fill', kernel: 'linear' }).toColourspace('b-w').raw().toBuffer()
  )));
  const ycc = await sharp(data, { raw: full }).joinChannel([cb, cr], { raw: full }).raw().toBuffer();
  return sharp(ycc, { raw: { width, height, channels: 3 } })
    .recomb([[1, 0, 1.402], [1, -0.344136, -0.714136], [1, 1.772, 0]])
    .linear([1, 1, 1], [-1.402 * 128, (0.344136 + 0.714136) * 128, -1.772 * 128]);
}
