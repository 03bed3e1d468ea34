import type { Sharp } from 'sharp';
import { withPicture } from '../pictures/decode';
import type { Box } from '../pictures/picture';
import { ACCEPTED, drawOverlay, REJECTED, UNJUDGED, type Mark } from './overlay';

export const FORMATS = ['jpeg', 'png'] as const;
export type AnnotatedFormat = (typeof FORMATS)[number];

/** Quality of the JPEGs, 1 to 100. */
const QUALITY = 80;

/** Larger pictures come out smaller unless told otherwise: the longer side, pixels. */
export const LONGEST_SIDE = 1280;

export interface AnnotateOptions {
  /** Size of the picture in whose pixels the boxes are; default: the picture's own. */
  frame?: { width: number; height: number } | undefined;
  /** Whether the reading was accepted; undefined where nobody has judged it. */
  accepted?: boolean | undefined;
  /** Default `jpeg`. */
  format?: AnnotatedFormat;
  /** Pixels; default `LONGEST_SIDE`. */
  longestSide?: number;
}

export interface AnnotatedPicture {
  /** JPEG or PNG. */
  image: Buffer;
  /** Pixels. */
  width: number;
  height: number;
}

/**
 * Draws boxes, digits and confidences on a picture. All of it is done in sharp's threads.
 *
 * @param picture in any form that `decodePicture` takes; it comes out upright, with its colours, transparency as white
 * @param marks boxes in pixels of `frame`; what lies outside is cut off or left out
 * @throws (rejects) PictureError where it is no picture.
 */
export function annotate(
  picture: unknown,
  marks: readonly Mark[],
  { frame, accepted, format = 'jpeg', longestSide = LONGEST_SIDE }: AnnotateOptions = {},
): Promise<AnnotatedPicture> {
  return withPicture(picture, async (image, size) => {
    const scale = Math.min(1, longestSide / Math.max(size.width, size.height));
    const width = Math.max(1, Math.round(size.width * scale));
    const height = Math.max(1, Math.round(size.height * scale));
    const { width: across, height: down } = frame ?? size;
    const scaled = marks.map((mark) => ({ ...mark, box: scaleBox(mark.box, width / across, height / down) }));
    const look = accepted === undefined ? UNJUDGED : accepted ? ACCEPTED : REJECTED;
    const plain = image.resize(width, height, { fit: 'fill' }).flatten({ background: 'white' }).toColourspace('srgb');
    const drawn =
      scaled.length === 0
        ? plain
        : plain.composite([{ input: Buffer.from(drawOverlay({ width, height }, scaled, look)) }]);
    return { image: await encode(drawn.removeAlpha(), format).toBuffer(), width, height };
  });
}

function encode(image: Sharp, format: AnnotatedFormat): Sharp {
  // The fastest compression: pictures that are looked at once need not be small.
  return format === 'png' ? image.png({ compressionLevel: 1 }) : image.jpeg({ quality: QUALITY });
}

function scaleBox({ x, y, width, height }: Box, across: number, down: number): Box {
  return { x: x * across, y: y * down, width: width * across, height: height * down };
}
