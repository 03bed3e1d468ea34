import { type Random } from '../../lib/random';
import type { FrameReading } from '../../lib/filter/evidence';

/** Shares of a digit, by digit; what is left of 1 is "no digit". */
export type Shares = Partial<Record<number, number>>;

/** A reading of one line of digits, each with its probabilities: the most probable one is read. */
export function frame(
  places: Shares[],
  {
    x = 0,
    y = 0,
    scale = 1,
    line = (): number => 0,
  }: { x?: number; y?: number; scale?: number; line?: (i: number) => number } = {},
): FrameReading {
  const digits = places.map((shares, i) => {
    const probabilities = Array.from({ length: 10 }, (_, digit) => shares[digit] ?? 0);
    const confidence = Math.max(...probabilities);
    const box = { x: x + 30 * scale * i, y: y + 100 * scale * line(i), width: 20 * scale, height: 40 * scale };
    return { digit: probabilities.indexOf(confidence), confidence, probabilities, line: line(i), box };
  });
  const text = digits.map(({ digit }, i) => (i > 0 && line(i) !== line(i - 1) ? '\n' : '') + String(digit)).join('');
  return { text, confidence: Math.min(...digits.map(({ confidence }) => confidence)), digits };
}

export const NOTHING: FrameReading = { text: '', confidence: 0, digits: [], otherWriting: false };

/**
 * Endless readings of a written 4 that might be a 9. The log-odds of a frame are normally distributed with a mean of
 * `clarity` and a variance of twice that, which makes each frame's probability calibrated; those of two frames have the
 * given correlation.
 */
export function* unclearFour(random: Random, clarity: number, correlation: number): Generator<FrameReading, never> {
  const deviation = Math.sqrt(2 * clarity);
  const shared = random.normal() * deviation * Math.sqrt(correlation);
  for (;;) {
    const four = 1 / (1 + Math.exp(-(clarity + shared + random.normal() * deviation * Math.sqrt(1 - correlation))));
    yield frame([{ 4: four, 9: 1 - four }]);
  }
}
