import { strict as assert } from 'node:assert';
import type { Prediction } from '../../lib/classify/prediction';
import { digitFigures } from '../../lib/evaluate/digits';

function prediction(digit: number, confidence: number, notDigit = 0): Prediction {
  const probabilities = new Array<number>(10).fill((1 - confidence - notDigit) / 9);
  probabilities[digit] = confidence;
  return { digit, confidence, probabilities, notDigit };
}

describe('digitFigures', () => {
  it('counts what is right, wrong and rejected', () => {
    const figures = digitFigures(
      [prediction(3, 0.9), prediction(5, 0.9), prediction(3, 0.02, 0.97), prediction(7, 1)],
      [3, 3, 3, 7],
    );
    assert.equal(figures.n, 4);
    assert.equal(figures.accuracy, 0.5);
    assert.equal(figures.rejected, 0.25);
    assert.deepEqual(
      [figures.confusion[3]![3], figures.confusion[3]![5], figures.confusion[3]![10], figures.confusion[7]![7]],
      [1, 1, 1, 1],
    );
    assert.equal(figures.byDigit[3], 1 / 3);
    assert.equal(figures.byDigit[7], 1);
    assert.equal(figures.byDigit[0], null);
  });

  it('has no calibration error where nine of ten are right at 0.9', () => {
    const predictions = Array.from({ length: 10 }, () => prediction(4, 0.9));
    assert.ok(Number(digitFigures(predictions, [4, 4, 4, 4, 4, 4, 4, 4, 4, 9]).calibrationError) < 1e-9);
    assert.ok(Math.abs(Number(digitFigures(predictions, new Array<number>(10).fill(9)).calibrationError) - 0.9) < 1e-9);
  });

  it('puts what was read about as surely into one of 15 bins of equal width', () => {
    const binsOf = (...confidences: number[]): number[] =>
      digitFigures(
        confidences.map((confidence) => prediction(4, confidence)),
        confidences.map(() => 4),
      ).calibration.map(({ n }) => n);
    assert.deepEqual(binsOf(0.95, 1), [2]);
    assert.deepEqual(binsOf(0.94, 0.99), [2]);
    assert.deepEqual(binsOf(0.9, 0.97), [1, 1]);
    assert.deepEqual(binsOf(0.51, 0.55), [1, 1]);
    assert.deepEqual(binsOf(0.47, 0.52), [2]);
  });

  it('tells how sure the pictures of a bin were on average, and how many of them were right', () => {
    const figures = digitFigures([prediction(4, 0.61), prediction(4, 0.65), prediction(4, 0.97)], [4, 9, 4]);
    const [unsure, sure] = figures.calibration;
    assert.ok(unsure && sure);
    assert.deepEqual([unsure.n, unsure.accuracy, sure.n, sure.accuracy], [2, 0.5, 1, 1]);
    assert.ok(Math.abs(sure.confidence - unsure.confidence) > 0.3 && Math.abs(unsure.confidence - 0.63) < 0.02);
    const expected = (2 * Math.abs(unsure.confidence - 0.5) + (1 - sure.confidence)) / 3;
    assert.ok(Math.abs(Number(figures.calibrationError) - expected) < 1e-9);
  });
});
