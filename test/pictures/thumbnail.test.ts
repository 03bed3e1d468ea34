import assert from 'node:assert/strict';
import type { RawPicture } from '../../lib/pictures/picture';
import { thumbnail, visibleIn } from '../../lib/pictures/thumbnail';
import { photograph } from '../../support/drawn-pictures';

/** A digit whose pixels all have its number. */
const digit = (number: number): { image: Uint8Array } => ({ image: new Uint8Array(784).fill(number) });

describe('what there is to see in a message', () => {
  it('is a picture, in any form', () => {
    const raw = { data: new Uint8Array(64), width: 8, height: 8, channels: 1 };
    for (const payload of [raw, Buffer.from([1]), 'data:image/png;base64,AAAA'])
      assert.equal(visibleIn(payload), payload);
  });

  it('is nothing in other texts, numbers, and bytes that are none', () => {
    for (const payload of [
      '407',
      '',
      5,
      undefined,
      null,
      {},
      new Uint8Array(0),
      [],
      [{ image: new Uint8Array(3) }],
      [null],
    ])
      assert.equal(visibleIn(payload), undefined);
  });

  it('is up to twelve digits side by side, without what is none', () => {
    const seen = visibleIn([digit(1), { image: 'none' }, digit(2), digit(3)]) as RawPicture;
    assert.deepEqual([seen.width, seen.height, seen.channels], [84, 28, 1]);
    for (const y of [0, 27])
      assert.deepEqual(
        [0, 27, 28, 55, 56, 83].map((x) => seen.data[y * 84 + x]),
        [1, 1, 2, 2, 3, 3],
      );
    assert.equal((visibleIn(Array.from({ length: 13 }, (_, i) => digit(i))) as RawPicture).width, 12 * 28);
  });
});

describe('a thumbnail', () => {
  it('is a JPEG of the wanted size and of the same shape, never larger than the picture', async () => {
    const { image, width, height } = await thumbnail(await photograph('7'), 160);
    assert.deepEqual([width, height, image[0], image[1]], [160, 120, 0xff, 0xd8]);
    const small = { data: new Uint8Array(20 * 10), width: 20, height: 10, channels: 1 };
    const kept = await thumbnail(small, 160);
    assert.deepEqual([kept.width, kept.height], [20, 10]);
  });
});
