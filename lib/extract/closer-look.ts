import type { Mask } from '../pictures/picture';
import { findWritten } from '../segmentation/written';
import { InkStrength } from '../threshold/ink-strength';
import { withinMargins } from '../threshold/paper';
import type { Component } from './components';

/** Of a shape that is written, the network sees at least this share: of 468 digits on 250 choosing pages half or more. */
const LEAST_SEEN = 0.4;

/** What a network that sees the whole picture makes of it. */
export interface CloserLook {
  /** What it takes for written, of either polarity. */
  masks: Mask[];
  /** Whether it sees nothing written where a shape is. */
  isBlank(shape: Pick<Component, 'runs'>): boolean;
}

/**
 * The same picture once more, where shadows, patterns, rulings or a second sheet hide ink from the first look.
 * @param mask of dark ink in its `grey`
 */
export function lookCloser({ width, height, grey, margins }: Mask): CloserLook | undefined {
  if (!grey) return undefined;
  const scaled = withinMargins({ data: grey, width, height }, margins), { masks, mayBe } = findWritten(scaled.fine);
  const maskOf = (data: Uint8Array, ink: InkStrength, own: Uint8Array): Mask => {
    if (margins) for (let at = 0; at < data.length; at++) if (margins[at]) data[at] = 0;
    workWhere(data, ink);
    return {
      data, width, height, channels: 1, mask: true, ink: ink.data, paper: ink.paper, grey: own,
      ...(margins && { margins }),
    };
  };
  return {
    masks: (['dark', 'light'] as const).flatMap((polarity) => {
      const isLight = polarity === 'light', written = masks.filter((each) => each.polarity === polarity);
      if (written.length === 0) return [];
      const ink = new InkStrength(scaled, isLight), own = isLight ? grey.map((value) => 255 - value) : grey;
      return written.map(({ mask }) => maskOf(mask, ink, own));
    }),
    isBlank: ({ runs }) => {
      let seen = 0, all = 0;
      for (const { y, start, end } of runs) {
        all += end - start;
        for (let x = start; x < end; x++) if (mayBe(x, y)) seen++;
      }
      return seen < all * LEAST_SEEN;
    },
  };
}

/** Works out how strong ink is in all blocks where there is some, and next to it. */
function workWhere(mask: Uint8Array, ink: InkStrength): void {
  const { width, height, factor, across } = ink, last = Math.ceil(height / factor) - 1;
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / factor);
    for (let x = 0; x < width; x++, at++) {
      if (mask[at] === 0) continue;
      const column = Math.floor(x / factor), left = Math.max(0, column - 1), right = Math.min(across - 1, column + 1);
      for (let r = Math.max(0, row - 1); r <= Math.min(last, row + 1); r++) {
        for (let c = left; c <= right; c++) ink.strongestOf(r * across + c);
      }
    }
  }
}
