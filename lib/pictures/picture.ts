import { types } from 'node:util';
import { ExplainedError } from '../errors';

/**
 * What a picture is, everywhere in the project.
 *
 * Raw pictures hold their pixels row by row, 8 bits a channel, without padding.
 */

/** Uncompressed pixels: `data.length === width * height * channels`. */
export interface RawPicture {
  data: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

/** A raw picture of one channel, 0 = black to 255 = white. */
export interface GreyPicture extends RawPicture {
  channels: 1;
}

/**
 * A raw picture of one channel, 255 = ink and 0 = background. `mask` tells it from a picture that happens to be black
 * and white.
 *
 * `ink`, where the mask was made by this project, is the strength of the ink that the mask was cut from, 0 to 255 for
 * each pixel of the mask: crops are taken from it, because a mask alone has jagged edges.
 */
export interface Mask extends GreyPicture {
  mask: true;
  ink?: Uint8Array;
  /**
   * Brightness of the bare background, 0 to 255, of the whole picture in fewer pixels; of the negative where the ink is
   * brighter than the background.
   */
  background?: { data: Uint8Array; width: number; height: number };
  /**
   * Above 0 where there is no picture, but a bar of a letterbox or the corner of a picture that was turned; one byte a
   * pixel.
   */
  border?: Uint8Array;
  /** Brightness of each pixel, one byte a pixel; of the negative where the ink is brighter than the background. */
  grey?: Uint8Array;
}

/** A rectangle in pixels; the right and bottom edges (`x + width`, `y + height`) are outside. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What `decodePicture` accepts: an encoded picture, a `data:image/…;base64,…` string, or raw pixels. */
export type PictureInput = Uint8Array | string | RawPicture;

/** Larger pictures are refused: what a 64-megapixel camera module delivers still passes. */
export const MAX_MEGAPIXELS = 70;

/** Shorter sides are refused, pixels: nobody can write a digit there. */
const MIN_SIDE = 8;

/**
 * Why a picture cannot be read: it is none, too large, takes too long to decode, nothing is there to decode it, or the
 * decoder of plain JPEGs alone cannot read it.
 */
export type PictureErrorCode = 'no-picture' | 'too-large' | 'too-slow' | 'no-decoder' | 'damaged';

const STATUS: Partial<Record<PictureErrorCode, string>> = {
  'too-slow': 'picture too slow',
  'no-decoder': 'sharp is missing',
};

/** A picture cannot be read; the message names what was expected and what came. */
export class PictureError extends ExplainedError {
  override name = 'PictureError';
  declare readonly code: PictureErrorCode;

  constructor(message: string, code: PictureErrorCode = 'no-picture', options?: ErrorOptions) {
    super(message, { code, status: STATUS[code], ...options });
  }
}

/** True for `{ data, width, height, channels }`, whatever their values. `checkRawPicture` tells whether they fit. */
export function looksRaw(value: unknown): value is RawPicture {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  try {
    // A Proxy of bytes is no view.
    return !(value instanceof Uint8Array) && 'data' in value && 'width' in value && 'height' in value;
  } catch {
    // A Proxy may throw whatever is asked of it.
    return false;
  }
}

/** True for what says of itself that it is a mask. `checkMask` tells whether it is one. */
export function looksMask(value: unknown): value is Mask {
  return looksRaw(value) && (value as Partial<Mask>).mask === true;
}

/**
 * Checks that a raw picture's numbers fit together.
 * @returns the picture with nothing else on it, each property read once
 * @throws PictureError naming the property that does not fit
 */
export function checkRawPicture(picture: RawPicture): RawPicture {
  const { data, width, height, channels } = picture;
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 1)
      throw new PictureError(`expected a raw picture whose ${name} is a whole number above 0, got ${describe(value)}`);
  }
  if (![1, 2, 3, 4].includes(channels))
    throw new PictureError(`expected a raw picture of 1 to 4 channels, got ${describe(channels)}`);
  assertBytes('data of a raw picture', data, width * height * channels, `${width} × ${height} × ${channels}`);
  assertPictureSize(width, height);
  return { data, width, height, channels };
}

/**
 * Checks that a mask's numbers fit together, and those of what the threshold step adds.
 * @returns the mask with nothing else on it, each property read once
 * @throws PictureError naming the property that does not fit
 */
export function checkMask(mask: Mask): Mask {
  const { data, width, height, channels } = checkRawPicture(mask);
  if (channels !== 1) throw new PictureError(`expected a mask of 1 channel, got ${channels} channels`);
  const { ink, border, background, grey } = mask;
  const pixels = width * height;
  const size = `${width} × ${height}`;
  if (ink !== undefined) assertBytes('ink of a mask', ink, pixels, size);
  if (border !== undefined) assertBytes('border of a mask', border, pixels, size);
  if (grey !== undefined) assertBytes('grey of a mask', grey, pixels, size);
  return {
    data,
    width,
    height,
    channels,
    mask: true,
    ...(ink !== undefined && { ink }),
    ...(border !== undefined && { border }),
    ...(background !== undefined && { background: checkBackground(background) }),
    ...(grey !== undefined && { grey }),
  };
}

function checkBackground(background: NonNullable<Mask['background']>): NonNullable<Mask['background']> {
  if (!looksRaw(background))
    throw new PictureError(`expected the background of a mask as { data, width, height }, got ${describe(background)}`);
  const { data, width, height } = background;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1)
      throw new PictureError(
        `expected the background of a mask to have sides of whole numbers above 0, got ${describe(side)}`,
      );
  }
  assertBytes('background of a mask', data, width * height, `${width} × ${height}`);
  return { data, width, height };
}

/**
 * True for bytes that can be read, not for what only stands in for them (a Proxy) or has been moved to another thread.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return (types.isUint8Array(value) || types.isUint8ClampedArray(value)) && !isDetached(value);
}

/**
 * Memory that has been moved away has a length of 0, and so has an empty Buffer: only making a view tells them apart.
 */
function isDetached({ buffer }: Uint8Array | Uint8ClampedArray): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function assertBytes(what: string, bytes: unknown, length: number, size: string): void {
  if (!isBytes(bytes)) throw new PictureError(`expected the ${what} as a Buffer or Uint8Array, got ${describe(bytes)}`);
  if (bytes.length !== length)
    throw new PictureError(`expected ${length} bytes as the ${what} of ${size}, got ${bytes.length}`);
}

/**
 * @param width in pixels, as `height`
 * @throws PictureError where a picture is too large, or too small for anybody to write in
 */
export function assertPictureSize(width: number, height: number): void {
  if (width * height > MAX_MEGAPIXELS * 1e6) throw tooLarge(`one of ${width} × ${height}`);
  if (Math.min(width, height) < MIN_SIDE)
    throw new PictureError(
      `expected a picture of at least ${MIN_SIDE} × ${MIN_SIDE} pixels, got one of ${width} × ${height}`,
    );
}

/** @param came e.g. `one of 9000 × 9000` */
export function tooLarge(came: string): PictureError {
  return new PictureError(`expected a picture of at most ${MAX_MEGAPIXELS} megapixels, got ${came}`, 'too-large');
}

/** As `Array.isArray`, which throws at a proxy that has been revoked. */
export function isList(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Says in a few words what a value is, for error messages: `the number 5`, `an empty Buffer`, `an array of 3`. Never
 * throws.
 */
export function describe(value: unknown): string {
  try {
    return inWords(value);
  } catch {
    return 'something that cannot be looked at';
  }
}

function inWords(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 40 ? `a string of ${value.length} characters` : `the string ${JSON.stringify(value)}`;
    case 'number':
    case 'boolean':
    case 'bigint':
      return `the ${typeof value} ${String(value)}`;
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    default:
      return value === null || value === undefined ? String(value) : objectInWords(value);
  }
}

function objectInWords(value: object): string {
  if (ArrayBuffer.isView(value)) {
    const name = Buffer.isBuffer(value) ? 'Buffer' : value.constructor.name;
    return value.byteLength === 0 ? `an empty ${name}` : `a ${name} of ${value.byteLength} bytes`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  return `an object with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`;
}
