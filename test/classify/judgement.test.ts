import assert from 'node:assert/strict';
import { neighboursOf } from '../../lib/classify/neighbours';
import { assertSurroundings, CANDIDATES, fuse, PICTURE_BYTES, type JudgedShape } from '../../lib/classify/judgement';
import type { Prediction } from '../../lib/classify/prediction';
import { MEASURES } from '../../lib/extract/surroundings';

const box = (x: number, height = 40): JudgedShape['box'] => ({ x, y: 100 - height / 2, width: 20, height });

/** What else it may be, mostly no writing. */
const REST = [0.02, 0.02, 0.06, 0.9];

/** A shape that is a digit, as surely as said, as its surroundings say, too; and a 4 rather than another by `share`. */
function seen(x: number, form: number, surroundings: number, height?: number, share = 0.9): JudgedShape {
  const probabilities = Array.from({ length: 10 }, (_, digit) =>
    digit === 4 ? form * share : (form * (1 - share)) / 9,
  );
  const prediction: Prediction = { digit: 4, confidence: form * share, probabilities, notDigit: 1 - form };
  return {
    box: box(x, height),
    prediction,
    judgement: [surroundings, ...REST.map((share) => (1 - surroundings) * share)],
  };
}

describe('fuse', () => {
  it('gives probabilities that sum to 1 with that of no digit, and is the surer which it is, the clearer its form', () => {
    const shares = [0.3, 0.6, 0.9, 0.99, 1].map((share) => {
      const { digit, confidence, probabilities, notDigit } = fuse([seen(0, 0.8, 0.7, undefined, share)])[0]!;
      assert.equal(digit, 4);
      assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) + notDigit - 1) < 1e-3);
      assert.equal(probabilities[4], confidence);
      return confidence / (1 - notDigit);
    });
    assert.deepEqual(
      shares,
      [...new Set(shares)].sort((a, b) => a - b),
    );
  });

  it('believes either network the more, the surer it is, and none of them alone', () => {
    const sure = ([form, surroundings]: [number, number]): number =>
      1 - fuse([seen(0, form, surroundings)])[0]!.notDigit;
    const rising = (
      [
        [0.5, 0.5],
        [0.9, 0.5],
        [0.9, 0.9],
        [0.999, 0.9],
        [0.999, 0.999],
      ] as [number, number][]
    ).map(sure);
    assert.deepEqual(
      rising,
      [...rising].sort((a, b) => a - b),
    );
    assert.ok(sure([0.9999, 0.0001]) < 0.5, 'a perfect form where certainly nobody has written');
    assert.ok(sure([0.001, 0.9]) < 0.5, 'writing, but no digit');
  });

  it('takes digits beside a shape for it, and not what is far off or of another size', () => {
    const beside = (other: JudgedShape): number => fuse([seen(0, 0.99, 0.6), other])[0]!.notDigit;
    const far = beside(seen(400, 0.9999, 0.99));
    assert.ok(beside(seen(40, 0.9999, 0.99)) < far);
    assert.equal(beside(seen(40, 0.9999, 0.99, 150)), far);
  });

  it('reads with networks that do not know what is no digit', () => {
    const own = { ...seen(0, 1, 0.99), prediction: { ...seen(0, 1, 0.99).prediction, notDigit: 0 } };
    assert.ok(fuse([own])[0]!.notDigit < 0.5);
    assert.ok(fuse([{ ...own, judgement: CANDIDATES.map((_, i) => (i === 4 ? 0.999 : 0.00025)) }])[0]!.notDigit > 0.5);
  });
});

describe('companyOf', () => {
  it('leaves out what covers the same ink', () => {
    assert.deepEqual(neighboursOf([{ box: box(0) }, { box: { ...box(0), width: 60 }, doubt: 'several' }], [1, 2]), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

describe('assertSurroundings', () => {
  it('refuses others', () => {
    const good = { picture: new Uint8Array(PICTURE_BYTES), measures: new Array<number>(MEASURES).fill(0) };
    assertSurroundings(good);
    const nan = good.measures.map(() => NaN);
    for (const bad of [
      null,
      5,
      {},
      { ...good, picture: new Uint8Array(7) },
      { ...good, measures: [1] },
      { ...good, measures: nan },
    ]) {
      assert.throws(() => {
        assertSurroundings(bad);
      }, /expected surroundings of 6912 bytes and 21 numbers/);
    }
  });
});
