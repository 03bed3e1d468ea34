import type { Mask } from '../pictures/picture';
import { automaticMask } from '../threshold/automatic';
import { InkStrength } from '../threshold/ink-strength';
import { withinMargins } from '../threshold/paper';

/**
 * Strokes that are ink at a closer look, as shares of the shorter side. On drawn pages thin ones of the same polarity find 4 % more
 * of all digits, wider ones of the other polarity 1 %; half the size or shorter ruled lines hardly any.
 */
const THIN = 1 / 16, WIDER = 1 / 10;

/**
 * Bare paper reaches no more than this (of 255), whatever shadows and patterns there are: pencil swallows twice as much light. In
 * the negative of bright paper a camera's noise alone reaches more, all over an empty sheet.
 */
const MOST_NOISE = 28;

/**
 * The same picture once more, as it may be where shadows, patterns or a second sheet hide ink from the first look: by thin strokes
 * only, and by strokes of the other polarity. Each look is taken when it is asked for.
 * @param mask of dark ink in its `grey`
 */
export function* closerLooks({ width, height, grey, margins }: Mask): Generator<Mask> {
  if (!grey) return;
  const scaled = withinMargins({ data: grey, width, height }, margins);
  const look = (light: boolean, widest: number, dark: Uint8Array, most?: number): Mask => {
    const ink = new InkStrength(scaled, light, widest);
    return {
      data: automaticMask(ink, 0.5, most), width, height, channels: 1, mask: true,
      ink: ink.data, paper: ink.paper, ...(margins && { margins }), grey: dark,
    };
  };
  yield look(false, THIN, grey, MOST_NOISE);
  yield look(true, WIDER, grey.map((value) => 255 - value));
}
