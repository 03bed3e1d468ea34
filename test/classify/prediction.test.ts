import assert from 'node:assert/strict';
import { toPrediction } from '../../lib/classify/prediction';

describe('toPrediction', () => {
  const logits = Float32Array.of(0, 0, 0, Math.log(3), 0, 0, 0, 0, 0, 0);

  it('takes the softmax of the logits', () => {
    const { digit, confidence, probabilities, notDigit } = toPrediction(logits, 1);
    assert.equal(digit, 3);
    assert.ok(Math.abs(confidence - 3 / 12) < 1e-7);
    assert.ok(Math.abs(probabilities[0]! - 1 / 12) < 1e-7);
    assert.equal(notDigit, 0);
  });

  it('divides the logits by the temperature', () => {
    assert.ok(Math.abs(toPrediction(logits, 2).confidence - Math.sqrt(3) / (9 + Math.sqrt(3))) < 1e-7);
    assert.ok(Math.abs(toPrediction(logits, 0.5).confidence - 9 / 18) < 1e-7);
  });

  it('keeps "not a digit" apart from the digits', () => {
    const { digit, confidence, probabilities, notDigit } = toPrediction(Float32Array.of(...logits, Math.log(12)), 1);
    assert.equal(digit, 3);
    assert.equal(probabilities.length, 10);
    assert.ok(Math.abs(notDigit - 12 / 24) < 1e-7);
    assert.ok(Math.abs(confidence - 3 / 24) < 1e-7);
  });

  it('stays exact for logits that are far from 0', () => {
    const { confidence, probabilities } = toPrediction(
      logits.map((logit) => logit + 5000),
      1,
    );
    assert.ok(Math.abs(confidence - 0.25) < 1e-3);
    assert.ok(probabilities.every(Number.isFinite));
  });
});
