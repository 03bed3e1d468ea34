import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import { extractDigits } from '../../lib/extract/extract';
import { decodePicture } from '../../lib/pictures/decode';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { photograph } from '../../support/drawn-pictures';

async function maskOf(picture: Buffer): Promise<ReturnType<typeof thresholdPicture>> {
  return thresholdPicture((await decodePicture(picture)).picture);
}

const MARGINS: Record<string, (photo: Buffer) => Promise<Buffer>> = {
  ...Object.fromEntries(
    [0, 90, 160, 255].map((grey) => [
      `turned, with corners of ${grey}`,
      (photo: Buffer) =>
        sharp(photo)
          .rotate(9, { background: { r: grey, g: grey, b: grey } })
          .jpeg()
          .toBuffer(),
    ]),
  ),
  'between the bars of a letterbox': (photo) =>
    sharp(photo).extend({ top: 70, bottom: 70, background: 'black' }).jpeg().toBuffer(),
  'between bars, and turned': (photo) =>
    sharp(photo)
      .extend({ top: 70, bottom: 70, background: 'black' })
      .rotate(-6, { background: 'grey' })
      .jpeg()
      .toBuffer(),
};

describe('border', () => {
  for (const [name, change] of Object.entries(MARGINS)) {
    it(`are no ink, and do not change what is found: a page ${name}`, async () => {
      const mask = await maskOf(await change(await photograph('407', { shadow: true })));
      assert.ok(mask.border);
      const share = mask.border.filter((value) => value > 0).length / mask.border.length;
      assert.ok(share > 0.05 && share < 0.5, `${share}`);
      assert.ok(mask.data.every((value, i) => value === 0 || mask.border?.[i] === 0));
      assert.equal(extractDigits(mask).length, 3);
    });
  }

  it('reach to the tips of the corners of a turned page', async () => {
    const turned = await sharp(await photograph('407'))
      .rotate(9, { background: 'black' })
      .png()
      .toBuffer();
    const { picture } = await decodePicture(turned);
    const { border } = thresholdPicture(picture);
    assert.ok(border);
    const { data, width, height, channels } = picture;
    const outermost = [
      ...Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x]).flat(),
      ...Array.from({ length: height }, (_, y) => [y * width, (y + 1) * width - 1]).flat(),
    ];
    const missed = outermost.filter((pixel) => data[pixel * channels]! < 5 && border[pixel] === 0);
    assert.equal(missed.length, 0, `${missed.length} of the border's pixels`);
  });

  it('are not found round a photograph that fills the picture', async () => {
    assert.equal((await maskOf(await photograph('407'))).border, undefined);
  });

  it('are not found where paper of one shade fills most of the picture', async () => {
    const drawing = await sharp(
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" ' +
          'fill="#fff"/><path d="M180 60 L220 60 L190 240" stroke="#000" stroke-width="16" fill="none"/></svg>',
      ),
    )
      .png()
      .toBuffer();
    const mask = await maskOf(drawing);
    assert.equal(mask.border, undefined);
    assert.equal(extractDigits(mask).length, 1);
  });
});
