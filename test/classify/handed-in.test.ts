import assert from 'node:assert/strict';
import { type Networks, predictDigits } from '../../lib/classify/predict';
import { correctPrior, type Prediction } from '../../lib/classify/prediction';
import type { ExtractedDigit } from '../../lib/extract/digit';

/** A 4 that may well be no digit. */
const DOUBTFUL: Prediction = {
  digit: 4,
  confidence: 0.36,
  probabilities: Array.from({ length: 10 }, (_, digit) => (digit === 4 ? 0.36 : digit === 9 ? 0.04 : 0)),
  notDigit: 0.6,
};

const NETWORKS: Networks = {
  classify: (images) => Promise.resolve(images.map(() => DOUBTFUL)),
  judge: () => Promise.resolve([]),
};

const SHAPE: ExtractedDigit = { image: new Uint8Array(784), box: { x: 0, y: 0, width: 28, height: 28 }, line: 0 };

describe('a picture that is handed in as one digit', () => {
  it('is taken for a digit where a shape on paper, which is more often none, would not be', async () => {
    const [handedIn] = (await predictDigits(NETWORKS, [SHAPE], true)).predictions;
    const [found] = (await predictDigits(NETWORKS, [SHAPE])).predictions;
    assert.deepEqual(found, DOUBTFUL);
    assert.ok(handedIn);
    assert.ok(handedIn.notDigit < 0.2 && handedIn.confidence > 0.7, JSON.stringify(handedIn));
  });

  it('has probabilities that sum to 1, and among the digits the same odds as before', () => {
    const { digit, confidence, probabilities, notDigit } = correctPrior(DOUBTFUL);
    assert.equal(digit, 4);
    assert.equal(confidence, probabilities[4]);
    assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) + notDigit - 1) < 1e-12);
    assert.ok(Math.abs(probabilities[4]! / probabilities[9]! - 9) < 1e-9);
  });

  it('is no digit where nothing speaks for one, and a digit where nothing speaks against it', () => {
    const none = { ...DOUBTFUL, confidence: 0, probabilities: new Array<number>(10).fill(0), notDigit: 1 };
    assert.equal(correctPrior(none).notDigit, 1);
    const sure = { ...DOUBTFUL, confidence: 0.9, probabilities: [0, 0, 0, 0, 0.9, 0, 0, 0, 0, 0.1], notDigit: 0 };
    assert.deepEqual(correctPrior(sure), sure);
  });
});
