import type { RawPicture } from '../lib/pictures/picture';

/** Which frame of the fake rpicam-vid this is, counted from 0, and when it was taken. */
export function stampOf(image: Buffer | RawPicture): { number: number; at: number } {
  const bytes = Buffer.isBuffer(image) ? image.subarray(6) : Buffer.from(image.data.buffer, image.data.byteOffset, 16);
  return { number: bytes.readDoubleBE(0), at: bytes.readDoubleBE(8) };
}
