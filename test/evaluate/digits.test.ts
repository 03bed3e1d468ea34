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
});
