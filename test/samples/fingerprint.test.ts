import assert from 'node:assert/strict';
import { distance, fingerprintOf, FINGERPRINT_LENGTH, fromText, NEAR, toText } from '../../lib/samples/fingerprint';
import { Random } from '../../support/drawing/random';

/** A digit of one vertical stroke, with further blocks of ink beside it. */
function stroke(more = 0): Uint8Array {
  const image = new Uint8Array(784);
  const ink = (column: number, row: number): void => {
    for (const at of [0, 1, 28, 29]) image[2 * row * 28 + 2 * column + at] = 255;
  };
  for (let row = 2; row < 12; row++) ink(6, row);
  for (let i = 0; i < more; i++) ink(9, 2 + i);
  return image;
}

/** In how many blocks of four pixels two pictures differ, counted one by one. */
function differing(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let y = 0; y < 28; y += 2)
    for (let x = 0; x < 28; x += 2) {
      const [inA, inB] = [a, b].map(
        (image) => [0, 1, 28, 29].reduce((sum, at) => sum + image[y * 28 + x + at]!, 0) > 510,
      );
      if (inA !== inB) count++;
    }
  return count;
}

describe('a fingerprint', () => {
  it('differs in as many blocks as the pictures do', () => {
    const random = new Random(3);
    const noise = (): Uint8Array => Uint8Array.from({ length: 784 }, () => random.between(0, 256));
    for (let i = 0; i < 50; i++) {
      const [a, b] = [noise(), noise()];
      assert.equal(distance(fingerprintOf(a), fingerprintOf(b)), differing(a, b));
    }
    assert.equal(distance(fingerprintOf(new Uint8Array(784)), fingerprintOf(new Uint8Array(784).fill(255))), 196);
  });

  it('is near where up to three blocks of ink have come or gone, as between two frames', () => {
    const first = fingerprintOf(stroke());
    for (const [more, isNear] of [
      [0, true],
      [3, true],
      [4, false],
      [9, false],
    ] as const)
      assert.equal(distance(first, fingerprintOf(stroke(more))) <= NEAR, isNear, `${more} blocks`);
  });

  it('counts no further than it has to', () => {
    const none = fingerprintOf(new Uint8Array(784));
    const all = fingerprintOf(new Uint8Array(784).fill(255));
    const counted = distance(none, all, 3);
    assert.ok(counted > 3 && counted < 196, String(counted));
  });

  it('is the same after it has been text', () => {
    const fingerprint = fingerprintOf(stroke(5));
    assert.equal(toText(fingerprint).length, FINGERPRINT_LENGTH);
    assert.deepEqual(fromText(toText(fingerprint)), fingerprint);
    assert.match(toText(fingerprintOf(new Uint8Array(784))), /^0+$/);
  });
});
