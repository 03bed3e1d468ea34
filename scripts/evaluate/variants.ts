import type { Sharp } from 'sharp';
import { loadSharp } from '../../lib/pictures/decode';
import type { Box } from '../../lib/pictures/picture';
import { Random } from '../../lib/random';
import { gaussianBlur, motionBlur } from '../scenes/blur';
import { addNoise, type Field } from '../scenes/field';

/** A photograph as the steps see it. */
interface Photograph {
  /** Brightness 0 to 255, upright, at most 640 × 480 pixels or so. */
  field: Field;
  /** The box about all digits, pixels of the field. */
  digits: Box;
}

/** Makes another picture of a photograph; it may change what it is given. */
export type Variant = (photograph: Photograph) => Field | Promise<Field>;

/** About the brightness of paper in the shade. */
const PAPER = 160;

/**
 * The same photographs as another camera, hand or light would have given them: a reading should not depend on it.
 * Lengths are in pixels of a field.
 */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  ...of(
    [8, 4, 1, 0],
    (percent) => `cropped to ${percent} % about the digits`,
    (percent) => cropped(percent / 100),
  ),
  ...of(
    [-15, -10, -5, 5, 10, 15],
    (degrees) => `turned by ${degrees}°`,
    (degrees) => turned(degrees, PAPER),
  ),
  ...of(
    [-10, 10],
    (degrees) => `turned by ${degrees}°, black corners`,
    (degrees) => turned(degrees, 0),
  ),
  ...of(
    [90, 180],
    (degrees) => `turned by ${degrees}°`,
    (degrees) => turned(degrees, 0),
  ),
  ...of(
    [0.6, 0.35],
    (light) => `hard shadow to ${light}`,
    (light) => shaded((across) => (across > 0 ? light : 1)),
  ),
  'soft shadow to 0.35': shaded((across) => 1 - 0.65 * Math.min(1, Math.max(0, across + 0.5))),
  ...of(
    [9, 17, 31],
    (length) => `motion of ${length} pixels`,
    (length) =>
      ({ field }) => {
        motionBlur(field, length, Math.PI / 6);
        return field;
      },
  ),
  ...of(
    [4, 8],
    (sigma) => `blur of ${sigma} pixels`,
    (sigma) =>
      ({ field }) => {
        gaussianBlur(field, sigma);
        return field;
      },
  ),
  ...of([20, 30], (deviation) => `noise of ${deviation}`, noisy),
  'a fifth of the light, noise of 4': (photograph) => noisy(4)({ ...photograph, field: toned(0.2, 0)(photograph) }),
  'a third of the light': toned(1 / 3, 0),
  'contrast 0.4': toned(0.4, 0.6 * 128),
  'white on dark': toned(-1, 255),
  ...of([0.2, 0.33, 0.5, 3], (scale) => `${scale} times the size`, resized),
};

function of<T>(
  values: readonly T[],
  name: (value: T) => string,
  variant: (value: T) => Variant,
): Record<string, Variant> {
  return Object.fromEntries(values.map((value) => [name(value), variant(value)]));
}

/** @param margin about the digits, a share of the longer side of their box */
function cropped(margin: number): Variant {
  return ({ field: { width, height, data }, digits }) => {
    const more = Math.round(margin * Math.max(digits.width, digits.height));
    const left = Math.max(0, digits.x - more);
    const right = Math.min(width, digits.x + digits.width + more);
    const top = Math.max(0, digits.y - more);
    const bottom = Math.min(height, digits.y + digits.height + more);
    const [wide, high] = [right - left, bottom - top];
    const out: Field = { width: wide, height: high, data: new Float32Array(wide * high) };
    for (let y = top; y < bottom; y++) {
      out.data.set(data.subarray(y * width + left, y * width + right), (y - top) * out.width);
    }
    return out;
  };
}

function turned(degrees: number, corner: number): Variant {
  return throughSharp((picture) => picture.rotate(degrees, { background: { r: corner, g: corner, b: corner } }));
}

function resized(scale: number): Variant {
  return throughSharp((picture, { width }) => picture.resize({ width: Math.max(1, Math.round(width * scale)) }));
}

function throughSharp(change: (picture: Sharp, field: Field) => Sharp): Variant {
  return async ({ field }) => {
    const { width, height } = field;
    const data = Buffer.from(Uint8Array.from(field.data, byteOf));
    const { data: out, info } = await change(loadSharp()(data, { raw: { width, height, channels: 1 } }), field)
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: Float32Array.from(out) };
  };
}

/** @param light by how far a pixel lies across a slanted line through the middle, in widths of the picture */
function shaded(light: (across: number) => number): Variant {
  return ({ field }) => {
    const { width, height, data } = field;
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) data[at] *= light((x - width / 2 + 0.3 * (y - height / 2)) / width);
    }
    return field;
  };
}

function noisy(deviation: number): Variant {
  return ({ field }) => {
    addNoise(field, new Random(1), deviation);
    return field;
  };
}

function toned(gain: number, offset: number): (photograph: Photograph) => Field {
  return ({ field }) => ({ ...field, data: field.data.map((value) => value * gain + offset) });
}

/** From any number to a byte. */
export function byteOf(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
