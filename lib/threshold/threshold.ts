import { toGrey } from '../pictures/grey';
import { assertRawPicture, type Mask, type RawPicture } from '../pictures/picture';
import type { Plane } from '../pictures/planes';
import { adaptiveMask } from './adaptive';
import { automaticMask } from './automatic';
import { checkThresholdOptions, type ThresholdMethod, type ThresholdOptions } from './options';
import { otsuLevel } from './otsu';
import { flatten, inkIsLight, negative, withCoarse, type Scaled } from './paper';

/**
 * Tells ink from paper.
 * @param picture raw pixels of 1 to 4 channels
 * @returns a mask of the same size with the strength of the ink beside it
 * @throws PictureError or RangeError naming what was expected and what came
 */
export function thresholdPicture(picture: RawPicture, options: ThresholdOptions = {}): Mask {
  assertRawPicture(picture);
  const { method, level, polarity, sensitivity } = checkThresholdOptions(options);
  const grey = withCoarse(toGrey(picture));
  const light = polarity === 'light' || (polarity === 'automatic' && inkIsLight(grey.coarse));
  const dark = light ? negative(grey) : grey;
  const ink = flatten(dark);
  const data = maskBy(method, dark, ink, light ? 255 - level : level, sensitivity);
  return { data, width: ink.width, height: ink.height, channels: 1, ink: ink.data };
}

function maskBy(method: ThresholdMethod, { fine, factor }: Scaled, ink: Plane, level: number, sensitivity: number): Uint8Array {
  switch (method) {
    case 'automatic': return automaticMask(ink, factor, sensitivity);
    case 'adaptive': return adaptiveMask(fine, sensitivity);
    case 'otsu': return below(fine.data, otsuLevel(fine.data) + 1);
    case 'fixed': return below(fine.data, level);
  }
}

function below(data: Uint8Array, level: number): Uint8Array {
  return data.map((value) => (value < level ? 255 : 0));
}
