import assert from 'node:assert/strict';
import sharp from 'sharp';
import { parseInput, type Input } from '../../lib/pipeline/input';

const ALL = ['digits', 'digit', 'mask', 'picture'] as const;
const raw = (side: number): object => ({ data: new Uint8Array(side * side), width: side, height: side, channels: 1 });
const digit = { image: new Uint8Array(784), box: { x: 0, y: 0, width: 9, height: 9 }, line: 0 };

/** What came, and as what: a picture also says whether it is raw or encoded. */
function kindOf(input: unknown, kinds: readonly Input['kind'][] = ALL): string {
  const parsed = parseInput(input, kinds);
  return parsed.kind === 'picture' ? `picture, ${parsed.source.kind}` : parsed.kind;
}

describe('parseInput', () => {
  it('tells what has been sent', async () => {
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    assert.equal(kindOf([]), 'digits');
    assert.equal(kindOf([digit]), 'digits');
    assert.equal(kindOf(new Uint8Array(784).fill(1, 300, 400)), 'digit');
    assert.equal(kindOf({ ...raw(30), mask: true }), 'mask');
    assert.equal(kindOf(raw(30)), 'picture, raw');
    assert.equal(kindOf(png), 'picture, encoded');
    assert.equal(kindOf(`data:image/png;base64,${png.toString('base64')}`), 'picture, encoded');
    assert.equal(kindOf({ ...raw(28), mask: true }), 'picture, raw', 'as small as a digit');
  });

  it('takes a mask for a picture where none is expected', () => {
    assert.equal(kindOf({ ...raw(30), mask: true }, []), 'picture, raw');
  });

  it('says what was expected where something else came', () => {
    for (const [input, kinds, expected] of [
      [[digit], ['mask'], /expected a picture .* got an array of 1/],
      [new Uint8Array(784), [], /expected a picture .* got a Uint8Array of 784 bytes/],
      [[digit, 7], ALL, /expected digits of .* got the number 7 at position 1/],
      [[{ ...digit, image: new Uint8Array(783) }], ALL, /got a Uint8Array of 783 bytes as the image at position 0/],
      [[{ ...digit, box: { x: 0 } }], ALL, /got an object with x as the box at position 0/],
      [[{ ...digit, line: 0.5 }], ALL, /got the number 0.5 as the line at position 0/],
      [[{ ...digit, doubt: 'some' }], ALL, /expected a doubt of .* got the string "some" at position 0/],
      [[{ ...digit, part: { of: digit.box, first: 0 } }], ALL, /expected a part as .* at position 0/],
      [[{ ...digit, whole: { image: 1 } }], ALL, /expected digits of .* at position 0/],
      [[{ ...digit, judgement: [1] }], ALL, /expected a judgement of 5 probabilities/],
      [[{ ...digit, surroundings: {} }], ALL, /expected surroundings of/],
      [Array(5001).fill(digit), ALL, /expected at most 5000 digits in one message, got 5001/],
    ] as const)
      assert.throws(() => parseInput(input, kinds), { message: expected });
  });
});
