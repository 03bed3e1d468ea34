/**
 * The network that tells which pixels are written: an encoder and a decoder with connections between them (U-Net:
 * Ronneberger et al. 2015) of depthwise separable convolutions (MobileNet: Howard et al. 2017). All of it works at half
 * of the input's resolution and below; the head gives each position's four pixels.
 */

/** Filters of the stem, a convolution of 4 × 4 with stride 2. */
export const STEM = 16;
export const STEM_SIZE = 4;

/** For each resolution, from fine to coarse: filters, and separable convolutions of the encoder. */
export const LEVELS = [
  { filters: 24, depth: 1 },
  { filters: 32, depth: 2 },
  { filters: 48, depth: 3 },
  { filters: 64, depth: 3 },
] as const;

/** What the head says of each pixel: whether dark ink is there, and whether bright ink is, as logits. */
export const INKS = ['dark', 'light'] as const;

/** Pixels of a position of the head, row by row; each with a value for either ink. */
export const HEAD = 4 * INKS.length;

/** Names of layers: the one of a level's nth separable convolution; its parts end in these. */
export const encoderName = (level: number, nth: number): string => `encoder_${level}_${nth}`;
export const decoderName = (level: number): string => `decoder_${level}`;
export const upName = (level: number): string => `up_${level}`;
export const DEPTHWISE = '_depthwise';
export const POINTWISE = '_pointwise';
