import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import { decodePicture } from '../../lib/pictures/decode';
import { decodePlainJpeg } from '../../lib/pictures/jpeg-turbo';
import { PictureError } from '../../lib/pictures/picture';
import { plainJpeg, type PlainJpeg } from '../../lib/pictures/plain-jpeg';

const WIDTH = 75;
const HEIGHT = 50;

/** Soft colours of all kinds. */
function coloured(width = WIDTH, height = HEIGHT): sharp.Sharp {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    return 128 + 100 * Math.sin(x / 9 + (i % 3) * 2) * Math.cos(y / (7 + (i % 3)));
  });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** With Exif's segment before all others, which says how the picture is to be turned; 1 is upright. */
async function turned(orientation: number, isLittle = false): Promise<Buffer> {
  const jpeg = await coloured().jpeg().toBuffer();
  const exif = Buffer.alloc(36);
  const write = (value: number, at: number, bytes: 2 | 4): void => {
    if (isLittle) exif.writeUIntLE(value, at, bytes);
    else exif.writeUIntBE(value, at, bytes);
  };
  exif.writeUInt16BE(0xffe1);
  exif.writeUInt16BE(exif.length - 2, 2);
  exif.write('Exif\0\0', 4, 'latin1');
  exif.write(isLittle ? 'II' : 'MM', 10, 'latin1');
  write(42, 12, 2);
  write(8, 14, 4);
  // One entry: the tag, two bytes each, one of them, the value.
  write(1, 18, 2);
  write(0x0112, 20, 2);
  write(3, 22, 2);
  write(1, 24, 4);
  write(orientation, 28, 2);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

async function plainOf(picture: sharp.Sharp, options: sharp.JpegOptions = {}): Promise<PlainJpeg> {
  const plain = plainJpeg(await picture.jpeg(options).toBuffer());
  assert.ok(plain);
  return plain;
}

describe('plainJpeg', () => {
  it('knows what needs no more than to be decoded, and its size', async () => {
    const jpeg = await coloured().jpeg().toBuffer();
    const { width, height } = plainJpeg(jpeg) ?? {};
    assert.deepEqual([width, height], [WIDTH, HEIGHT]);
    assert.ok(plainJpeg(await turned(1)));
    assert.ok(plainJpeg(await turned(1, true)));
    assert.ok(plainJpeg(await coloured().greyscale().jpeg().toBuffer()));
  });

  const others: Record<string, () => Promise<Buffer>> = {
    'a progressive one': () => coloured().jpeg({ progressive: true }).toBuffer(),
    'one of four colours': () => coloured().toColourspace('cmyk').jpeg().toBuffer(),
    'one that is to be turned': () => turned(6),
    'one that is to be turned, with the lowest byte first': () => turned(3, true),
    'one with a colour profile': () => coloured().withIccProfile('p3').jpeg().toBuffer(),
    'a PNG': () => coloured().png().toBuffer(),
    'an empty Buffer': () => Promise.resolve(Buffer.alloc(0)),
    'other bytes': () => Promise.resolve(Buffer.from('a letter')),
  };
  for (const [name, make] of Object.entries(others)) {
    it(`leaves ${name} to others`, async () => {
      assert.equal(plainJpeg(await make()), undefined);
    });
  }

  it("leaves one to others that is not of YCbCr, as Adobe's segment tells", async () => {
    const jpeg = await coloured().jpeg().toBuffer();
    const adobe = (transform: number, bytes = 14): Buffer => {
      const segment = Buffer.alloc(2 + bytes);
      segment.writeUInt16BE(0xffee);
      segment.writeUInt16BE(bytes, 2);
      segment.write('Adobe', 4, 'latin1');
      if (bytes >= 14) segment[15] = transform;
      return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
    };
    assert.deepEqual(
      [0, 1, 2].map((transform) => plainJpeg(adobe(transform)) !== undefined),
      [false, true, false],
    );
    assert.equal(plainJpeg(adobe(1, 10)), undefined);
  });

  it('leaves every head that breaks off to others', async () => {
    const jpeg = await turned(1);
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    for (let length = 0; length < scan; length++) assert.equal(plainJpeg(jpeg.subarray(0, length)), undefined);
  });
});

describe('decodePlainJpeg', () => {
  const kinds: Record<string, [sharp.Sharp, sharp.JpegOptions?]> = {
    'of colours': [coloured()],
    'of colours at full resolution': [coloured(), { chromaSubsampling: '4:4:4' }],
    'of one shade a pixel': [coloured().greyscale()],
    'of poor quality': [coloured(640, 480), { quality: 20 }],
  };
  for (const [name, [picture, options]] of Object.entries(kinds)) {
    it(`sees in a picture ${name} what sharp does`, async () => {
      const plain = await plainOf(picture, options);
      const quick = decodePlainJpeg(plain);
      const { picture: careful } = await decodePicture(plain.jpeg);
      assert.deepEqual([quick.width, quick.height], [careful.width, careful.height]);
      // Colours that RGB cannot show would be cut off; none are drawn here.
      const most = quick.data.reduce((sum, value, i) => Math.max(sum, Math.abs(value - careful.data[i]!)), 0);
      assert.ok(most <= 2, `they differ by ${most}`);
    });
  }

  it('says that a picture is damaged, and reads the next', async () => {
    const plain = await plainOf(coloured(640, 480));
    const { jpeg } = plain;
    const before = decodePlainJpeg(plain);
    const isDamaged = (error: unknown): boolean => error instanceof PictureError && error.code === 'damaged';
    assert.throws(() => decodePlainJpeg({ ...plain, jpeg: jpeg.subarray(0, jpeg.length / 2) }), isDamaged);
    const tables = Uint8Array.from(jpeg);
    const huffman = Buffer.from(tables).indexOf(Buffer.from([0xff, 0xc4]));
    tables.fill(0xff, huffman + 5, huffman + 21);
    assert.throws(() => decodePlainJpeg({ ...plain, jpeg: tables }), isDamaged);
    assert.deepEqual(decodePlainJpeg(plain), before);
  });
});
