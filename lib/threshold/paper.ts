import { blur, close, crop, enlarge, pad, shrink, type Plane } from '../pictures/planes';

/** Light and paper are estimated on a copy whose shorter side has about so many pixels. */
const COARSE_SIDE = 120;

/** Shapes narrower than this share of the shorter side are ink, wider ones are paper, shadow or desk. */
const WIDEST_STROKE = 1 / 5;

/** Paper darker than this (of 255) tells nothing: black bars round a picture, a lens cap. */
const DARKEST_PAPER = 10;

export function coarseFactor(width: number, height: number): number {
  return Math.max(1, Math.round(Math.min(width, height) / COARSE_SIDE));
}

function radiusOf(coarse: Plane): number {
  return Math.max(2, Math.round((Math.min(coarse.width, coarse.height) * WIDEST_STROKE) / 2));
}

/**
 * Brightness of the paper at each pixel, as if nothing were written on it: a morphological closing of a coarse copy,
 * which keeps the edges of shadows and of the sheet where they are.
 */
export function estimatePaper(grey: Plane): Plane {
  const factor = coarseFactor(grey.width, grey.height);
  const coarse = shrink(grey, factor);
  const radius = radiusOf(coarse);
  // Continued beyond the border, or the closing would take a vignette's dark edge for ink.
  const closed = crop(close(pad(coarse, radius), radius), radius);
  return enlarge(blur(closed, 1), factor, grey.width, grey.height);
}

/**
 * Strength of the ink, 0 = as bright as the paper to 255 = black: the share of light that the ink swallows, and so the
 * same in the light and in the shade.
 */
export function flatten(grey: Plane): Plane {
  const paper = estimatePaper(grey).data;
  const data = new Uint8Array(grey.data.length);
  for (let i = 0; i < data.length; i++) {
    const missing = paper[i] - grey.data[i];
    if (missing > 0 && paper[i] > DARKEST_PAPER) data[i] = (missing * 255) / paper[i];
  }
  return { data, width: grey.width, height: grey.height };
}

/**
 * Whether the ink is rather bright than dark, as chalk on a board: ink is the rare side of the distribution about the
 * local mean, so the sign of its skewness tells.
 */
export function inkIsLight(grey: Plane): boolean {
  const coarse = shrink(grey, coarseFactor(grey.width, grey.height));
  const mean = blur(coarse, 2 * radiusOf(coarse)).data;
  let second = 0, third = 0;
  for (let i = 0; i < mean.length; i++) {
    const difference = coarse.data[i] - mean[i];
    second += difference ** 2;
    third += difference ** 3;
  }
  const variance = second / mean.length;
  return variance > 0 && third / mean.length / variance ** 1.5 > LIGHT_SKEWNESS;
}

/** Dark ink is the usual case; a picture of nothing but soft shadow is skewed either way by less than this. */
const LIGHT_SKEWNESS = 0.5;

export function negative(plane: Plane): Plane {
  return { ...plane, data: plane.data.map((v) => 255 - v) };
}
