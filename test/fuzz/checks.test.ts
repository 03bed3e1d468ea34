import assert from 'node:assert/strict';
import { kindOf, whatIsUnclear } from '../../bench/fuzz/case';
import { maskProblem, notFinite, predictionProblem, readingProblem } from '../../bench/fuzz/checks';

const PROBABILITIES = Array.from({ length: 10 }, (_, i): number => (i === 7 ? 0.9 : 0.01));
const DIGIT = {
  image: new Uint8Array(784),
  box: { x: 1, y: 1, width: 20, height: 30 },
  line: 0,
  digit: 7,
  confidence: 0.9,
  probabilities: PROBABILITIES,
};
const READING = { text: '7', confidence: 0.9, digits: [DIGIT] };
const FRAME = { width: 100, height: 100 };

describe('what the fuzzer asks of results', () => {
  it('passes good ones', () => {
    assert.equal(readingProblem(READING, FRAME), undefined);
    assert.equal(readingProblem({ text: '', confidence: 0, digits: [] }), undefined);
    assert.equal(maskProblem({ data: Uint8Array.of(0, 255), width: 2, height: 1, channels: 1 }), undefined);
  });

  const wrong: Record<string, unknown> = {
    'a confidence that is not a number': { ...READING, confidence: NaN },
    'a confidence above 1': { ...READING, confidence: 1.01 },
    'a confidence where nothing is read': { text: '', confidence: 1, digits: [] },
    'a text that is not its digits': { ...READING, text: '8' },
    letters: { ...READING, text: 'seven' },
    'a digit that is -1': { ...READING, digits: [{ ...DIGIT, digit: -1 }] },
    'a probability that is not a number': {
      ...READING,
      digits: [{ ...DIGIT, probabilities: PROBABILITIES.with(3, NaN) }],
    },
    'nine probabilities': { ...READING, digits: [{ ...DIGIT, probabilities: PROBABILITIES.slice(1) }] },
    'probabilities that sum to 2': { ...READING, digits: [{ ...DIGIT, probabilities: PROBABILITIES.map(() => 0.2) }] },
    'a box of infinity': { ...READING, digits: [{ ...DIGIT, box: { ...DIGIT.box, x: Infinity } }] },
    'a box outside': { ...READING, digits: [{ ...DIGIT, box: { ...DIGIT.box, x: 200 } }] },
    'a picture that is too small': { ...READING, digits: [{ ...DIGIT, image: new Uint8Array(783) }] },
    nothing: undefined,
  };
  for (const [name, value] of Object.entries(wrong))
    it(`finds ${name}`, () => {
      assert.ok(readingProblem(value, FRAME));
    });

  it('finds masks and predictions that cannot be', () => {
    assert.ok(maskProblem({ data: Uint8Array.of(0, 7), width: 2, height: 1, channels: 1 }));
    assert.ok(maskProblem({ data: Uint8Array.of(0), width: 2, height: 1, channels: 1 }));
    assert.ok(predictionProblem({ digit: 7, confidence: NaN, probabilities: PROBABILITIES }));
    assert.match(notFinite({ a: [1, { b: Infinity }] }) ?? '', /a\.1\.b is Infinity/);
  });

  it('tells errors that say what is wrong from those that do not', () => {
    assert.equal(whatIsUnclear(new RangeError('expected a number, got -1'), [RangeError]), undefined);
    for (const error of [
      'a text',
      undefined,
      new Error('no'),
      new Error('Cannot read properties of undefined'),
      new DOMException('x could not be cloned.'),
    ])
      assert.ok(whatIsUnclear(error, []));
    assert.ok(whatIsUnclear(new Error('expected a number, got -1'), [RangeError]));
  });

  it('takes what differs in numbers, names and places for one kind', () => {
    assert.equal(kindOf("/a/b.png: 'x' at 17"), kindOf("/c/d e.png: 'y' at -3.5"));
    assert.notEqual(kindOf('cut off after 5'), kindOf('left out after 5'));
  });
});
