import type { Plane } from '../pictures/planes';
import { INKS } from './architecture';
import { factorOf, workingCopy } from './input';
import { segmentationNetwork } from './network';

/**
 * A pixel is ink where it is likelier written than this. With the first, digits that nearly touch stay apart; with the
 * second, thin and faint strokes hang together. Of the digits of drawn pages each finds some that the other does not;
 * with bright ink on dark, which is rarer, the second finds hardly any.
 */
const LIKELIHOODS = { dark: [0.5, 0.15], light: [0.5] } as const;

/** Where a pixel is less likely written than this, it is not, as far as the network can tell. */
const HARDLY = 0.05;

/** What the network takes for ink, of one polarity and at one likelihood. */
interface WrittenMask {
  polarity: (typeof INKS)[number];
  /** Of the picture's size, 255 = ink. */
  mask: Uint8Array;
}

export interface Written {
  /** Those with some ink in them. */
  masks: WrittenMask[];
  /** Whether any ink may be at a pixel of the picture. */
  mayBe: (x: number, y: number) => boolean;
}

/**
 * Finds ink of either polarity, at each of the likelihoods.
 * @param grey the whole picture
 */
export function findWritten(grey: Plane): Written {
  const copy = workingCopy(grey);
  const logits = segmentationNetwork().segment(copy);
  const factor = factorOf(grey);
  const masks = INKS.flatMap((polarity) =>
    LIKELIHOODS[polarity].flatMap((likelihood) => {
      const mask = enlarged(logits[polarity], copy, grey, factor, logitOf(likelihood));
      return mask ? [{ polarity, mask }] : [];
    }),
  );
  const least = logitOf(HARDLY);
  const { dark, light } = logits;
  return {
    masks,
    mayBe: (x, y) => {
      const cell = Math.floor(y / factor) * copy.width + Math.floor(x / factor);
      return dark[cell] > least || light[cell] > least;
    },
  };
}

function logitOf(likelihood: number): number {
  return Math.log(likelihood / (1 - likelihood));
}

/** The logits brought to the picture's resolution (bilinear), and what is above the bound. */
function enlarged(
  logits: Float32Array,
  { width, height }: Plane,
  grey: Plane,
  factor: number,
  least: number,
): Uint8Array | undefined {
  const isNear = nearInk(logits, width, height, least);
  if (!isNear) return undefined;
  const mask = new Uint8Array(grey.width * grey.height);
  const at = (x: number, y: number): number =>
    logits[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
  for (let row = 0, cell = 0; row < height; row++) {
    for (let column = 0; column < width; column++, cell++) {
      if (isNear[cell] === 0) continue;
      const bottom = Math.min(grey.height, (row + 1) * factor);
      const right = Math.min(grey.width, (column + 1) * factor);
      for (let y = row * factor; y < bottom; y++) {
        const v = (y + 0.5) / factor - 0.5;
        const top = Math.floor(v);
        const fy = v - top;
        for (let x = column * factor; x < right; x++) {
          const u = (x + 0.5) / factor - 0.5;
          const left = Math.floor(u);
          const fx = u - left;
          const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
          const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
          if (upper * (1 - fy) + lower * fy > least) mask[y * grey.width + x] = 255;
        }
      }
    }
  }
  return mask;
}

/** 1 for each cell that is ink or has some beside it: most have not. Undefined where none has. */
function nearInk(logits: Float32Array, width: number, height: number, least: number): Uint8Array | undefined {
  let near: Uint8Array | undefined;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (logits[at] <= least) continue;
      near ??= new Uint8Array(logits.length);
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        near.fill(1, row * width + Math.max(0, x - 1), row * width + Math.min(width, x + 2));
      }
    }
  }
  return near;
}
