import assert from 'node:assert/strict';
import { bestPath, type Judged } from '../../lib/classify/path';
import { areRivals } from '../../lib/classify/rivals';
import type { Part } from '../../lib/extract/digit';

const WHOLE = { x: 0, y: 0, width: 60, height: 40 };

/** A shape that is a digit with this probability, and surely that one if so. */
function judged(
  digit: number,
  isDigit: number,
  x: number,
  { width = 20, part, right = 1 }: { width?: number; part?: Part; right?: number } = {},
): Judged {
  return {
    digit,
    confidence: isDigit * right,
    notDigit: 1 - isDigit,
    doubt: 'closer look',
    box: { x, y: 0, width, height: 40 },
    ...(part && { part }),
  };
}

const piece = (first: number, last = first): { part: Part } => ({ part: { of: WHOLE, first, last } });

describe('areRivals', () => {
  it('tells shapes that share ink: one in the other, and parts with a piece in common', () => {
    const digit = judged(7, 0.9, 0);
    assert.ok(areRivals(digit, judged(7, 0.9, 2)));
    assert.ok(areRivals(judged(0, 0.9, 0, { width: 60 }), judged(1, 0.9, 0, piece(0))));
    assert.ok(
      areRivals(judged(1, 0.9, 0, { width: 40, ...piece(0, 1) }), judged(1, 0.9, 20, { width: 40, ...piece(1, 2) })),
    );
    assert.ok(!areRivals(digit, judged(1, 0.9, 15)), 'writing leans');
    assert.ok(
      !areRivals(judged(1, 0.9, 0, { width: 40, ...piece(0) }), judged(1, 0.9, 5, { width: 40, ...piece(1) })),
      'cuts lean',
    );
  });
});

describe('bestPath', () => {
  it('takes what is likelier a digit than none, each for itself where nothing is shared', () => {
    const { taken, confidence } = bestPath([judged(4, 0.9, 0), judged(1, 0.3, 40), judged(7, 0.8, 80, { right: 0.9 })]);
    assert.deepEqual(taken, [true, false, true]);
    assert.ok(Math.abs(confidence - 0.9 * 0.7 * 0.72) < 1e-9);
  });

  it('takes digits that no rule doubts each for itself, though somebody has given them all the same box', () => {
    const { doubt, ...likely } = judged(7, 0.9, 0);
    assert.equal(doubt, 'closer look');
    assert.deepEqual(bestPath([likely, likely, { ...likely, digit: 3 }]).taken, [true, true, true]);
  });

  it('is sure where there is nothing', () => {
    assert.deepEqual(bestPath([]), { taken: [], confidence: 1 });
  });

  it('takes the whole or its parts, whichever is likelier, and never both', () => {
    const read = (whole: number, left: number, right: number): boolean[] =>
      bestPath([judged(0, whole, 0, { width: 60 }), judged(1, left, 0, piece(0)), judged(7, right, 20, piece(1))])
        .taken;
    assert.deepEqual(read(0.95, 0.1, 0.2), [true, false, false]);
    assert.deepEqual(read(0.1, 0.95, 0.9), [false, true, true]);
    assert.deepEqual(read(0.1, 0.95, 0.2), [false, true, false]);
  });

  it('finds the best of many cuts', () => {
    const shapes = [
      judged(1, 0.9, 0, piece(0)),
      judged(0, 0.9, 20, { width: 40, ...piece(1, 2) }),
      judged(3, 0.2, 20, piece(1)),
      judged(3, 0.3, 40, piece(2)),
      judged(6, 0.3, 0, { width: 40, ...piece(0, 1) }),
      judged(0, 0.2, 0, { width: 60 }),
    ];
    assert.deepEqual(bestPath(shapes).taken, [true, true, false, false, false, false]);
  });

  it('counts two looks at the same digit as one, and is surer for it; two that differ make it unsure', () => {
    const both = bestPath([judged(7, 0.9, 0), judged(7, 0.9, 1)]);
    const either = bestPath([judged(7, 0.9, 0), judged(1, 0.9, 1)]);
    assert.deepEqual(
      [both, either].map(({ taken }) => taken.filter(Boolean).length),
      [1, 1],
    );
    assert.ok(Math.abs(both.confidence - 18 / 19) < 1e-9);
    assert.ok(Math.abs(either.confidence - 9 / 19) < 1e-9);
  });

  it('finds one among very many ways to see the same ink', () => {
    const many = Array.from({ length: 60 }, (_, i) => judged(i % 10, i === 33 ? 0.9 : 0.01, 0));
    assert.deepEqual(
      [...bestPath(many).taken.entries()].flatMap(([i, is]) => (is ? [i] : [])),
      [33],
    );
  });

  it('reads a long chain of shapes of which each shares ink with the next', () => {
    const length = 300;
    const of = { ...WHOLE, width: 20 * length };
    const shapes = Array.from({ length: 2 * length }, (_, i) => {
      const at = i >> 1;
      const isPair = i % 2 === 1;
      return judged(at % 10, isPair ? 0.2 : 0.99, 20 * at, {
        width: isPair ? 40 : 20,
        part: { of, first: at, last: at + (isPair ? 1 : 0) },
      });
    });
    const { taken, confidence } = bestPath(shapes);
    assert.deepEqual(
      taken,
      shapes.map((_, i) => i % 2 === 0),
    );
    assert.ok(confidence > 0.01 && confidence < 0.99 ** length);
  });
});
