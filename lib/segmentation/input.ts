import { blur, shrink, type Plane } from '../pictures/planes';

/** The network works on a copy whose shorter side has about so many pixels: thin strokes are seen there, too. */
const WORKING_SIDE = 240;

/** Long strips are made smaller yet, so that time and memory stay within bounds. */
const MOST_PIXELS = 4 * WORKING_SIDE ** 2;

/** The network halves its input four times, so both sides are continued to multiples of this, pixels. */
const MULTIPLE = 16;

/** Brightness, and the contrast with what lies within the radius (pixels of the copy). */
export const INPUT_CHANNELS = 2;
const RADIUS = 12;

/** Contrast at which its value reaches one half; and grey that is added so that black has some brightness. */
const HALF_CONTRAST = 0.15;
const BLACK = 16;

/** How many pixels of a picture, in each direction, are one of the network's. */
export function factorOf({ width, height }: Pick<Plane, 'width' | 'height'>): number {
  const least = Math.ceil(Math.sqrt((width * height) / MOST_PIXELS));
  return Math.max(1, least, Math.round(Math.min(width, height) / WORKING_SIDE));
}

/** The copy that the network works on. */
export function workingCopy(grey: Plane): Plane {
  return shrink(grey, factorOf(grey));
}

/** Continued by what stands at the right and the bottom, so that both sides are multiples of `MULTIPLE`. */
export function padded({ data, width, height }: Plane): Plane {
  const wide = Math.ceil(width / MULTIPLE) * MULTIPLE;
  const high = Math.ceil(height / MULTIPLE) * MULTIPLE;
  if (wide === width && high === height) return { data, width, height };
  const out = new Uint8Array(wide * high);
  for (let y = 0; y < high; y++) {
    const from = Math.min(y, height - 1) * width;
    out.set(data.subarray(from, from + width), y * wide);
    out.fill(data[from + width - 1], y * wide + width, (y + 1) * wide);
  }
  return { data: out, width: wide, height: high };
}

/**
 * What the network sees: for each pixel its brightness, 0 to 1, and its contrast with what is about it, -1 to 1.
 * Contrast is relative, so that shade changes little, and bends, so that pencil is seen as well as marker.
 * @returns height × width × `INPUT_CHANNELS`
 */
export function networkInput(plane: Plane): Float32Array {
  const { data } = plane;
  const mean = blur(plane, RADIUS).data;
  const out = new Float32Array(data.length * INPUT_CHANNELS);
  for (let i = 0, at = 0; i < data.length; i++, at += INPUT_CHANNELS) {
    const contrast = (data[i] - mean[i]) / (mean[i] + BLACK);
    out[at] = data[i] / 255;
    out[at + 1] = contrast / (Math.abs(contrast) + HALF_CONTRAST);
  }
  return out;
}
