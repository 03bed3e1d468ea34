import { type LabelledDigits } from '../data/idx';
import { drawContactSheet } from '../explain/contact-sheet';
import { sizeToFit, svg, text } from '../explain/svg';
import { loadSharp } from '../pictures/decode';
import type { Evaluation } from './evaluate';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../digit';
import { percent, percentOfProbability } from '../percent';

/**
 * Right and wrong, from the colours of Okabe and Ito ("Color Universal Design", 2008), which colour-blind people tell
 * apart.
 */
const RIGHT = '#009E73';
const WRONG = '#D55E00';

/** Most mistakes that are drawn. */
export const MOST_MISTAKES = 200;

/** Sides of a cell of the matrix, and space above and to the left of it, pixels. */
const CELL = 52;
const TOP = 84;
const LEFT = 96;

/** What stands at a row or a column. */
const nameOf = (label: number): string => (label === NOT_A_DIGIT ? 'none' : String(label));

/**
 * Draws the confusion matrix: a row for each digit, and in it, how often it was read as what. The more of a row, the
 * darker.
 * @returns a PNG
 */
export async function drawConfusion({
  n,
  accuracy,
  confusion,
}: Pick<Evaluation, 'n' | 'accuracy' | 'confusion'>): Promise<Buffer> {
  const columns = confusion.at(0)?.length ?? 0;
  const width = LEFT + columns * CELL + 20;
  const height = TOP + confusion.length * CELL + 20;
  const title = `${percent(accuracy, 2)} of ${n.toLocaleString('en')} right`;
  const cells = confusion.flatMap((row, label) => {
    const all = row.reduce((a, b) => a + b, 0);
    const y = TOP + label * CELL;
    return [
      text(LEFT - 20, y + 32, nameOf(label), { size: 17, bold: true, anchor: 'middle' }),
      ...row.map((count, read) => cell(LEFT + read * CELL, y, count, all, label === read)).flat(),
    ];
  });
  const heads = Array.from({ length: columns }, (_, read) =>
    text(LEFT + (read + 0.5) * CELL, TOP - 10, nameOf(read), { size: 17, bold: true, anchor: 'middle' }),
  );
  const axes = [
    text(LEFT, TOP - 34, 'read as', { size: 14, colour: '#444444' }),
    text(8, TOP + 32, 'is', { size: 14, colour: '#444444' }),
  ];
  return loadSharp()(svg(width, height, [...cells, ...heads, ...axes, text(8, 28, title, { size: 19, bold: true })]))
    .flatten({ background: 'white' })
    .png()
    .toBuffer();
}

function cell(x: number, y: number, count: number, all: number, right: boolean): string[] {
  // Mistakes are few: a root makes them visible.
  const share = all > 0 ? count / all : 0;
  const strength = right || count === 0 ? share : Math.min(1, 0.1 + 1.5 * Math.sqrt(share));
  const square =
    `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" fill="${right ? RIGHT : WRONG}" ` +
    `fill-opacity="${strength.toFixed(3)}" stroke="#DDDDDD"/>`;
  if (count === 0) return [square];
  const label = String(count);
  return [
    square,
    text(x + CELL / 2, y + 32, label, {
      size: sizeToFit(label, 16, CELL - 4),
      anchor: 'middle',
      colour: strength > 0.6 ? '#FFFFFF' : '#222222',
    }),
  ];
}

/**
 * Draws what was read wrong as a contact sheet, the surest mistakes first: what it is → what was read, and how sure
 * that was.
 * @returns a PNG
 */
export function drawMistakes(
  { n, mistakes }: Pick<Evaluation, 'n' | 'mistakes'>,
  { images }: LabelledDigits,
): Promise<Buffer> {
  const drawn = mistakes.slice(0, MOST_MISTAKES);
  const cells = drawn.map(({ index, label, read, confidence }) => ({
    image: images.subarray(index * DIGIT_PIXELS, (index + 1) * DIGIT_PIXELS),
    lines: [`${nameOf(label)} → ${nameOf(read)}`, percentOfProbability(confidence)],
    colour: WRONG,
  }));
  const shown = drawn.length < mistakes.length ? `, the surest ${drawn.length}` : '';
  return drawContactSheet(cells, {
    title: `${mistakes.length.toLocaleString('en')} of ${n.toLocaleString('en')} read wrong${shown}`,
  });
}
