import assert from 'node:assert/strict';
import { bestTemperature, negativeLogLikelihood } from '../../lib/train/engine/calibrate';
import { Random } from '../../lib/random';

const CLASSES = 11;

/** Logits whose softmax tells the truth: each label is drawn with the probabilities that they give. */
function truthful(count: number): { logits: Float32Array; labels: Uint8Array } {
  const random = new Random(11);
  const logits = new Float32Array(count * CLASSES);
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    const own = logits.subarray(i * CLASSES, (i + 1) * CLASSES);
    for (let k = 0; k < CLASSES; k++) own[k] = random.normal() * 2;
    const powers = Array.from(own, Math.exp);
    let at = random.between(
      0,
      powers.reduce((a, b) => a + b),
    );
    return Math.max(
      0,
      powers.findIndex((power) => (at -= power) < 0),
    );
  });
  return { logits, labels };
}

describe('calibrating', () => {
  const { logits, labels } = truthful(20000);

  for (const factor of [0.5, 1, 3]) {
    it(`finds a temperature of ${factor} for logits that are ${factor} times as great as they should be`, () => {
      const temperature = bestTemperature(
        logits.map((logit) => logit * factor),
        labels,
      );
      assert.ok(Math.abs(temperature / factor - 1) < 0.04, `found ${temperature}`);
    });
  }

  it('takes the likelihood from the right class, with logits of any size', () => {
    assert.ok(Math.abs(negativeLogLikelihood(new Float32Array(CLASSES), [4], CLASSES) - Math.log(CLASSES)) < 1e-6);
    const sure = new Float32Array(CLASSES).fill(-1e4);
    sure[4] = 1e4;
    assert.equal(negativeLogLikelihood(sure, [4], CLASSES), 0);
    assert.ok(negativeLogLikelihood(sure, [5], CLASSES) > 1e4);
  });
});
