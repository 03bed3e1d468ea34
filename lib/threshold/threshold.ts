import { toGrey } from '../pictures/grey';
import type { Plane } from '../pictures/planes';
import { checkRawPicture, type Mask, type RawPicture } from '../pictures/picture';
import { adaptiveMask } from './adaptive';
import { automaticMask } from './automatic';
import type { MaskBuffers } from './buffers';
import { InkStrength } from './ink-strength';
import { checkThresholdOptions, type ThresholdMethod, type ThresholdOptions } from './options';
import { otsuLevel } from './otsu';
import { inkIsLight, withCoarse } from './background';

/**
 * Tells ink from background.
 * @param picture raw pixels of 1 to 4 channels
 * @param buffers for a mask that is used no longer when the next one is made
 * @returns a mask of the same size with the strength of the ink beside it
 * @throws PictureError or RangeError naming what was expected and what came
 */
export function thresholdPicture(picture: RawPicture, options: ThresholdOptions = {}, buffers?: MaskBuffers): Mask {
  const { method, level, polarity, sensitivity } = checkThresholdOptions(options);
  const grey = withCoarse(toGrey(checkRawPicture(picture)));
  const light = polarity === 'light' || (polarity === 'automatic' && inkIsLight(grey.coarse));
  const pixels = grey.fine.data.length;
  const ink = new InkStrength(grey, light, undefined, buffers?.ink(pixels));
  const data =
    method === 'automatic'
      ? automaticMask(ink, sensitivity, Infinity, buffers?.mask(pixels))
      : plainMask(method, light ? negative(grey.fine) : grey.fine, light ? 255 - level : level, sensitivity);
  if (method !== 'automatic') ink.everywhere();
  const border = ink.border();
  return {
    data,
    width: ink.width,
    height: ink.height,
    channels: 1,
    mask: true,
    ink: ink.data,
    background: ink.background,
    ...(border && { border }),
    grey: (light ? negative(grey.fine) : grey.fine).data,
  };
}

/** By grey alone, dark on light. */
function plainMask(
  method: Exclude<ThresholdMethod, 'automatic'>,
  dark: Plane,
  level: number,
  sensitivity: number,
): Uint8Array {
  switch (method) {
    case 'adaptive':
      return adaptiveMask(dark, sensitivity);
    case 'otsu':
      return below(dark.data, otsuLevel(dark.data) + 1);
    case 'fixed':
      return below(dark.data, level);
  }
}

function negative(plane: Plane): Plane {
  return { ...plane, data: plane.data.map((value) => 255 - value) };
}

function below(data: Uint8Array, level: number): Uint8Array {
  return data.map((value) => (value < level ? 255 : 0));
}
