import { strict as assert } from 'node:assert';
import type { Plane } from '../../lib/pictures/planes';
import { lowerAtSteps } from '../../lib/threshold/background';

const WIDTH = 20;
const HEIGHT = 9;

function planeOf(at: (x: number) => number): Plane {
  return { data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => at(i % WIDTH)), width: WIDTH, height: HEIGHT };
}

describe('lowerAtSteps', () => {
  it('leaves even paper, and what shades off slowly, as they are', () => {
    for (const paper of [planeOf(() => 180), planeOf((x) => 100 + 3 * x)]) assert.deepEqual(lowerAtSteps(paper), paper);
  });

  it('takes the darker side of a step for the blocks that lie across it, and only for those', () => {
    const lowered = lowerAtSteps(planeOf((x) => (x < 9 ? 200 : x === 9 ? 150 : 100)));
    const row = Array.from(lowered.data.subarray(4 * WIDTH, 5 * WIDTH));
    assert.deepEqual(
      row.slice(0, 8),
      Array.from({ length: 8 }, () => 200),
    );
    assert.deepEqual(row.slice(8, 10), [158, 106]);
    assert.deepEqual(
      row.slice(10),
      Array.from({ length: 10 }, () => 100),
    );
  });
});
