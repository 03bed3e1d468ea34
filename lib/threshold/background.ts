import { blockMeans } from '../pictures/blocks';
import { close } from '../pictures/morphology';
import { blur, crop, pad, shrink, type Plane } from '../pictures/planes';
import { fillBorder, findBorder } from './border';

/** Light and paper are estimated on a copy whose shorter side has about so many pixels. */
const COARSE_SIDE = 120;

/** Shapes narrower than this share of the shorter side are ink, wider ones are paper, shadow or desk. */
const WIDEST_STROKE = 1 / 5;

/** A grey picture and its means over blocks of `factor × factor` pixels. */
export interface Scaled {
  fine: Plane;
  /** Continued into the border. */
  coarse: Plane;
  factor: number;
  /** 1 for a block that lies in a margin, where there are any. */
  border?: Uint8Array;
}

/** A plane with its coarse version, whose blocks' borders are found. */
export function withCoarse(fine: Plane): Scaled {
  const factor = factorOf(fine);
  const coarse = blockMeans(fine, factor);
  return scaled(fine, coarse, factor, findBorder(fine, coarse, factor));
}

/**
 * The same where the borders are known.
 * @param border see `Mask`
 */
export function withinBorder(fine: Plane, border: Uint8Array | undefined): Scaled {
  const factor = factorOf(fine);
  const coarse = blockMeans(fine, factor);
  const blocks =
    border &&
    coarse.data.map((_, block) =>
      border[Math.floor(block / coarse.width) * factor * fine.width + (block % coarse.width) * factor] ? 1 : 0,
    );
  return scaled(fine, coarse, factor, blocks);
}

function factorOf({ width, height }: Plane): number {
  return Math.max(1, Math.round(Math.min(width, height) / COARSE_SIDE));
}

function scaled(fine: Plane, coarse: Plane, factor: number, border: Uint8Array | undefined): Scaled {
  return border ? { fine, coarse: fillBorder(coarse, border), factor, border } : { fine, coarse, factor };
}

function widestRadius(coarse: Plane, widest = WIDEST_STROKE): number {
  return Math.max(2, Math.round((Math.min(coarse.width, coarse.height) * widest) / 2));
}

/**
 * Brightness of the paper in each block, as if nothing were written on it: a morphological closing, which keeps the
 * edges of shadows and of the sheet where they are.
 * @param widest stroke that is ink, as a share of the shorter side
 */
export function estimateBackground(coarse: Plane, widest?: number): Plane {
  const radius = widestRadius(coarse, widest);
  // Continued beyond the border, or the closing would take a vignette's dark edge for ink.
  return blur(crop(close(pad(coarse, radius), radius), radius), 1);
}

/** Paper changes by no more than this from one block to the next, but for the edges of shadows and of sheets. */
const SMOOTH = 0.04;

/**
 * The paper as it may be taken where its brightness steps: rather too dark than too bright, because blocks lie across
 * the edge of a shadow or a sheet, and what is interpolated between them would make its darker side seem inked.
 */
export function lowerAtSteps({ data, width, height }: Plane): Plane {
  const column = new Uint8Array(width);
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const before = y > 0 ? here - width : here;
    const after = y + 1 < height ? here + width : here;
    for (let x = 0; x < width; x++) column[x] = Math.min(data[before + x], data[here + x], data[after + x]);
    for (let x = 0; x < width; x++) {
      const darkest = Math.min(column[x > 0 ? x - 1 : x], column[x], column[x + 1 < width ? x + 1 : x]);
      const own = data[here + x];
      out[here + x] = Math.min(own, darkest + own * SMOOTH);
    }
  }
  return { data: out, width, height };
}

/**
 * Whether the ink is rather bright than dark, as chalk on a board: ink is the rare side of the distribution about the
 * local mean, so the sign of its skewness tells. It is taken at the scale where it is clearest: a hairline is seen
 * against its close surroundings, a broad marker against half of the picture, and shadows are skewed at no scale.
 */
export function inkIsLight(coarse: Plane): boolean {
  const widest = 2 * widestRadius(coarse);
  const half = shrink(coarse, 2);
  const clearest = [widest >> 3, widest >> 2, widest >> 1]
    .map((radius) => skewness(half, Math.max(1, radius)))
    .reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  return clearest > LIGHT_SKEWNESS;
}

/** Dark ink is the usual case; a picture of nothing but soft shadow is skewed either way by less than this. */
const LIGHT_SKEWNESS = 0.65;

/** Third standardised moment of the difference from the mean within `radius`; 0 for a flat picture. */
function skewness(plane: Plane, radius: number): number {
  const mean = blur(plane, radius).data;
  let second = 0;
  let third = 0;
  for (let i = 0; i < mean.length; i++) {
    const difference = plane.data[i] - mean[i];
    second += difference * difference;
    third += difference * difference * difference;
  }
  const variance = second / mean.length;
  return variance > 0 ? third / mean.length / variance ** 1.5 : 0;
}
