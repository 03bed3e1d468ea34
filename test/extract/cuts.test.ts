import assert from 'node:assert/strict';
import { findComponents, type Component } from '../../lib/extract/components';
import { cutsOf, partsOf, piecesOf } from '../../lib/extract/cuts';

const WIDTH = 200;
const HEIGHT = 60;

/** Rings that stand in a row and touch, as in 000 written in one go. */
function rings(count: number): { component: Component; ink: Uint8Array } {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  for (let ring = 0; ring < count; ring++) {
    for (let turn = 0; turn < 7; turn += 0.01) {
      for (const r of [14, 15, 16])
        mask[Math.round(30 + 1.2 * r * Math.sin(turn)) * WIDTH + Math.round(25 + 31 * ring + r * Math.cos(turn))] = 255;
    }
  }
  const [component, ...others] = findComponents(mask, mask, WIDTH, HEIGHT);
  assert.equal(others.length, 0);
  return { component: component!, ink: mask };
}

describe('cutsOf', () => {
  it('finds cuts between rings that touch, with pieces that hold all ink between them', () => {
    const { component, ink } = rings(3);
    const cuts = cutsOf(component, []);
    const pieces = piecesOf(component, cuts);
    for (const x of [40.5, 71.5])
      assert.ok(
        cuts.some((cut) => Math.abs(cut.x - x) < 4),
        `no cut near ${x}`,
      );
    assert.equal(pieces.length, cuts.length + 1);
    assert.equal(
      pieces.flat().reduce((sum, { start, end }) => sum + end - start, 0),
      component.area,
    );
    const parts = partsOf(pieces, component, ink, WIDTH);
    for (const x of [9, 40, 71]) {
      assert.ok(
        parts.some(({ box }) => Math.abs(box.x - x) < 5 && Math.abs(box.width - 32) < 6),
        `no part of a ring's size at ${x}`,
      );
    }
  });

  it('has few cuts, and none of the whole among the parts', () => {
    const { component, ink } = rings(5);
    const cuts = cutsOf(component, []);
    assert.ok(cuts.length <= 7);
    assert.ok(
      partsOf(piecesOf(component, cuts), component, ink, WIDTH).every(({ first, last }) => last - first < cuts.length),
    );
  });

  it('keeps the cuts that are firm', () => {
    const { component } = rings(2);
    const firm = [{ x: 40, y: 30, slant: 0 }];
    assert.ok(cutsOf(component, firm).includes(firm[0]!));
  });
});
