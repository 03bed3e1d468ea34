import { strict as assert } from 'node:assert';
import sharp from 'sharp';
import { decodePicture } from '../../lib/pictures/decode';
import { formatOf } from '../../lib/pictures/format';
import { PictureError } from '../../lib/pictures/picture';

const box = (brands: string): Buffer => {
  const bytes = Buffer.from(`\0\0\0\0ftyp${brands.slice(0, 4)}\0\0\0\0${brands.slice(4)}`, 'latin1');
  bytes.writeUInt32BE(bytes.length);
  return Buffer.concat([bytes, Buffer.alloc(100)]);
};

/** Each filter is drawn again by the next: this took minutes, and all the processors. */
const FILTERS = Array.from({ length: 6 }, (_, i) => {
  const steps = '<feGaussianBlur stdDeviation="90"/><feTurbulence baseFrequency="0.9" numOctaves="9"/>';
  return { filter: `<filter id="f${i}">${steps}</filter>`, group: `<g filter="url(#f${i})">` };
});
const NESTED_SVG = Buffer.from(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000">',
    `<defs>${FILTERS.map(({ filter }) => filter).join('')}</defs>`,
    FILTERS.map(({ group }) => group).join(''),
    '<rect width="4000" height="4000"/>',
    '</g>'.repeat(FILTERS.length),
    '</svg>',
  ].join(''),
);

describe('formatOf', () => {
  for (const format of ['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const) {
    it(`knows ${format} by its first bytes`, async () => {
      const encoded = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'white' } })
        .toFormat(format)
        .toBuffer();
      assert.equal(formatOf(encoded), format);
    });
  }

  it('knows an AVIF by the brands that it is compatible with', () => {
    assert.equal(formatOf(box('mif1avifmiaf')), 'avif');
  });

  const others: [string, Buffer, RegExp][] = [
    ['an SVG', NESTED_SVG, /got an SVG \(a Buffer of \d+ bytes\)\. It has no pixels/],
    ['an SVG in UTF-16', Buffer.from('\ufeff<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le'), /got an SVG/],
    ['an SVG in UTF-16, the other way round', Buffer.from('<?xml version="1.0"?>', 'utf16le').swap16(), /got an SVG/],
    ['an SVG behind a declaration', Buffer.from('\ufeff <?xml version="1.0"?><svg/>'), /got an SVG/],
    [
      'a HEIC, as an iPhone sends it',
      box('heicmif1heic'),
      /got a HEIC .*\. An iPhone sends JPEG after Settings, Camera, Formats, "Most Compatible"/,
    ],
    ['a HEIC of several pictures', box('mif1heic'), /got a HEIC/],
    ['a video', box('isommp42'), /got a video .*\. Take a picture out of it first/],
    ['a BMP', Buffer.from('BM\x36\x04\0\0\0\0\0\0\x36\0\0\0', 'latin1'), /got a BMP .*\. Save it as PNG or JPEG/],
    ['a PDF', Buffer.from('%PDF-1.7 …'), /got a PDF/],
    ['an icon file', Buffer.from([0, 0, 1, 0, 1, 0]), /got an icon file/],
    ['a JPEG XL', Buffer.from([0xff, 0x0a, 1, 2]), /got a JPEG XL/],
    ['a packed file', Buffer.from([0x1f, 0x8b, 8, 0]), /got a packed file/],
    [
      'a JPEG that was turned into text',
      Buffer.from(Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString()),
      /turned into text .*\. Have it sent as a binary Buffer/,
    ],
    ['text', Buffer.from('seven'), /got a Buffer of 5 bytes in no picture format that is known/],
    ['two bytes of a JPEG', Buffer.from([0xff, 0xd8]), /in no picture format that is known/],
  ];
  for (const [what, encoded, message] of others) {
    it(`refuses ${what}, and says what it is`, async () => {
      await assert.rejects(
        decodePicture(encoded),
        (error) => error instanceof PictureError && message.test(error.message),
      );
    });
  }

  it('refuses an SVG as data: URL, and one that begins as another picture', async () => {
    await assert.rejects(decodePicture(`data:image/svg+xml;base64,${NESTED_SVG.toString('base64')}`), /got an SVG/);
    for (const head of ['GIF89a', 'II*\0', 'MM\0*', 'RIFF\0\0\0\0WEBP', '\xff\xd8\xff']) {
      await assert.rejects(decodePicture(Buffer.concat([Buffer.from(head, 'latin1'), NESTED_SVG])), PictureError);
    }
  });
});
