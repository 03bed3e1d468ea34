import assert from 'node:assert/strict';
import sharp from 'sharp';
import { LiveFrame, type LivePicture } from '../../lib/camera/live-frame';
import type { GreyPicture } from '../../lib/pictures/picture';

/** White, with a black corner at the left top. */
function corner(): GreyPicture {
  const data = Buffer.alloc(64 * 32, 255);
  for (let y = 0; y < 8; y++) data.fill(0, y * 64, y * 64 + 8);
  return { data, width: 64, height: 32, channels: 1 };
}

const bytesOf = ({ image }: LivePicture): Buffer => (Buffer.isBuffer(image) ? image : (image.data as Buffer));

const about = { source: 'camera 0', width: 64, height: 32, at: 7 };

describe('live frame', () => {
  it('is handed on as it is where it is of the kind already', async () => {
    const image = corner();
    assert.deepEqual(await new LiveFrame({ ...about, image }).as('luma'), { ...about, image });
  });

  it('is the JPEG that the source has, byte by byte, where nothing is to be done with it', async () => {
    const image = await sharp(corner().data, { raw: { width: 64, height: 32, channels: 1 } })
      .jpeg({ quality: 31 })
      .toBuffer();
    assert.deepEqual((await new LiveFrame({ ...about, image }).as('jpeg', 90)).image, image);
    const png = await sharp(corner().data, { raw: { width: 64, height: 32, channels: 1 } })
      .png()
      .toBuffer();
    const made = (await new LiveFrame({ ...about, image: png }).as('jpeg')).image as Buffer;
    assert.deepEqual([...made.subarray(0, 2)], [0xff, 0xd8]);
  });

  it('is no more the same in memory for two who want it, so that the one cannot change what the other gets', async () => {
    const png = await sharp(corner().data, { raw: { width: 64, height: 32, channels: 1 } })
      .png()
      .toBuffer();
    for (const image of [corner(), png]) {
      for (const kind of ['luma', 'jpeg'] as const) {
        const frame = new LiveFrame({ ...about, image });
        const before = Buffer.from(bytesOf(await frame.as(kind)));
        bytesOf(await frame.as(kind)).fill(7);
        bytesOf(await frame.as('luma')).fill(7);
        assert.ok(before.equals(bytesOf(await frame.as(kind))));
        assert.ok(before.equals(bytesOf(await new LiveFrame({ ...about, image }).as(kind))), 'the source has it still');
      }
    }
  });

  it('becomes a JPEG of the quality that each one wants', async () => {
    const data = Buffer.from(Array.from({ length: 64 * 32 }, (_, i) => (i * 7919) % 256));
    const frame = new LiveFrame({ ...about, image: { data, width: 64, height: 32, channels: 1 } });
    const [low, usual, high] = await Promise.all([10, undefined, 100].map((quality) => frame.as('jpeg', quality)));
    assert.ok(low && usual && high);
    assert.ok(bytesOf(low).length < bytesOf(usual).length && bytesOf(usual).length < bytesOf(high).length);
  });

  it('is scaled to the size that is wanted, then turned, with its colours', async () => {
    const chroma = Buffer.concat([Buffer.alloc(512, 110), Buffer.alloc(512, 160)]);
    const frame = new LiveFrame({ ...about, image: corner(), chroma, scale: { width: 32, height: 16 }, turn: 90 });
    const luma = await frame.as('luma');
    const { data } = luma.image as GreyPicture;
    // 4 × 4 pixels at the right top are the corner; the edge is not sharp any more.
    assert.deepEqual(
      [luma.width, luma.height, data.length, data[1 * 16 + 14], data[8 * 16 + 14], data[1 * 16 + 8]],
      [16, 32, 512, 0, 255, 255],
    );
    const jpeg = await frame.as('jpeg', 100);
    const picture = await sharp(jpeg.image as Buffer)
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([picture.info.width, picture.info.height, picture.info.channels], [16, 32, 3]);
    const [red = NaN, green = NaN, blue = NaN] = picture.data.subarray((20 * 16 + 8) * 3);
    for (const [value, expected] of [
      [red, 255],
      [green, 238],
      [blue, 223],
    ] as const)
      assert.ok(Math.abs(value - expected) <= 4, `${red} ${green} ${blue}`);
  });

  for (const [turn, x, y] of [
    [90, 28, 3],
    [270, 3, 60],
  ] as const) {
    it(`is turned by ${turn} degrees, as luma and as JPEG`, async () => {
      const frame = new LiveFrame({ ...about, image: corner(), turn });
      const luma = await frame.as('luma');
      const picture = luma.image as GreyPicture;
      assert.deepEqual(
        [luma.width, luma.height, picture.width, picture.height, picture.data[y * 32 + x]],
        [32, 64, 32, 64, 0],
      );
      const jpeg = await frame.as('jpeg');
      const { data, info } = await sharp(jpeg.image as Buffer)
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, jpeg.width, jpeg.height], [32, 64, 32, 64]);
      assert.ok(data[y * 32 + x]! < 40);
    });
  }

  it('becomes a JPEG, or upright luma, of any other format', async () => {
    const png = await sharp({ create: { width: 64, height: 32, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    assert.equal(
      (await sharp((await new LiveFrame({ ...about, image: png }).as('jpeg')).image as Buffer).metadata()).format,
      'jpeg',
    );
    const turned = await sharp(png).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { width, height } = await new LiveFrame({ ...about, image: turned }).as('luma');
    assert.deepEqual([width, height], [32, 64]);
  });

  it('says that it is damaged', async () => {
    const frame = new LiveFrame({ ...about, image: Buffer.from('\xff\xd8 no picture', 'latin1') });
    await assert.rejects(frame.as('luma'), { code: 'damaged', status: 'frame damaged' });
  });
});
