import assert from 'node:assert/strict';
import sharp from 'sharp';
import { LiveFrame } from '../../lib/camera/live-frame';
import type { GreyPicture } from '../../lib/pictures/picture';

/** White, with a black corner at the left top. */
function corner(): GreyPicture {
  const data = Buffer.alloc(64 * 32, 255);
  for (let y = 0; y < 8; y++) data.fill(0, y * 64, y * 64 + 8);
  return { data, width: 64, height: 32, channels: 1 };
}

const about = { source: 'camera 0', width: 64, height: 32, at: 7 };

describe('live frame', () => {
  it('is handed on as it is where it is of the kind already', async () => {
    const image = corner();
    assert.deepEqual(await new LiveFrame({ ...about, image }).as('luma'), { ...about, image });
  });

  it('is made once for all who want it', async () => {
    const frame = new LiveFrame({ ...about, image: corner() });
    assert.equal(await frame.as('jpeg'), await frame.as('jpeg'));
  });

  for (const [turn, x, y] of [[90, 28, 3], [270, 3, 60]] as const) {
    it(`is turned by ${turn} degrees, as luma and as JPEG`, async () => {
      const frame = new LiveFrame({ ...about, image: corner(), turn });
      const luma = await frame.as('luma'), picture = luma.image as GreyPicture;
      assert.deepEqual([luma.width, luma.height, picture.width, picture.height, picture.data[y * 32 + x]], [32, 64, 32, 64, 0]);
      const jpeg = await frame.as('jpeg');
      const { data, info } = await sharp(jpeg.image as Buffer).greyscale().raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, jpeg.width, jpeg.height], [32, 64, 32, 64]);
      assert.ok(data[y * 32 + x] < 40);
    });
  }

  it('becomes a JPEG, or upright luma, of any other format', async () => {
    const png = await sharp({ create: { width: 64, height: 32, channels: 3, background: 'white' } }).png().toBuffer();
    assert.equal((await sharp((await new LiveFrame({ ...about, image: png }).as('jpeg')).image as Buffer).metadata()).format, 'jpeg');
    const turned = await sharp(png).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { width, height } = await new LiveFrame({ ...about, image: turned }).as('luma');
    assert.deepEqual([width, height], [32, 64]);
  });

  it('says that it is damaged', async () => {
    const frame = new LiveFrame({ ...about, image: Buffer.from('\xff\xd8 no picture', 'latin1') });
    await assert.rejects(frame.as('luma'), { code: 'damaged', status: 'frame damaged' });
  });
});
