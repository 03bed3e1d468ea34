import assert from 'node:assert/strict';
import type { Prediction } from '../../lib/classify/prediction';
import { textOf, toReading } from '../../lib/classify/reading';
import type { ExtractedDigit } from '../../lib/extract/digit';

const shape = (x: number, { line = 0, height = 40 } = {}): ExtractedDigit => ({
  image: new Uint8Array(784),
  box: { x, y: line * 100, width: 30, height },
  line,
});

const sure = (digit: number, confidence: number): Prediction => ({
  digit,
  confidence,
  probabilities: Array.from({ length: 10 }, (_, i) => (i === digit ? confidence : 0)),
  notDigit: 1 - confidence,
});

const letter = sure(4, 0.1);

describe('toReading', () => {
  it('is as sure as that all of its digits are right, and that nothing else is one', () => {
    const { text, confidence, digits, otherWriting } = toReading(
      [shape(0), shape(50), shape(0, { line: 1 })],
      [sure(4, 0.9), sure(0, 0.7), sure(7, 0.99)],
    );
    assert.deepEqual({ text, otherWriting }, { text: '40\n7', otherWriting: false });
    assert.ok(Math.abs(confidence - 0.9 * 0.7 * 0.99) < 1e-9);
    assert.deepEqual(
      digits.map(({ digit, box }) => [digit, box.x]),
      [
        [4, 0],
        [0, 50],
        [7, 0],
      ],
    );
  });

  it('leaves out what is rather no digit', () => {
    const { text, confidence, otherWriting } = toReading([shape(0), shape(50)], [letter, sure(7, 0.9)]);
    assert.deepEqual({ text, otherWriting }, { text: '7', otherWriting: false });
    assert.ok(Math.abs(confidence - 0.9 * 0.9) < 1e-9, 'the other might be a digit');
  });

  it('reads nothing where digits are outnumbered by other shapes of their size', () => {
    const { text, confidence, digits, otherWriting } = toReading(
      [shape(0), shape(50), shape(90)],
      [letter, sure(7, 0.9), letter],
    );
    assert.deepEqual(
      { text, confidence, digits, otherWriting },
      { text: '', confidence: 0, digits: [], otherWriting: true },
    );
  });

  it('does not count as other writing what stands where nobody writes', () => {
    const edge: Prediction = { ...letter, isWriting: false };
    assert.equal(toReading([shape(0), shape(50), shape(90)], [edge, sure(7, 0.9), edge]).text, '7');
  });

  it('does not count specks as other writing beside a digit', () => {
    const speck = { height: 10 };
    assert.equal(toReading([shape(0, speck), shape(50), shape(90, speck)], [letter, sure(7, 0.9), letter]).text, '7');
  });

  it('tells ink without digits from an empty sheet', () => {
    assert.equal(toReading([shape(0)], [letter]).otherWriting, true);
    assert.deepEqual(toReading([], []), { text: '', confidence: 0, digits: [], otherWriting: false });
  });
});

describe('textOf', () => {
  it('puts a newline between lines of writing', () => {
    assert.equal(
      textOf([
        { digit: 1, line: 0 },
        { digit: 2, line: 0 },
        { digit: 3, line: 2 },
      ]),
      '12\n3',
    );
    assert.equal(textOf([]), '');
  });
});
