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
  const places = Array.from({ length: width }, (_, x) => between(x, factor, paper.width));
  const left = Uint16Array.from(places, ([block]) => block), part = Uint16Array.from(places, ([, share]) => share * 256);
  // The paper's brightness times 16 along one row of blocks, a value for each pixel; whole numbers, for speed.
  const widen = (blockRow: number, out: Int32Array): void => {
    const first = blockRow * paper.width, last = first + paper.width - 1;
    for (let x = 0; x < width; x++) {
      const here = paper.data[first + left[x]], next = paper.data[Math.min(last, first + left[x] + 1)];
      out[x] = (here << 4) + (Math.imul(next - here, part[x]) >> 4);
    }
  };
  let above = new Int32Array(width), below = new Int32Array(width), widened = -2;
  for (let y = 0; y < height; y++) {
    const [top, share] = between(y, factor, paper.height);
    if (top !== widened) {
      if (top === widened + 1) [above, below] = [below, above];
      else widen(top, above);
      widen(Math.min(paper.height - 1, top + 1), below);
      widened = top;
    }
    const weight = Math.round(share * 256);
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const white = above[x] + (Math.imul(below[x] - above[x], weight) >> 8);
      // Without a branch: on bare paper noise would make every other one a surprise to the processor.
      data[at] = Math.imul(Math.max(0, white - (grey[at] << 4)), SHARE[white]) >> 16;
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
