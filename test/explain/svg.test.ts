import assert from 'node:assert/strict';
import { percentOfProbability } from '../../lib/percent';
import { digitOutcomes, shapeOutcomes } from '../../lib/explain/outcomes';
import { sizeToFit, widthOf } from '../../lib/explain/svg';
import type { Prediction } from '../../lib/classify/prediction';
import type { ExtractedDigit } from '../../lib/extract/digit';
import type { Box } from '../../lib/pictures/picture';
import type { Trace } from '../../lib/pipeline/trace';

describe('a probability for people', () => {
  it('has one decimal, and is never rounded up to certainty', () => {
    assert.deepEqual(
      [0, 0.002, 0.973, 0.999, 0.9991, 0.99999, 1].map(percentOfProbability),
      ['0.0', '0.2', '97.3', '99.9', 'over 99.9', 'over 99.9', '100.0'].map((text) => `${text} %`),
    );
  });
});

describe('a line of text', () => {
  it('is made smaller until it fits, and never larger than wanted', () => {
    const line = 'a line of text';
    assert.ok(widthOf(line, 20) > widthOf(line, 10) && widthOf(line, 10) > widthOf('a', 10));
    assert.equal(sizeToFit(line, 20, widthOf(line, 20) + 1), 20);
    const size = sizeToFit(line, 20, widthOf(line, 20) / 2);
    assert.ok(size < 20 && widthOf(line, size) <= widthOf(line, 20) / 2 + 0.01);
    assert.equal(sizeToFit('', 20, 5), 20);
  });
});

describe('what became of shapes', () => {
  const prediction = (digit: number, confidence: number): Prediction => ({
    digit,
    confidence,
    probabilities: Array.from({ length: 10 }, (_, i) => (i === digit ? confidence : 0)),
    notDigit: 1 - confidence,
  });
  const shape = (box: Box, more: Partial<ExtractedDigit> = {}): ExtractedDigit => ({
    image: new Uint8Array(784).fill(box.x),
    box,
    line: 0,
    ...more,
  });
  const whole = { x: 10, y: 10, width: 40, height: 50 };
  const half = { x: 12, y: 12, width: 18, height: 46 };
  const apart = { x: 100, y: 10, width: 30, height: 50 };
  const letter = { x: 200, y: 10, width: 30, height: 50 };

  it('is told by what was read of the same ink', () => {
    const first = shape(whole);
    const digits = [first, shape(half, { doubt: 'part' }), shape(apart), shape(letter)];
    const predictions = [prediction(0, 0.9), prediction(1, 0.8), prediction(7, 0.2), prediction(7, 0.9)];
    const reading = {
      text: '0',
      confidence: 0.9,
      otherWriting: false,
      digits: [{ ...first, digit: 0, confidence: 0.9, probabilities: predictions[0]!.probabilities }],
    };
    const trace: Trace = {
      digits,
      classified: { predictions, reading },
      extracted: {
        mask: { data: new Uint8Array(300 * 100), width: 300, height: 100, channels: 1, mask: true },
        frame: { width: 300, height: 100 },
        shapes: [{ box: whole }, { box: half, doubt: 'part' }, { box: apart }, { box: letter }],
      },
    };
    assert.deepEqual(digitOutcomes(trace), ['digit', 'rival', 'not a digit', 'other writing']);
    assert.deepEqual(shapeOutcomes(trace), [
      { box: whole, outcome: 'digit', digit: 0 },
      { box: half, outcome: 'rival', lostTo: whole },
      { box: apart, outcome: 'not a digit' },
      { box: letter, outcome: 'other writing' },
    ]);
    assert.deepEqual(digitOutcomes({ digits }), [undefined, undefined, undefined, undefined]);
  });
});
