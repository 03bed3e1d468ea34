import { blur, close, crop, pad, shrink, type Plane } from '../pictures/planes';

/** Light and paper are estimated on a copy whose shorter side has about so many pixels. */
const COARSE_SIDE = 120;

/** Shapes narrower than this share of the shorter side are ink, wider ones are paper, shadow or desk. */
const WIDEST_STROKE = 1 / 5;

/** Paper darker than this (of 255) tells nothing: black bars round a picture, a lens cap. */
const DARKEST_PAPER = 10;

/** A grey picture and its means over blocks of `factor × factor` pixels. */
export interface Scaled {
  fine: Plane;
  coarse: Plane;
  factor: number;
}

export function withCoarse(fine: Plane): Scaled {
  const factor = Math.max(1, Math.round(Math.min(fine.width, fine.height) / COARSE_SIDE));
  return { fine, coarse: shrink(fine, factor), factor };
}

export function negative({ fine, coarse, factor }: Scaled): Scaled {
  const turn = (plane: Plane): Plane => ({ ...plane, data: plane.data.map((v) => 255 - v) });
  return { fine: turn(fine), coarse: turn(coarse), factor };
}

function widestRadius(coarse: Plane): number {
  return Math.max(2, Math.round((Math.min(coarse.width, coarse.height) * WIDEST_STROKE) / 2));
}

/**
 * Brightness of the paper in each block, as if nothing were written on it: a morphological closing, which keeps the
 * edges of shadows and of the sheet where they are.
 */
export function estimatePaper(coarse: Plane): Plane {
  const radius = widestRadius(coarse);
  // Continued beyond the border, or the closing would take a vignette's dark edge for ink.
  return blur(crop(close(pad(coarse, radius), radius), radius), 1);
}

/**
 * Strength of the ink, 0 = as bright as the paper to 255 = black: the share of light that the ink swallows, and so the
 * same in the light and in the shade. The paper is interpolated between the centres of its blocks.
 */
export function flatten({ fine, coarse, factor }: Scaled): Plane {
  const { width, height, data: grey } = fine;
  const paper = estimatePaper(coarse);
  const data = new Uint8Array(grey.length);
  // The paper's brightness times 256 along one row of pixels; whole numbers, because this sees every pixel.
  const row = new Int32Array(paper.width);
  for (let y = 0; y < height; y++) {
    const [top, share] = between(y, factor, paper.height);
    const above = top * paper.width, below = Math.min(paper.height - 1, top + 1) * paper.width;
    for (let x = 0; x < paper.width; x++) row[x] = paper.data[above + x] * 256 * (1 - share) + paper.data[below + x] * 256 * share;
    // From the centre of one block to that of the next the brightness changes by equal steps.
    for (let block = -1, x = 0; block < paper.width; block++) {
      const start = row[Math.max(0, block)], step = ((row[Math.min(paper.width - 1, block + 1)] - start) / factor) | 0;
      const end = Math.min(width, Math.ceil((block + 1.5) * factor - 0.5));
      let white = (start + step * (x + 0.5 - (block + 0.5) * factor)) | 0;
      for (let at = y * width + x; x < end; x++, at++) {
        const missing = (white >> 4) - (grey[at] << 4);
        if (missing > 0) data[at] = Math.imul(missing, SHARE[white >> 4]) >> 16;
        white += step;
      }
    }
  }
  return { data, width, height };
}

/** 255 · 65536 / white for paper of a brightness of `white` / 16; 0 where the paper is too dark to tell. */
const SHARE = Int32Array.from({ length: 256 * 16 }, (_, white) => (white > DARKEST_PAPER * 16 ? (255 * 65536) / white : 0));

/** The block whose centre lies before pixel `i`, and how far the pixel is on its way to the next one, 0 to 1. */
function between(i: number, factor: number, blocks: number): [number, number] {
  const position = Math.min(blocks - 1, Math.max(0, (i + 0.5) / factor - 0.5));
  const block = Math.floor(position);
  return [block, position - block];
}

/**
 * Whether the ink is rather bright than dark, as chalk on a board: ink is the rare side of the distribution about the
 * local mean, so the sign of its skewness tells. It is taken at the scale where it is clearest: a hairline is seen
 * against its close surroundings, a broad marker against half of the picture, and shadows are skewed at no scale.
 */
export function inkIsLight(coarse: Plane): boolean {
  const widest = 2 * widestRadius(coarse), half = shrink(coarse, 2);
  const clearest = [skewness(coarse, widest >> 2), skewness(half, widest >> 2), skewness(half, widest >> 1)].reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  return clearest > LIGHT_SKEWNESS;
}

/** Dark ink is the usual case; a picture of nothing but soft shadow is skewed either way by less than this. */
const LIGHT_SKEWNESS = 0.65;

/** Third standardised moment of the difference from the mean within `radius`; 0 for a flat picture. */
function skewness(plane: Plane, radius: number): number {
  const mean = blur(plane, radius).data;
  let second = 0, third = 0;
  for (let i = 0; i < mean.length; i++) {
    const difference = plane.data[i] - mean[i];
    second += difference * difference;
    third += difference * difference * difference;
  }
  const variance = second / mean.length;
  return variance > 0 ? third / mean.length / variance ** 1.5 : 0;
}
