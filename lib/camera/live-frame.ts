import type { Sharp } from 'sharp';
import { loadSharp } from '../pictures/decode';
import type { GreyPicture } from '../pictures/picture';
import { CameraError } from './errors';
import type { FrameKind } from './settings';
import type { SourceFrame } from './source';

type SharpModule = typeof import('sharp');

/** Of JPEGs that are made here, where nothing is set. */
const DEFAULT_QUALITY = 80;

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
  private readonly made = new Map<string, Promise<LivePicture>>();

  constructor(readonly frame: SourceFrame) {}

  /**
   * The frame in memory of its own, so that whoever changes its pixels changes nobody else's.
   * @param quality of a JPEG that has to be made, 1 to 100
   * @throws CameraError (`damaged`) where its picture cannot be read.
   */
  async as(kind: FrameKind, quality = DEFAULT_QUALITY): Promise<LivePicture> {
    const key = kind === 'luma' ? kind : `${kind} ${quality}`;
    let making = this.made.get(key);
    if (!making) {
      making = this.make(kind, quality);
      this.made.set(key, making);
    }
    const picture = await making;
    const { image } = picture;
    const own = Buffer.isBuffer(image) ? Buffer.from(image) : { ...image, data: Buffer.from(image.data) };
    return { ...picture, image: own };
  }

  private async make(kind: FrameKind, quality: number): Promise<LivePicture> {
    const { image, source, width, height, at, turn, scale } = this.frame;
    const isJpeg = Buffer.isBuffer(image) && image[0] === 0xff && image[1] === 0xd8;
    const isWanted = kind === 'luma' ? !Buffer.isBuffer(image) : isJpeg;
    if (isWanted && turn === undefined && scale === undefined) return { image, source, width, height, at };
    const sharp = loadSharp();
    try {
      const made = kind === 'luma' ? await this.toLuma(sharp) : await this.toJpeg(sharp, quality);
      return { ...made, source, at };
    } catch (error) {
      throw new CameraError('damaged', `a frame cannot be read: ${(error as Error).message}`, {
        status: 'frame damaged',
        cause: error,
      });
    }
  }

  private async toLuma(sharp: SharpModule): Promise<{ image: GreyPicture; width: number; height: number }> {
    const { image } = this.frame;
    const picture = this.upright(Buffer.isBuffer(image) ? decoded(sharp, image) : grey(sharp, image));
    const luma = picture.flatten({ background: 'white' }).greyscale().toColourspace('b-w').raw();
    const {
      data,
      info: { width, height },
    } = await luma.toBuffer({ resolveWithObject: true });
    return { image: { data, width, height, channels: 1 }, width, height };
  }

  private async toJpeg(sharp: SharpModule, quality: number): Promise<{ image: Buffer; width: number; height: number }> {
    const { image, chroma } = this.frame;
    const raw = (luma: GreyPicture): Sharp | Promise<Sharp> =>
      chroma ? inColour(sharp, luma, chroma) : grey(sharp, luma);
    const picture = this.upright(Buffer.isBuffer(image) ? decoded(sharp, image) : await raw(image));
    const {
      data,
      info: { width, height },
    } = await picture.jpeg({ quality }).toBuffer({ resolveWithObject: true });
    return { image: data, width, height };
  }

  /** In the wanted size, then turned. */
  private upright(picture: Sharp): Sharp {
    const { turn, scale } = this.frame;
    const scaled = scale ? picture.resize(scale.width, scale.height, { fit: 'fill', kernel: 'linear' }) : picture;
    return turn === undefined ? scaled : scaled.rotate(turn);
  }
}

function decoded(sharp: SharpModule, image: Buffer): Sharp {
  return sharp(image, { failOn: 'error' }).autoOrient();
}

function grey(sharp: SharpModule, { data, width, height }: GreyPicture): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 } });
}

/** Y'CbCr as JPEG has it (ITU-T T.871) to RGB, all of it in sharp's own threads. */
async function inColour(sharp: SharpModule, { data, width, height }: GreyPicture, chroma: Buffer): Promise<Sharp> {
  const half = chroma.length / 2;
  const small = { width: width / 2, height: height / 2, channels: 1 as const };
  const full = { width, height, channels: 1 as const };
  const enlarged = (plane: Buffer): Promise<Buffer> =>
    sharp(plane, { raw: small })
      .resize(width, height, { fit: 'fill', kernel: 'linear' })
      .toColourspace('b-w')
      .raw()
      .toBuffer();
  const [cb, cr] = await Promise.all([enlarged(chroma.subarray(0, half)), enlarged(chroma.subarray(half))]);
  const ycc = await sharp(data, { raw: full }).joinChannel([cb, cr], { raw: full }).raw().toBuffer();
  return sharp(ycc, { raw: { width, height, channels: 3 } })
    .recomb([
      [1, 0, 1.402],
      [1, -0.344136, -0.714136],
      [1, 1.772, 0],
    ])
    .linear([1, 1, 1], [-1.402 * 128, (0.344136 + 0.714136) * 128, -1.772 * 128]);
}
