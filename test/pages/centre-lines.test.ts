import assert from 'node:assert/strict';
import { centreLines, loopsOf } from '../../scripts/pages/centre-lines';
import { fieldOf, type Field } from '../../scripts/pages/field';

const SIDE = 90;

/** Rings of a pen 8 pixels wide, one below another. */
function rings(radius: number, ...middles: number[]): Field {
  const alpha = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
    const x = at % SIDE, y = Math.floor(at / SIDE);
    return middles.some((middle) => Math.abs(Math.hypot(x - 45, y - middle) - radius) < 4) ? 255 : 0;
  });
  const field = fieldOf(alpha, SIDE, SIDE);
  assert.ok(field);
  return field;
}

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
