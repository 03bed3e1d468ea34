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
 * A raw picture of one channel, 255 = ink and 0 = paper.
 *
 * `ink`, where the mask was made by this project, is the strength of the ink that the mask was cut from, 0 to 255 for
 * each pixel of the mask: crops are taken from it, because a mask alone has jagged edges.
 */
export interface Mask extends GreyPicture {
  ink?: Uint8Array;
  /** Brightness of the bare paper, 0 to 255, of the whole picture in fewer pixels; of the negative where the ink is brighter than the paper. */
  paper?: { data: Uint8Array; width: number; height: number };
  /** Above 0 where there is no picture, but a bar of a letterbox or the corner of a picture that was turned; one byte a pixel. */
  margins?: Uint8Array;
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

/** A picture cannot be read; the message names what was expected and what came. */
export class PictureError extends Error {
  override name = 'PictureError';

  constructor(message: string, readonly code: 'no-picture' | 'too-large' = 'no-picture') {
    super(message);
  }
}

/** True for `{ data, width, height, channels }`, whatever their values. `assertRawPicture` tells whether they fit. */
export function looksRaw(value: unknown): value is RawPicture {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return 'data' in value && 'width' in value && 'height' in value;
}

/**
 * Checks that a raw picture's numbers fit together.
 * @throws PictureError naming the property that does not fit.
 */
export function assertRawPicture(picture: RawPicture): void {
  const { data, width, height, channels } = picture;
  for (const [name, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 1) throw new PictureError(`expected a raw picture whose ${name} is a whole number above 0, got ${describe(value)}`);
  }
  if (![1, 2, 3, 4].includes(channels)) throw new PictureError(`expected a raw picture of 1 to 4 channels, got ${describe(channels)}`);
  if (!(data instanceof Uint8Array || (data as unknown) instanceof Uint8ClampedArray)) {
    throw new PictureError(`expected a raw picture whose data is a Buffer or Uint8Array, got ${describe(data)}`);
  }
  const expected = width * height * channels;
  if (data.length !== expected) {
    throw new PictureError(`expected ${expected} bytes of data for a raw picture of ${width} × ${height} × ${channels}, got ${data.length}`);
  }
}

/** Says in a few words what a value is, for error messages: `the number 5`, `an empty Buffer`, `an array of 3`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'string': return value.length > 40 ? `a string of ${value.length} characters` : `the string ${JSON.stringify(value)}`;
    case 'number': case 'boolean': case 'bigint': return `the ${typeof value} ${String(value)}`;
    case 'function': case 'symbol': return `a ${typeof value}`;
    default:
  }
  if (ArrayBuffer.isView(value)) {
    const name = Buffer.isBuffer(value) ? 'Buffer' : value.constructor.name;
    return value.byteLength === 0 ? `an empty ${name}` : `a ${name} of ${value.byteLength} bytes`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`;
}
