import { strict as assert } from 'node:assert';
import { toBuffer } from '../../lib/pictures/buffer';

describe('toBuffer', () => {
  it('gives the same memory, of a view only what it views', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const buffer = toBuffer(bytes.subarray(1, 3));
    assert.ok(Buffer.isBuffer(buffer));
    assert.deepEqual([...buffer], [2, 3]);
    bytes[1] = 9;
    assert.equal(buffer[0], 9);
    assert.equal(toBuffer(buffer), buffer);
    assert.deepEqual([...toBuffer(Uint8ClampedArray.of(7))], [7]);
  });
});
