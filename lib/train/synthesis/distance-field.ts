import { DIGIT_SIZE } from '../../digit';
/**
 * The shape of a 28×28 picture on a grid three times as fine: what warping samples from, so that it loses no sharpness.
 */

/** Fine pixels in one pixel of the 28×28 picture. */
export const FINE = 3;

/** Side of a field, fine pixels. */
export const FIELD_SIZE = DIGIT_SIZE * FINE;

const columns = new Float32Array(DIGIT_SIZE * FIELD_SIZE);
const line = new Float32Array(DIGIT_SIZE + 4);

/**
 * Enlarges a 28×28 picture three times, smoothly. Paper lies all round.
 * @param out `FIELD_SIZE²` values; they reach a little below 0 and above 255
 */
export function enlarge(image: Uint8Array, out: Float32Array): void {
  for (let y = 0; y < DIGIT_SIZE; y++) enlargeLine(image, y * DIGIT_SIZE, 1, columns, y * FIELD_SIZE, 1);
  for (let x = 0; x < FIELD_SIZE; x++) enlargeLine(columns, x, FIELD_SIZE, out, x, FIELD_SIZE);
}

function enlargeLine(
  from: Uint8Array | Float32Array,
  start: number,
  step: number,
  to: Float32Array,
  at: number,
  toStep: number,
): void {
  for (let i = 0; i < DIGIT_SIZE; i++) line[i + 2] = from[start + i * step];
  for (let i = 2; i < DIGIT_SIZE + 2; i++, at += FINE * toStep) {
    const a = line[i - 2];
    const b = line[i - 1];
    const c = line[i];
    const d = line[i + 1];
    const e = line[i + 2];
    // Cubic convolution (Keys 1981, a = −1/2) a third of a pixel before and behind the pixel's centre.
    to[at] = (-a + 9 * b + 21 * c - 2 * d) / 27;
    to[at + toStep] = c;
    to[at + 2 * toStep] = (-2 * b + 21 * c + 9 * d - e) / 27;
  }
}

/** The distance of what lies beyond all ink. */
export const FAR = 1e3;

const DIAGONAL = Math.SQRT2 / FINE;
const STRAIGHT = 1 / FINE;

/**
 * Turns an enlarged picture into its signed distance field: the distance from the edge of the ink, below 0 inside the
 * ink (chamfer distances after Borgefors 1986, started from the grey values along the edge).
 * @param field `FIELD_SIZE²` values 0 to 255, replaced by distances in pixels of the 28×28 picture
 * @param box where to do so, in pixels of the 28×28 picture, with the right and bottom edges outside; the rest becomes
 *   `FAR`
 */
export function toDistance(
  field: Float32Array,
  box: { left: number; top: number; right: number; bottom: number },
): void {
  const n = FIELD_SIZE;
  const left = Math.max(1, box.left * FINE);
  const right = Math.min(n - 1, box.right * FINE);
  const top = Math.max(1, box.top * FINE);
  const bottom = Math.min(n - 1, box.bottom * FINE);
  distance.fill(FAR);
  for (let y = top; y < bottom; y++) {
    for (let i = y * n + left, end = y * n + right; i < end; i++) {
      // Edges in these pictures run from background to ink over one pixel, so there grey tells the distance.
      const paper = 0.5 - field[i] * (1 / 255);
      const edge = paper < 0 ? -paper : paper;
      if (edge < 0.47) {
        distance[i] = edge;
        continue;
      }
      let d = FAR;
      if (distance[i - 1] + STRAIGHT < d) d = distance[i - 1] + STRAIGHT;
      if (distance[i - n] + STRAIGHT < d) d = distance[i - n] + STRAIGHT;
      if (distance[i - n - 1] + DIAGONAL < d) d = distance[i - n - 1] + DIAGONAL;
      if (distance[i - n + 1] + DIAGONAL < d) d = distance[i - n + 1] + DIAGONAL;
      distance[i] = d;
    }
  }
  sweepBack(distance, n, { left, top, right, bottom }, 0.47, STRAIGHT, DIAGONAL);
  for (let i = 0; i < distance.length; i++) field[i] = field[i] > 127.5 ? -distance[i] : distance[i];
}

const distance = new Float32Array(FIELD_SIZE * FIELD_SIZE);

/**
 * The second pass of a chamfer distance: from the lower right to the upper left.
 * @param width of a row of `distance`
 * @param box of what is swept, with the right and bottom edges outside; there must be a pixel more beside it and below
 * @param known distances below this stay as they are
 * @param straight, diagonal from one pixel to the next
 */
export function sweepBack(
  distance: Float32Array,
  width: number,
  box: { left: number; top: number; right: number; bottom: number },
  known: number,
  straight: number,
  diagonal: number,
): void {
  for (let y = box.bottom - 1; y >= box.top; y--) {
    for (let i = y * width + box.right - 1, end = y * width + box.left; i >= end; i--) {
      let d = distance[i];
      if (d < known) continue;
      const below = i + width;
      if (distance[i + 1] + straight < d) d = distance[i + 1] + straight;
      if (distance[below] + straight < d) d = distance[below] + straight;
      if (distance[below + 1] + diagonal < d) d = distance[below + 1] + diagonal;
      if (distance[below - 1] + diagonal < d) d = distance[below - 1] + diagonal;
      distance[i] = d;
    }
  }
}
