import assert from 'node:assert/strict';
import { assertPictureSize, checkMask, checkRawPicture, type Mask, type RawPicture } from '../../lib/pictures/picture';

const picture = (width: number, height: number, channels = 1): RawPicture => ({
  data: new Uint8Array(width * height * channels),
  width,
  height,
  channels,
});

describe('a raw picture', () => {
  it('may be as small as 8 × 8 pixels, and no side smaller', () => {
    assert.deepEqual(checkRawPicture(picture(8, 8)), picture(8, 8));
    for (const [width, height] of [
      [7, 8],
      [8, 7],
      [7, 700],
    ] as const)
      assert.throws(() => checkRawPicture(picture(width, height)), {
        name: 'PictureError',
        code: 'no-picture',
        message: `expected a picture of at least 8 × 8 pixels, got one of ${width} × ${height}`,
      });
  });

  it('may have 70 megapixels, and no more', () => {
    assert.doesNotThrow(() => {
      assertPictureSize(10_000, 7000);
    });
    assert.throws(
      () => {
        assertPictureSize(10_000, 7001);
      },
      { name: 'PictureError', code: 'too-large' },
    );
  });

  it('has one to four channels', () => {
    for (const channels of [1, 2, 3, 4]) assert.equal(checkRawPicture(picture(9, 8, channels)).channels, channels);
    for (const channels of [0, 5]) assert.throws(() => checkRawPicture(picture(9, 8, channels)), /1 to 4 channels/);
  });

  it('has sides of whole numbers, and as many bytes as they say', () => {
    for (const wrong of [{ width: 8.5 }, { height: 0 }, { width: -8 }, { height: NaN }])
      assert.throws(() => checkRawPicture({ ...picture(8, 8), ...wrong }), /is a whole number above 0/);
    for (const bytes of [63, 65])
      assert.throws(() => checkRawPicture({ ...picture(8, 8), data: new Uint8Array(bytes) }), /expected 64 bytes/);
  });
});

describe('a mask', () => {
  const mask = (more: Partial<Mask> = {}): Mask => ({ ...picture(8, 9), channels: 1, mask: true, ...more });

  it('keeps what the threshold step adds, and nothing else', () => {
    const full = mask({
      ink: new Uint8Array(72),
      border: new Uint8Array(72),
      grey: new Uint8Array(72),
      background: { data: new Uint8Array(6), width: 2, height: 3 },
    });
    assert.deepEqual(checkMask(Object.assign({ other: 1 }, full)), full);
    assert.deepEqual(checkMask(mask()), mask());
  });

  it('is refused where a part of it does not fit', () => {
    for (const name of ['ink', 'border', 'grey'])
      assert.throws(() => checkMask(mask({ [name]: new Uint8Array(71) })), new RegExp(`the ${name} of a mask`));
    for (const background of [
      { data: new Uint8Array(6), width: 2, height: 4 },
      { data: new Uint8Array(0), width: 0, height: 3 },
      { data: new Uint8Array(6), width: 1.5, height: 4 },
    ])
      assert.throws(() => checkMask(mask({ background })), /background of a mask/);
    assert.throws(() => checkMask({ ...mask(), ...picture(8, 9, 3) } as unknown as Mask), /a mask of 1 channel/);
  });
});
