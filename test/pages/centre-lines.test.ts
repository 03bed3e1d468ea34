import assert from 'node:assert/strict';
import { centreLines, loopsOf } from '../../scripts/pages/centre-lines';
import { fieldOf, type Field } from '../../scripts/pages/field';

const SIDE = 90;

/** Rings of a pen 8 pixels wide, one below another. */
function rings(radius: number, ...middles: number[]): Field {
  return shape((x, y) => middles.some((middle) => Math.abs(Math.hypot(x - 45, y - middle) - radius) < 4));
}

function shape(hasInk: (x: number, y: number) => boolean): Field {
  const alpha = Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
    hasInk(at % SIDE, Math.floor(at / SIDE)) ? 255 : 0,
  );
  const field = fieldOf(alpha, SIDE, SIDE);
  assert.ok(field);
  return field;
}

describe('centreLines', () => {
  const bar = (x: number, y: number): boolean => Math.abs(x - 30) < 4 && Math.abs(y - 45) < 35;

  it('follows the stem and the arm of a shape', () => {
    const lines = centreLines(shape((x, y) => bar(x, y) || (Math.abs(y - 45) < 4 && x >= 30 && x < 60)));
    assert.ok(lines.length >= 2);
    const farthest = Math.max(...lines.flat().map(({ x }) => x)) - Math.min(...lines.flat().map(({ x }) => x));
    assert.ok(farthest > 24, `the arm is ${farthest.toFixed(1)} pixels long instead of about 28`);
  });

  it('gives none where a stroke would be lost: a filled 4 is no bar', () => {
    assert.deepEqual(centreLines(shape((x, y) => bar(x, y) || (Math.abs(y - 45) < 4 && x >= 30 && x < 39))), []);
  });
});

describe('loopsOf', () => {
  it('counts the loops of a shape', () => {
    assert.equal(loopsOf(rings(12, 45)), 1);
    assert.equal(loopsOf(rings(12, 30, 54)), 2);
  });

  it('counts none that has run together, of which the lines tell nothing', () => {
    const blot = rings(2, 45);
    assert.equal(loopsOf(blot), 0);
    assert.ok(centreLines(blot).flat().length < centreLines(rings(12, 45)).flat().length);
  });
});
