import { clampBox } from '../annotate/overlay';
import { withPicture } from '../pictures/decode';
import type { Box } from '../pictures/picture';

/** Paper about the digit, as a share of the box's longer side. */
const MARGIN = 0.25;

/** Larger crops are scaled down: the longer side, pixels. */
const LONGEST_SIDE = 256;

/**
 * A digit as the camera saw it, with some paper about it, as a PNG.
 * @param frame size of the picture in whose pixels the box is; default: the picture's own
 * @throws (rejects) PictureError where it is no picture, RangeError where the box lies outside.
 */
export function cropDigit(
  picture: unknown,
  box: Box,
  frame: { width: number; height: number } | undefined,
): Promise<Buffer> {
  return withPicture(picture, async (image, size) => {
    const across = size.width / (frame?.width ?? size.width);
    const down = size.height / (frame?.height ?? size.height);
    const margin = MARGIN * Math.max(box.width * across, box.height * down);
    const left = Math.floor(box.x * across - margin);
    const top = Math.floor(box.y * down - margin);
    const inside = clampBox(
      {
        x: left,
        y: top,
        width: Math.ceil(box.width * across + 2 * margin),
        height: Math.ceil(box.height * down + 2 * margin),
      },
      size.width,
      size.height,
    );
    if (!inside) throw new RangeError('expected the box of a digit to lie in its frame');
    return image
      .extract({ left: inside.x, top: inside.y, width: inside.width, height: inside.height })
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .png()
      .toBuffer();
  });
}
