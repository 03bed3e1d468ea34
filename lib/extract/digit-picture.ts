import { toGrey } from '../pictures/grey';
import { isBytes, type RawPicture } from '../pictures/picture';
import type { ExtractedDigit } from './digit';
import { DIGIT_PIXELS, DIGIT_SIZE } from '../digit';

/** How encoded pictures begin: PNG, JPEG, GIF, WebP, TIFF, HEIF and AVIF, SVG. */
const SIGNATURE = /^(?:\x89PNG|\xff\xd8\xff|GIF8|RIFF|II\*\0|MM\0\*|.{4}ftyp|\s*<)/s;

/** True for 784 bytes that are pixels, not an encoded picture that happens to be as long. */
export function isDigitPixels(value: unknown): value is Uint8Array {
  return (
    isBytes(value) &&
    value.length === DIGIT_PIXELS &&
    !SIGNATURE.test(Buffer.from(value.subarray(0, 12)).toString('latin1'))
  );
}

/** Whether a picture has the size of one digit's. */
export function isDigitSized({ width, height }: { width: number; height: number }): boolean {
  return width === DIGIT_SIZE && height === DIGIT_SIZE;
}

/**
 * Takes a 28×28 picture for one digit, as MNIST has them; dark ink on light paper is turned round.
 * @param pixels 784 bytes, or a raw picture of 28×28
 * @returns the one digit, or none where the picture is all of one shade.
 */
export function digitPicture(pixels: Uint8Array | RawPicture): ExtractedDigit[] {
  const grey = pixels instanceof Uint8Array ? pixels : toGrey(pixels).data;
  if (grey.every((value) => value === grey[0])) return [];
  const image = isLightPaper(grey) ? grey.map((value) => 255 - value) : grey;
  return [{ image, box: { x: 0, y: 0, width: DIGIT_SIZE, height: DIGIT_SIZE }, line: 0 }];
}

/** MNIST keeps four pixels free on every side, so the outermost ones are paper. */
function isLightPaper(grey: Uint8Array): boolean {
  const last = DIGIT_SIZE - 1;
  let sum = 0;
  for (let i = 0; i < last; i++) {
    sum += grey[i] + grey[i * DIGIT_SIZE + last] + grey[last * DIGIT_SIZE + i + 1] + grey[(i + 1) * DIGIT_SIZE];
  }
  return sum > 127.5 * 4 * last;
}
