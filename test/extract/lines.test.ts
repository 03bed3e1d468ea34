import assert from 'node:assert/strict';
import { readingOrder } from '../../lib/extract/lines';
import type { Box } from '../../lib/pictures/picture';

const HEIGHT = 100;

/** Digits of one height with their middles at these places. */
const digits = (...middles: [x: number, y: number][]): Box[] =>
  middles.map(([x, y]) => ({ x: x - 30, y: y - HEIGHT / 2, width: 60, height: HEIGHT }));

/** As many lines as there are rows, the upper one first, each read from left to right. */
const lineBy = (shift: number): number[][] =>
  // The row below stands apart to the right, so that the rows are not taken for one that leans.
  readingOrder(digits([100, 100], [200, 100], [300, 100], [1000, 100 + shift], [1100, 100 + shift]));

describe('lines of writing', () => {
  it('take in what stands a little lower than the rest', () => {
    for (const shift of [0, 10, 40, -40]) assert.deepEqual(lineBy(shift), [[0, 1, 2, 3, 4]], `shift ${shift}`);
  });

  it('are two where the middles are further apart than half of a digit is high', () => {
    assert.deepEqual(lineBy(65), [
      [0, 1, 2],
      [3, 4],
    ]);
    assert.deepEqual(lineBy(-65), [
      [3, 4],
      [0, 1, 2],
    ]);
  });

  it('are told by the larger digit, and by the middle of what is in a line already', () => {
    // A comma's height away from a large digit, which reaches down to it.
    const [large] = digits([100, 100]);
    assert.deepEqual(readingOrder([large!, { x: 190, y: 130, width: 15, height: 20 }]), [[0, 1]]);
    // Each stands 40 lower than the one before: the third is 60 lower than the middle of the first two.
    const steps = [100, 140, 180].map((y, i) => ({ x: 70 + 700 * i, y: y - 50, width: 60, height: HEIGHT }));
    assert.equal(readingOrder([...steps, ...digits([200, 100], [900, 140], [1600, 180])]).length, 2);
  });

  it('may lean as far as a hurried hand makes them, and no further', () => {
    const leaning = (degrees: number): number[][] => {
      const slope = Math.tan((degrees * Math.PI) / 180);
      return readingOrder(
        digits(...[0, 1, 2, 3, 4].map((i): [number, number] => [100 + 110 * i, 100 + 110 * i * slope])),
      );
    };
    for (const degrees of [-22, -12, 0, 12, 22]) assert.deepEqual(leaning(degrees), [[0, 1, 2, 3, 4]]);
    for (const degrees of [-32, 32]) assert.ok(leaning(degrees).length > 1, `${degrees}°`);
  });
});
