import type { Prediction } from '../classify/prediction';
import { loadSharp } from '../pictures/decode';
import { enlarge } from './contact-sheet';
import { digitOutcomes, OUTCOMES, type Outcome } from './outcomes';
import { outline, svg, text } from './svg';
import type { Trace } from '../pipeline/trace';
import { DIGIT_SIZE } from '../digit';
import { percentOfProbability } from '../percent';

/** How many times the 28×28 pictures are enlarged; every pixel stays a square. */
const ENLARGED = 4;

/** A digit's picture, and the place it takes with what is written below, pixels. */
const SIDE = DIGIT_SIZE * ENLARGED;
const TILE_WIDTH = SIDE + 18;
const TILE_HEIGHT = SIDE + 76;

/** Height where there is none, pixels. */
const EMPTY_HEIGHT = 40;

/** Less than this is not worth naming a second choice. */
const LEAST_SECOND = 0.02;

/**
 * Draws the 28×28 pictures enlarged, in reading order, each with what the network made of it.
 * @param width of the result, pixels; as many stand side by side as fit
 */
export async function drawDigits(trace: Trace, width: number): Promise<Buffer> {
  const digits = trace.digits ?? [];
  const columns = Math.max(1, Math.floor(width / TILE_WIDTH));
  const rows = Math.ceil(digits.length / columns);
  const size = { width: Math.max(width, TILE_WIDTH), height: rows * TILE_HEIGHT || EMPTY_HEIGHT };
  const canvas = new Uint8Array(size.width * size.height).fill(255);
  const outcomes = digitOutcomes(trace);
  const overlay = digits.flatMap((digit, i) => {
    const x = (i % columns) * TILE_WIDTH + 4;
    const y = Math.floor(i / columns) * TILE_HEIGHT + 4;
    enlarge(digit.image, ENLARGED, canvas, size.width, x, y);
    return describe(x, y, outcomes[i], trace.classified?.predictions[i]);
  });
  if (digits.length === 0) overlay.push(text(4, 24, 'No shape was left for the network to look at.', { size: 15 }));
  return loadSharp()(canvas, { raw: { ...size, channels: 1 } })
    .toColourspace('srgb')
    .composite([{ input: svg(size.width, size.height, overlay) }])
    .png()
    .toBuffer();
}

function describe(x: number, y: number, outcome: Outcome | undefined, prediction: Prediction | undefined): string[] {
  const { colour, dashed } = outcome ? OUTCOMES[outcome] : { colour: '#767676' };
  const frame = outline({ x: x - 2, y: y - 2, width: SIDE + 4, height: SIDE + 4 }, colour, { thick: 4, dashed });
  if (!outcome || !prediction) return [frame];
  const { digit, confidence, probabilities, notDigit } = prediction;
  const second = probabilities
    .map((probability, other) => ({ probability, other }))
    .filter(({ other }) => other !== digit)
    .reduce((a, b) => (b.probability > a.probability ? b : a));
  const below = y + SIDE;
  const share = `not a digit ${percentOfProbability(notDigit)}`;
  const name =
    outcome === 'not a digit'
      ? [text(x, below + 24, 'no digit', { size: 17, bold: true, colour })]
      : [
          text(x, below + 25, String(digit), { size: 24, bold: true, colour }),
          text(x + 24, below + 24, outcome === 'digit' ? percentOfProbability(confidence) : 'not counted', {
            size: 16,
          }),
        ];
  const details =
    outcome === 'not a digit'
      ? [share, `else a ${digit}: ${percentOfProbability(confidence)}`]
      : [
          share,
          ...(second.probability >= LEAST_SECOND
            ? [`or a ${second.other}: ${percentOfProbability(second.probability)}`]
            : []),
        ];
  return [
    frame,
    ...name,
    ...details.map((line, i) => text(x, below + 44 + 17 * i, line, { size: 12.5, colour: '#444444' })),
  ];
}
