import assert from 'node:assert/strict';
import { mergePieces } from '../../lib/extract/merging';
import { findComponents } from '../../lib/extract/components';
import { otherJoins } from '../../lib/extract/joins';
import type { Box } from '../../lib/pictures/picture';

const WIDTH = 120;
const HEIGHT = 100;
const LEAST = 10;

/** Boxes of the other ways to put these bars together. */
function otherWays(...bars: Box[]): Box[] {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  for (const { x, y, width, height } of bars) {
    for (let row = y; row < y + height; row++) mask.fill(255, row * WIDTH + x, row * WIDTH + x + width);
  }
  const joined = mergePieces(findComponents(mask, mask, WIDTH, HEIGHT), LEAST, mask, WIDTH);
  return otherJoins(joined, LEAST, mask, WIDTH).map(({ box }) => box);
}

const STEM: Box = { x: 40, y: 10, width: 5, height: 50 };

describe('otherJoins', () => {
  it('has a digit without its underline', () => {
    const ways = otherWays(STEM, { x: 20, y: 63, width: 45, height: 5 });
    assert.ok(
      ways.some((box) => JSON.stringify(box) === JSON.stringify(STEM)),
      JSON.stringify(ways),
    );
  });

  it('has all digits of an underlined number', () => {
    const digits = [20, 35, 50, 65, 80].map((x) => ({ ...STEM, x }));
    const ways = otherWays(...digits, { x: 15, y: 63, width: 75, height: 5 });
    for (const digit of digits) assert.ok(ways.some((box) => JSON.stringify(box) === JSON.stringify(digit)));
  });

  it('has both halves of a torn digit as one', () => {
    const ways = otherWays({ ...STEM, height: 22 }, { ...STEM, y: 43, height: 22 });
    assert.deepEqual(ways, [{ ...STEM, height: 55 }]);
  });

  it('has a large piece with a small one beside it', () => {
    const ways = otherWays(STEM, { x: 54, y: 12, width: 14, height: 5 });
    assert.deepEqual(ways, [{ x: 40, y: 10, width: 28, height: 50 }]);
  });

  it('reaches from a tall stroke about as far as three strokes are wide', () => {
    const tall = { ...STEM, height: 80 };
    const beside = (gap: number): Box[] => otherWays(tall, { x: 45 + gap, y: 12, width: 14, height: 5 });
    for (const gap of [9, 14]) assert.deepEqual(beside(gap), [{ x: 40, y: 10, width: 19 + gap, height: 80 }]);
    for (const gap of [17, 19]) assert.deepEqual(beside(gap), []);
  });

  it('does not put neighbouring digits together, nor lines that stand apart', () => {
    assert.deepEqual(otherWays(STEM, { ...STEM, x: 55 }), []);
    assert.deepEqual(otherWays({ ...STEM, height: 25 }, { ...STEM, y: 60, height: 25 }), []);
  });
});
