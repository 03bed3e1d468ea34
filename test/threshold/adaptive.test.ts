import assert from 'node:assert/strict';
import { adaptiveMask } from '../../lib/threshold/adaptive';
import { otsuLevel } from '../../lib/threshold/otsu';

const SIDE = 160;

/** A spot of 3 × 3 that is darker than the paper by a share of it. */
function spot(share: number): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(SIDE * SIDE).fill(200);
  for (let y = 79; y < 82; y++) data.fill(Math.round(200 * (1 - share)), y * SIDE + 79, y * SIDE + 82);
  return { data, width: SIDE, height: SIDE };
}

const inked = (share: number, sensitivity: number): number =>
  adaptiveMask(spot(share), sensitivity).filter((value) => value === 255).length;

describe('adaptiveMask', () => {
  it('takes what is darker than its neighbourhood by an eighth or more, at a middling sensitivity', () => {
    assert.deepEqual(
      [0.05, 0.1, 0.16, 0.3].map((share) => inked(share, 0.5)),
      [0, 0, 9, 9],
    );
  });

  it('takes half of that at the highest sensitivity, and twice at the lowest', () => {
    assert.deepEqual([inked(0.05, 1), inked(0.08, 1)], [0, 9]);
    assert.deepEqual([inked(0.21, 0), inked(0.3, 0)], [0, 9]);
  });

  it('looks at an eighth of the shorter side: what is broader than that is paper in its middle', () => {
    const data = new Uint8Array(SIDE * SIDE).fill(200);
    for (let y = 40; y < 120; y++) data.fill(100, y * SIDE + 40, y * SIDE + 120);
    const mask = adaptiveMask({ data, width: SIDE, height: SIDE }, 0.5);
    const at = (x: number): number => mask[80 * SIDE + x]!;
    assert.deepEqual([at(38), at(41), at(46), at(53), at(80)], [0, 255, 255, 0, 0]);
  });
});

describe('otsuLevel', () => {
  it('lies between the two kinds of pixels, however many there are of each', () => {
    for (const dark of [5, 50, 95]) {
      const values = Uint8Array.from({ length: 100 }, (_, i) => (i < dark ? 60 + (i % 3) : 180 + (i % 5)));
      const level = otsuLevel(values);
      assert.ok(level > 100 && level < 145, `level ${level} with ${dark} dark ones`);
    }
  });

  it('knows black from white', () => {
    assert.equal(otsuLevel(Uint8Array.of(0, 255)), 127);
    assert.equal(otsuLevel(Uint8Array.of(254, 255)), 254);
    assert.equal(otsuLevel(Uint8Array.of(0, 1, 1)), 0);
  });
});
