/**
 * The shape of a 28×28 picture on a grid three times as fine: what warping samples from, so that it loses no sharpness.
 */
import { DIGIT_SIZE } from '../extract/normalise';

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

function enlargeLine(from: Uint8Array | Float32Array, start: number, step: number, to: Float32Array, at: number, toStep: number): void {
  for (let i = 0; i < DIGIT_SIZE; i++) line[i + 2] = from[start + i * step];
  for (let i = 2; i < DIGIT_SIZE + 2; i++, at += FINE * toStep) {
    const a = line[i - 2], b = line[i - 1], c = line[i], d = line[i + 1], e = line[i + 2];
    // Cubic convolution (Keys 1981, a = −1/2) a third of a pixel before and behind the pixel's centre.
    to[at] = (-a + 9 * b + 21 * c - 2 * d) / 27;
    to[at + toStep] = c;
    to[at + 2 * toStep] = (-2 * b + 21 * c + 9 * d - e) / 27;
  }
}

const FAR = 1e3;
const DIAGONAL = Math.SQRT2 / FINE;
const STRAIGHT = 1 / FINE;

/**
 * Turns an enlarged picture into its signed distance field: the distance from the edge of the ink, below 0 inside the ink
 * (chamfer distances after Borgefors 1986, started from the grey values along the edge).
 * @param field `FIELD_SIZE²` values 0 to 255, replaced by distances in pixels of the 28×28 picture
 */
export function toDistance(field: Float32Array): void {
  const n = FIELD_SIZE;
  for (let i = 0; i < field.length; i++) {
    const paper = 0.5 - field[i] / 255;
    // Edges in these pictures run from paper to ink over one pixel, so there grey tells the distance.
    sign[i] = paper < 0 ? -1 : 1;
    field[i] = paper > -0.47 && paper < 0.47 ? Math.abs(paper) : FAR;
  }
  for (let y = 1; y < n - 1; y++) {
    for (let i = y * n + 1, end = y * n + n - 1; i < end; i++) {
      let d = field[i];
      const straight = Math.min(field[i - 1], field[i - n]) + STRAIGHT, diagonal = Math.min(field[i - n - 1], field[i - n + 1]) + DIAGONAL;
      if (straight < d) d = straight;
      if (diagonal < d) d = diagonal;
      field[i] = d;
    }
  }
  for (let y = n - 2; y > 0; y--) {
    for (let i = y * n + n - 2, end = y * n; i > end; i--) {
      let d = field[i];
      const straight = Math.min(field[i + 1], field[i + n]) + STRAIGHT, diagonal = Math.min(field[i + n - 1], field[i + n + 1]) + DIAGONAL;
      if (straight < d) d = straight;
      if (diagonal < d) d = diagonal;
      field[i] = d;
    }
  }
  for (let i = 0; i < field.length; i++) field[i] *= sign[i];
}

const sign = new Int8Array(FIELD_SIZE * FIELD_SIZE);
