import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { decodePicture, withPicture, WORKING_PIXELS } from '../../lib/pictures/decode';
import { PictureError } from '../../lib/pictures/picture';

/** Left half black, right half white. */
function halves(width = 64, height = 48): sharp.Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) data.fill(i % width < width / 2 ? 0 : 255, i * 3, i * 3 + 3);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

describe('decodePicture', () => {
  for (const format of ['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const) {
    it(`reads ${format}`, async () => {
      const { picture, width, height } = await decodePicture(await halves().toFormat(format).toBuffer());
      assert.deepEqual([width, height, picture.width, picture.height, picture.channels], [64, 48, 64, 48, 1]);
      assert.ok(picture.data[10]! < 30 && picture.data[50]! > 225);
    });
  }

  it('reads a data URL', async () => {
    const url = `data:image/png;base64,${(await halves().png().toBuffer()).toString('base64')}`;
    assert.equal((await decodePicture(url)).width, 64);
  });

  it('reads raw pixels of 1 to 4 channels alike', async () => {
    for (const channels of [1, 2, 3, 4]) {
      const pixel = [90, 90, 90, 255].slice(channels < 3 ? 4 - channels : 0).slice(0, channels);
      if (channels === 1) pixel[0] = 90;
      if (channels === 3) pixel.splice(0, 3, 90, 90, 90);
      const data = Uint8Array.from({ length: 30 * 40 * channels }, (_, i) => pixel[i % channels]!);
      const { picture } = await decodePicture({ data, width: 30, height: 40, channels });
      assert.equal(picture.data.length, 1200);
      assert.ok(
        picture.data.every((value) => Math.abs(value - 90) <= 1),
        `${channels} channels: ${picture.data[0]}`,
      );
    }
  });

  it('obeys the EXIF orientation', async () => {
    const { picture, width, height } = await decodePicture(
      await halves().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    );
    assert.deepEqual([width, height], [48, 64]);
    assert.ok(picture.data[5]! < 30 && picture.data[60 * 48 + 5]! > 225, 'the black half is on top');
  });

  it('takes what is transparent for white paper', async () => {
    const clear = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    assert.equal((await decodePicture(clear)).picture.data[0], 255);
  });

  it('scales large pictures down and keeps their size', async () => {
    const { picture, width, height } = await decodePicture(await halves(2000, 1500).jpeg().toBuffer());
    assert.deepEqual([width, height], [2000, 1500]);
    assert.ok(Math.abs(picture.width * picture.height - WORKING_PIXELS) < WORKING_PIXELS * 0.01);
    assert.ok(Math.abs(picture.width / picture.height - 4 / 3) < 0.01);
  });

  it('fails a picture that takes too long, and goes on with others meanwhile', async () => {
    const png = await halves().png().toBuffer();
    const stuck = withPicture(png, () => new Promise(() => undefined));
    assert.equal((await decodePicture(png)).width, 64);
    await assert.rejects(
      stuck,
      (error) =>
        error instanceof PictureError &&
        error.code === 'too-slow' &&
        error.message.startsWith('the picture takes longer than 6 s to decode'),
    );
    assert.equal((await decodePicture(png)).width, 64);
  });

  it('reads the properties of a raw picture once, so that they stay what was checked', async () => {
    const read: string[] = [];
    const values = { data: Buffer.alloc(100), width: 10, height: 10, channels: 1 };
    const input = new Proxy(values, {
      get(target, name) {
        read.push(String(name));
        return target[name as keyof typeof values];
      },
    });
    await decodePicture(input);
    assert.deepEqual(read.sort(), ['channels', 'data', 'height', 'width']);
  });

  it('says in one clear error where sharp does not run', async () => {
    const script = `
      const Module = require('node:module'), load = Module._load;
      Module._load = (name, ...rest) => {
        if (name === 'sharp') throw new Error('Could not load the "sharp" module using the linux-arm runtime\\nPossible solutions:\\n- many lines');
        return load(name, ...rest);
      };
      const { decodePicture } = require(${JSON.stringify(require.resolve('../../lib/pictures/decode'))});
      const luma = { data: Buffer.alloc(100), width: 10, height: 10, channels: 1 };
      decodePicture(Buffer.from([0xff, 0xd8, 0xff])).catch(({ name, code, status, message }) => console.log(JSON.stringify({ name, code, status, message })))
        .then(() => decodePicture(luma)).then(({ width }) => console.log(width));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
    const [error, width] = stdout.trim().split('\n');
    const { name, code, status, message } = JSON.parse(error!) as Record<string, string>;
    assert.deepEqual([name, code, status], ['PictureError', 'no-decoder', 'sharp is missing']);
    assert.match(
      message!,
      /^pictures cannot be decoded here \(.*\): the library sharp does not run on this computer\. It runs on Linux .*ARMv7 from Debian 12.* not on ARMv6/,
    );
    assert.equal(width, '10', 'raw pictures need none');
  });

  it('says what is wrong', async () => {
    const jpeg = await halves(640, 480).jpeg().toBuffer();
    const cases: [unknown, RegExp][] = [
      [undefined, /expected a picture .* got undefined/],
      [7, /got the number 7/],
      ['hello', /got the string "hello"/],
      [[], /got an empty array/],
      [Buffer.alloc(0), /got an empty Buffer/],
      [new Proxy(jpeg, {}), /expected a picture .* got (?:an object|something)/],
      [
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
        /got something that cannot be looked at/,
      ],
      [Buffer.from('this is text'), /in no picture format that is known/],
      [jpeg.subarray(0, jpeg.length / 2), /damaged or cut off/],
      ['data:image/png;base64,AAAA', /expected a picture|damaged/],
      [
        { data: Buffer.alloc(3), width: 0, height: 1, channels: 3 },
        /width is a whole number above 0, got the number 0/,
      ],
      [{ data: Buffer.alloc(3), width: 1, height: 1, channels: 5 }, /1 to 4 channels, got the number 5/],
      [
        { data: 'abc', width: 1, height: 1, channels: 3 },
        /data of a raw picture as a Buffer or Uint8Array, got the string/,
      ],
      [{ data: Buffer.alloc(2), width: 30, height: 30, channels: 1 }, /expected 900 bytes .* got 2/],
    ];
    for (const [input, message] of cases) {
      await assert.rejects(
        decodePicture(input),
        (error: Error) => error instanceof PictureError && message.test(error.message),
        String(message),
      );
    }
  });
});
