import type { Mask } from '../pictures/picture';
import { dilate } from '../pictures/morphology';
import { findWritten } from '../segmentation/written';
import { InkStrength } from '../threshold/ink-strength';
import { withinBorder } from '../threshold/background';
import type { Component } from './components';

/**
 * Of a shape that is written, the network sees at least this share: of 468 digits on 250 choosing pages half or more.
 */
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
export function lookCloser({ width, height, grey, border }: Mask): CloserLook | undefined {
  if (!grey) return undefined;
  const scaled = withinBorder({ data: grey, width, height }, border);
  const { masks, mayBe } = findWritten(scaled.fine);
  const maskOf = (data: Uint8Array, ink: InkStrength, own: Uint8Array): Mask => {
    if (border) for (let at = 0; at < data.length; at++) if (border[at]) data[at] = 0;
    workWhere(data, ink);
    return {
      data,
      width,
      height,
      channels: 1,
      mask: true,
      ink: ink.data,
      background: ink.background,
      grey: own,
      ...(border && { border }),
    };
  };
  return {
    masks: (['dark', 'light'] as const).flatMap((polarity) => {
      const isLight = polarity === 'light';
      const written = masks.filter((each) => each.polarity === polarity);
      if (written.length === 0) return [];
      const ink = new InkStrength(scaled, isLight);
      const own = isLight ? grey.map((value) => 255 - value) : grey;
      return written.map(({ mask }) => maskOf(mask, ink, own));
    }),
    isBlank: ({ runs }) => {
      let seen = 0;
      let all = 0;
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
  const { width, height, factor, across } = ink;
  const down = Math.ceil(height / factor);
  const inked = new Uint8Array(across * down);
  for (let at = mask.indexOf(255); at >= 0; at = mask.indexOf(255, at + 1)) {
    const y = Math.floor(at / width);
    const x = at - y * width;
    const column = Math.floor(x / factor);
    inked[Math.floor(y / factor) * across + column] = 255;
    // On to the last pixel of this row of the block.
    at = y * width + Math.min(width, (column + 1) * factor) - 1;
  }
  const near = dilate({ data: inked, width: across, height: down }, 1).data;
  for (let block = 0; block < near.length; block++) if (near[block] !== 0) ink.strongestOf(block);
}
