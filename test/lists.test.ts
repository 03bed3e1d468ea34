import assert from 'node:assert/strict';
import { at, median, zip } from '../lib/lists';

describe('lists', () => {
  it('give what stands at an index, and fail where nothing does', () => {
    assert.equal(at([7, 8], 1), 8);
    for (const index of [-1, 2, NaN]) {
      assert.throws(() => at(new Uint8Array(2), index), /expected an index below 2/);
    }
  });

  it('go side by side only where they are of one length', () => {
    assert.deepEqual(zip([1, 2], ['a', 'b']), [
      [1, 'a'],
      [2, 'b'],
    ]);
    assert.throws(() => zip([1], []), /expected lists of one length, got 1 and 0/);
  });

  it('have a middle', () => {
    assert.equal(median([10, 9, 2]), 9);
    assert.equal(median([10, 1, 3, 2]), 2.5);
    assert.throws(() => median([]), RangeError);
  });
});
