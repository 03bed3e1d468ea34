import { blur, type Plane } from '../pictures/planes';

/** Side of the neighbourhood as a share of the picture's shorter side. */
const WINDOW = 1 / 8;

/** How much darker than the local mean ink must be, as a share of it, at sensitivity 0.5. */
const OFFSET = 0.12;

/**
 * Adaptive threshold by local mean (Bradley and Roth 2007): a pixel is ink where it is darker than the mean of its
 * neighbourhood by a share that grows as sensitivity falls.
 * @returns 255 = ink, 0 = paper
 */
export function adaptiveMask(grey: Plane, sensitivity: number): Uint8Array {
  const mean = blur(grey, Math.max(1, Math.round((Math.min(grey.width, grey.height) * WINDOW) / 2))).data;
  const factor = 1 - OFFSET * 2 ** (1 - 2 * sensitivity);
  return grey.data.map((value, i) => (value < mean[i] * factor ? 255 : 0));
}
