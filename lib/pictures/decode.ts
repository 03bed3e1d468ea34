import type { Sharp } from 'sharp';
import { EXPECTED, type PictureFormat } from './format';
import { toGrey } from './grey';
import { Limiter } from './limiter';
import {
  assertPictureSize,
  describe,
  MAX_MEGAPIXELS,
  PictureError,
  tooLarge,
  type Box,
  type GreyPicture,
  type RawPicture,
} from './picture';
import { loadSharp } from './sharp';
import { pictureSource, type PictureSource } from './source';

export { loadSharp } from './sharp';

/** Pixels at which pictures are worked on: enough for a page of writing, little enough for video. */
export const WORKING_PIXELS = 640 * 480;

/** How long one picture may take to decode, seconds; 70 megapixels take three on a shared core. */
const TIME_LIMIT = 6;

/** sharp looks at its own time limit only now and then. */
const TIME_LIMIT_AT_LAST = TIME_LIMIT + 2;

/** Pictures decoded at once. Each takes one of libuv's four threads; files and host names need one, too. */
const AT_ONCE = 3;

const limiter = new Limiter(AT_ONCE);

/** A picture ready for work. */
export interface DecodedPicture {
  /** Upright, grey, scaled down to about `WORKING_PIXELS` where it was larger. */
  picture: GreyPicture;
  /** Size of the whole picture, upright, in pixels. */
  width: number;
  height: number;
}

/**
 * Decodes whatever users send as a picture: a Buffer with a JPEG, PNG, WebP, TIFF, GIF or AVIF, a
 * `data:image/…;base64,…` string or raw pixels. EXIF orientation is obeyed, transparency becomes white paper.
 * @param workingPixels about so many pixels the result has at most
 * @throws PictureError naming what was expected and what came
 */
export async function decodePicture(input: unknown, workingPixels = WORKING_PIXELS): Promise<DecodedPicture> {
  return decodeSource(pictureSource(input), workingPixels);
}

/**
 * As `decodePicture`, where it is known what the picture came as.
 * @throws PictureError
 */
export async function decodeSource(source: PictureSource, workingPixels = WORKING_PIXELS): Promise<DecodedPicture> {
  if (source.kind === 'raw') {
    const { width, height } = source.picture;
    if (width * height <= workingPixels) return { picture: toGrey(source.picture), width, height };
  }
  return withSource(source, async (image, { width, height }) => ({
    picture: await pixels(image, width, height, workingPixels),
    width,
    height,
  }));
}

/**
 * Decodes a region of a picture, as `decodeSource` does the whole of it.
 * @param region whole numbers, pixels of the picture, upright
 * @throws PictureError
 */
export async function decodeRegion(
  source: PictureSource,
  { x: left, y: top, width, height }: Box,
  workingPixels = WORKING_PIXELS,
): Promise<GreyPicture> {
  return withSource(source, (image) =>
    pixels(image.extract({ left, top, width, height }), width, height, workingPixels),
  );
}

/** A picture's size upright, in pixels. */
interface Size {
  width: number;
  height: number;
}

/**
 * Hands a picture, as `decodePicture` takes it, to `use` as a pipeline of sharp: upright, with its colours.
 * @param use must not call `withPicture` again: only a few are at work at a time. Gets the picture's size upright, in
 *   pixels
 * @throws PictureError as `decodePicture` does, also for what only comes to light while `use` reads the pixels.
 */
export async function withPicture<T>(input: unknown, use: (image: Sharp, size: Size) => Promise<T>): Promise<T> {
  return withSource(pictureSource(input), use);
}

async function withSource<T>(source: PictureSource, use: (image: Sharp, size: Size) => Promise<T>): Promise<T> {
  return source.kind === 'raw' ? withRaw(source.picture, use) : withEncoded(source, use);
}

function withRaw<T>(
  { data, width, height, channels }: RawPicture,
  use: (image: Sharp, size: Size) => Promise<T>,
): Promise<T> {
  const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 };
  return inTime(() => use(loadSharp()(data, { raw }).timeout({ seconds: TIME_LIMIT }), { width, height }));
}

async function withEncoded<T>(
  { bytes, format: told }: Extract<PictureSource, { kind: 'encoded' }>,
  use: (image: Sharp, size: Size) => Promise<T>,
): Promise<T> {
  const sharp = loadSharp();
  try {
    return await inTime(async () => {
      const image = sharp(bytes, { limitInputPixels: MAX_MEGAPIXELS * 1e6, failOn: 'error' }).timeout({
        seconds: TIME_LIMIT,
      });
      const {
        format: found,
        compression,
        autoOrient: { width, height },
      } = await image.metadata();
      if (!isSame(told, found, compression))
        throw new PictureError(`${EXPECTED}, got ${describe(bytes)} that begins as ${told} and is ${found}`);
      assertPictureSize(width, height);
      return use(image.autoOrient(), { width, height });
    });
  } catch (error) {
    throw explain(error, bytes);
  }
}

/**
 * A picture's size upright, in pixels.
 * @throws PictureError as `decodePicture` does, but not for what is damaged behind the picture's head
 */
export function pictureSize(input: unknown): Promise<Size> {
  return withPicture(input, (_image, size) => Promise.resolve(size));
}

/** Waits for its turn, and no longer than is allowed; what takes longer keeps its place until it ends all the same. */
function inTime<T>(decode: () => Promise<T>): Promise<T> {
  return limiter.run(decode, TIME_LIMIT_AT_LAST * 1000, tooSlow);
}

/** sharp calls what HEIF and AVIF have in common heif. */
function isSame(told: PictureFormat, found: string, compression: string | undefined): boolean {
  return told === 'avif' ? found === 'avif' || (found === 'heif' && compression === 'av1') : told === found;
}

async function pixels(image: Sharp, width: number, height: number, workingPixels: number): Promise<GreyPicture> {
  const scale = Math.sqrt(workingPixels / (width * height));
  if (scale < 1) {
    image = image.resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), {
      fit: 'fill',
      kernel: 'linear',
    });
  }
  const { data, info } = await image
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return toGrey({ data, ...info });
}

function explain(error: unknown, encoded: Uint8Array): PictureError {
  if (error instanceof PictureError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/exceeds pixel limit/i.test(text)) return tooLarge('a larger one');
  if (/timeout: \d+% complete/i.test(text)) return tooSlow(true);
  return new PictureError(`the picture is damaged or cut off (${describe(encoded)}): ${text.split('\n')[0]}`);
}

function tooSlow(hasBegun: boolean): PictureError {
  const why = hasBegun
    ? `the picture takes longer than ${TIME_LIMIT} s to decode; save it smaller, or as a plain JPEG`
    : `the picture was not decoded, since ${AT_ONCE} others have kept it waiting for ${TIME_LIMIT_AT_LAST} s`;
  return new PictureError(why, 'too-slow');
}
