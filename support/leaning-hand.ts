import { drawPage } from './drawing/page';
import { loadSharp } from '../lib/pictures/decode';
import { extractDigits } from '../lib/extract/extract';
import { thresholdPicture } from '../lib/threshold/threshold';
import type { RawPicture } from '../lib/pictures/picture';

/** So far to the left that the model that comes along misreads many. */
const LEAN = -45;

/** A sheet with one digit. */
function page(digit: number, seed: number, tilt: number): RawPicture {
  return drawPage({ writing: [{ text: String(digit), x: 260, y: 150, height: 170 }], tilt, seed });
}

/** A photograph of one digit by somebody whose writing leans far over, JPEG. */
export async function leaningPhoto(digit: number, seed: number): Promise<Buffer> {
  const { data, width, height } = page(digit, seed, LEAN);
  return loadSharp()(data, { raw: { width, height, channels: 3 } })
    .blur(0.8)
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** The digit as the network sees it, 784 bytes; upright with a lean of 0. */
export function leaningDigit(digit: number, seed: number, lean = LEAN): Uint8Array {
  return extractDigits(thresholdPicture(page(digit, seed, lean)))[0]!.image;
}
