import assert from 'node:assert/strict';
import { marksOf } from '../../lib/annotate/marks';

const box = { x: 1, y: 2, width: 3, height: 4 };

describe('the marks of a message', () => {
  it('are none where there are no digits', () => {
    assert.deepEqual(marksOf([]), []);
  });

  it('have the digit and the confidence where they make sense', () => {
    const cases: [given: object, digit: number | undefined, confidence: number | undefined][] = [
      [{ digit: 0, confidence: 0 }, 0, 0],
      [{ digit: 9, confidence: 1 }, 9, 1],
      [{}, undefined, undefined],
      [{ digit: 10, confidence: 1.01 }, undefined, undefined],
      [{ digit: -1, confidence: -0.01 }, undefined, undefined],
      [{ digit: 4.5, confidence: NaN }, undefined, undefined],
      [{ digit: '4', confidence: '1' }, undefined, undefined],
    ];
    for (const [given, digit, confidence] of cases)
      assert.deepEqual(marksOf([{ box, ...given }]), [{ box, digit, confidence }]);
  });

  it('are refused where there is no box, by position', () => {
    const wrong = [
      null,
      undefined,
      5,
      'a',
      {},
      { box: null },
      { box: 7 },
      { box: { ...box, width: NaN } },
      { box: { x: 1 } },
    ];
    for (const digit of wrong)
      assert.throws(() => marksOf([{ box }, digit]), {
        name: 'TypeError',
        message: /^expected digits with a box of \{ x, y, width, height \}, got .* at position 1$/,
      });
  });
});
