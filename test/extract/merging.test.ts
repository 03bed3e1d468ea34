import assert from 'node:assert/strict';
import { findComponents } from '../../lib/extract/components';
import { mergePieces } from '../../lib/extract/merging';
import type { Box } from '../../lib/pictures/picture';

const WIDTH = 160;
const HEIGHT = 160;
const LEAST = 10;

type Bar = Box & { strength?: number };

/** How many shapes are left of these bars. */
function shapesOf(...bars: Bar[]): number {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  const ink = new Uint8Array(WIDTH * HEIGHT);
  for (const { x, y, width, height, strength = 200 } of bars)
    for (let row = y; row < y + height; row++) {
      mask.fill(255, row * WIDTH + x, row * WIDTH + x + width);
      ink.fill(strength, row * WIDTH + x, row * WIDTH + x + width);
    }
  return mergePieces(findComponents(mask, ink, WIDTH, HEIGHT), LEAST, ink, WIDTH).length;
}

/** A stroke of a pen that is 10 wide. */
const STEM: Box = { x: 40, y: 20, width: 10, height: 100 };

describe('mergePieces', () => {
  it('joins what the pen skipped, where the gap is narrower than the stroke', () => {
    const upper = { ...STEM, height: 45 };
    const lower = (gap: number): Box => ({ ...upper, y: upper.y + upper.height + gap });
    assert.equal(shapesOf(upper, lower(3)), 1);
    assert.equal(shapesOf(upper, lower(9)), 1);
    assert.equal(shapesOf(upper, lower(13)), 2);
    // Side by side the same are two digits.
    assert.equal(shapesOf(STEM, { ...STEM, x: 55 }), 2);
  });

  it("joins a 5's bar that nearly touches it, beside it and above it, and not what stands further away", () => {
    const beside = (gap: number): Box => ({ x: 50 + gap, y: 30, width: 25, height: 10 });
    assert.equal(shapesOf(STEM, beside(5)), 1);
    assert.equal(shapesOf(STEM, beside(9)), 2);
    const above = (gap: number): Box => ({ x: 40, y: STEM.y - 10 - gap, width: 40, height: 10 });
    assert.equal(shapesOf(STEM, above(8)), 1);
    assert.equal(shapesOf({ ...STEM, y: 60, height: 90 }, { x: 40, y: 10, width: 40, height: 10 }), 2);
  });

  it('does not join a digit of like height beside another, however near', () => {
    assert.equal(shapesOf(STEM, { x: 53, y: 30, width: 10, height: 80 }), 2);
  });

  it('does not join what is much fainter or much broader: dirt, a shadow, a blot', () => {
    const piece = { x: 55, y: 30, width: 25, height: 10 };
    assert.equal(shapesOf(STEM, { ...piece, strength: 110 }), 1);
    assert.equal(shapesOf(STEM, { ...piece, strength: 60 }), 2);
    const upper = { ...STEM, height: 45 };
    assert.equal(shapesOf(upper, { x: 25, y: 68, width: 40, height: 40 }), 2);
  });

  it('makes nothing of specks alone, and joins all of them that belong to a stroke', () => {
    const specks = [0, 1, 2, 3].map((i) => ({ x: 40, y: 123 + 7 * i, width: 6, height: 5 }));
    assert.equal(shapesOf(...specks), 4);
    assert.equal(shapesOf(STEM, ...specks), 1);
  });
});
