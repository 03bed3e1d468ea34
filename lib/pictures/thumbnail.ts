import { withPicture } from './decode';
import { isList, looksRaw, type RawPicture } from './picture';
import { DIGIT_SIZE } from '../digit';

export interface Thumbnail {
  /** A JPEG. */
  image: Buffer;
  /** Pixels. */
  width: number;
  height: number;
}

/** Quality of the JPEGs, 1 to 100. */
const QUALITY = 70;

/** Digits that are shown side by side at most. */
const DIGITS = 12;

/**
 * A small copy of a picture.
 * @param longestSide pixels; smaller pictures stay as they are
 * @throws (rejects) PictureError where it is no picture
 */
export function thumbnail(picture: unknown, longestSide: number): Promise<Thumbnail> {
  return withPicture(picture, async (image) => {
    const small = image.resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true });
    const {
      data,
      info: { width, height },
    } = await small
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .jpeg({ quality: QUALITY })
      .toBuffer({ resolveWithObject: true });
    return { image: data, width, height };
  });
}

/**
 * What there is to see in what is sent: a picture, or digits, which are put side by side; undefined for anything
 * else.
 */
export function visibleIn(payload: unknown): unknown {
  if (isList(payload)) return sideBySide(payload);
  if (looksRaw(payload)) return payload;
  if (typeof payload === 'string') return payload.startsWith('data:image/') ? payload : undefined;
  return payload instanceof Uint8Array && payload.length > 0 ? payload : undefined;
}

function sideBySide(digits: unknown[]): RawPicture | undefined {
  const images = digits.slice(0, DIGITS).flatMap((digit) => {
    const { image } = (digit ?? {}) as { image?: unknown };
    return image instanceof Uint8Array && image.length === DIGIT_SIZE ** 2 ? [image] : [];
  });
  if (images.length === 0) return undefined;
  const width = DIGIT_SIZE * images.length;
  const data = new Uint8Array(width * DIGIT_SIZE);
  for (const [i, image] of images.entries()) {
    for (let y = 0; y < DIGIT_SIZE; y++)
      data.set(image.subarray(y * DIGIT_SIZE, (y + 1) * DIGIT_SIZE), y * width + i * DIGIT_SIZE);
  }
  return { data, width, height: DIGIT_SIZE, channels: 1 };
}
