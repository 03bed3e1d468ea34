import type { Sharp } from 'sharp';
import { toGrey } from './grey';
import { assertRawPicture, describe, looksRaw, PictureError, type GreyPicture, type RawPicture } from './picture';

/** Pixels at which pictures are worked on: enough for a page of writing, little enough for video. */
export const WORKING_PIXELS = 640 * 480;

/** Larger pictures are refused: what a 64-megapixel camera module delivers still passes. */
export const MAX_MEGAPIXELS = 70;

/** Shorter sides are refused, pixels: nobody can write a digit there. */
export const MIN_SIDE = 8;

/** A picture ready for work. */
export interface DecodedPicture {
  /** Upright, grey, scaled down to about `WORKING_PIXELS` where it was larger. */
  picture: GreyPicture;
  /** Size of the whole picture, upright, in pixels. */
  width: number;
  height: number;
}

/**
 * Decodes whatever users send as a picture: a Buffer in any format that sharp reads, a `data:image/…;base64,…` string or
 * raw pixels. EXIF orientation is obeyed, transparency becomes white paper.
 * @throws PictureError naming what was expected and what came.
 */
export async function decodePicture(input: unknown, workingPixels = WORKING_PIXELS): Promise<DecodedPicture> {
  if (looksRaw(input)) return decodeRaw(input, workingPixels);
  return withPicture(input, async (image, { width, height }) => ({ picture: await pixels(image, width, height, workingPixels), width, height }));
}

/**
 * Hands a picture, as `decodePicture` takes it, to `use` as a pipeline of sharp: upright, with its colours.
 * @param use gets the picture's size upright, in pixels
 * @throws PictureError as `decodePicture` does, also for what only comes to light while `use` reads the pixels.
 */
export async function withPicture<T>(input: unknown, use: (image: Sharp, size: { width: number; height: number }) => Promise<T>): Promise<T> {
  const sharp = loadSharp();
  if (looksRaw(input)) {
    assertRawPicture(input);
    const { data, width, height, channels } = input;
    assertSize(width, height);
    return use(sharp(data, { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 } }), { width, height });
  }
  const encoded = encodedBytes(input);
  try {
    const image = sharp(encoded, { limitInputPixels: MAX_MEGAPIXELS * 1e6, failOn: 'error' });
    const { autoOrient: { width, height } } = await image.metadata();
    assertSize(width, height);
    return await use(image.autoOrient(), { width, height });
  } catch (error) {
    throw explain(error, encoded);
  }
}

/** sharp and its native library are loaded at the first picture, not at the start of Node-RED. */
export function loadSharp(): typeof import('sharp') {
  return require('sharp') as typeof import('sharp');
}

async function decodeRaw(input: RawPicture, workingPixels: number): Promise<DecodedPicture> {
  assertRawPicture(input);
  const { width, height } = input;
  assertSize(width, height);
  if (width * height <= workingPixels) return { picture: toGrey(input), width, height };
  return withPicture(input, async (image) => ({ picture: await pixels(image, width, height, workingPixels), width, height }));
}

async function pixels(image: Sharp, width: number, height: number, workingPixels: number): Promise<GreyPicture> {
  const scale = Math.sqrt(workingPixels / (width * height));
  if (scale < 1) {
    image = image.resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), { fit: 'fill', kernel: 'linear' });
  }
  const { data, info } = await image.flatten({ background: 'white' }).greyscale().toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 1 };
}

function assertSize(width: number, height: number): void {
  if (width * height > MAX_MEGAPIXELS * 1e6) throw tooLarge(width, height);
  if (Math.min(width, height) < MIN_SIDE) throw new PictureError(`expected a picture of at least ${MIN_SIDE} × ${MIN_SIDE} pixels, got one of ${width} × ${height}`);
}

function encodedBytes(input: unknown): Uint8Array {
  if (typeof input === 'string') {
    const match = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]*)$/.exec(input);
    if (!match) throw new PictureError(`${EXPECTED}, got ${describe(input)}`);
    return encodedBytes(Buffer.from(match[1], 'base64'));
  }
  if (!(input instanceof Uint8Array) || input.length === 0) throw new PictureError(`${EXPECTED}, got ${describe(input)}`);
  return input;
}

const EXPECTED = 'expected a picture (a Buffer with a JPEG, PNG or the like, a data:image/… string, or { data, width, height, channels })';

function explain(error: unknown, encoded: Uint8Array): PictureError {
  if (error instanceof PictureError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/exceeds pixel limit/i.test(text)) return tooLarge();
  if (/unsupported image format|Input buffer has corrupt header/i.test(text) && !/jpe?g|png|webp|tiff|gif/i.test(text)) {
    return new PictureError(`${EXPECTED}, got ${describe(encoded)} in no picture format that is known`);
  }
  return new PictureError(`the picture is damaged or cut off (${describe(encoded)}): ${text.split('\n')[0]}`);
}

function tooLarge(width?: number, height?: number): PictureError {
  const came = width && height ? `one of ${width} × ${height}` : 'a larger one';
  return new PictureError(`expected a picture of at most ${MAX_MEGAPIXELS} megapixels, got ${came}`, 'too-large');
}
