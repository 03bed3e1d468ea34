// Files made by hand that are dangerous, or no pictures of the kinds that are read.
import { deflateSync, gzipSync } from 'node:zlib';
import type { Dice } from './dice';

export interface CraftedFile {
  name: string;
  bytes: Buffer;
  /** What the error has to name; `anything` where any clear one does, undefined where it may be read. */
  refused?: RegExp | 'anything';
}

const ANYTHING = 'anything';
const be32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

let table: Uint32Array | undefined;
/** CRC-32; zlib has it from Node 20.15 on only. */
function crc32(data: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([be32(data.length), body, be32(crc32(body))]);
}
const header = (width: number, height: number, depth = 8, colour = 0): Buffer =>
  chunk('IHDR', Buffer.concat([be32(width), be32(height), Buffer.from([depth, colour, 0, 0, 0])]));
const END = chunk('IEND', Buffer.alloc(0));
const blank = (width: number, height: number): Buffer =>
  chunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height, 255), { level: 1 }));

/** A picture's file of the format "ISO base media": HEIC, AVIF and films. */
function baseMedia(brand: string, ...others: string[]): Buffer {
  const brands = Buffer.from(`${brand}\0\0\0\0${[brand, ...others].join('')}`, 'latin1');
  const meta = Buffer.from('\0\0\0\x21hdlr\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1');
  return Buffer.concat([
    be32(8 + brands.length),
    Buffer.from('ftyp'),
    brands,
    be32(12 + meta.length),
    Buffer.from('meta\0\0\0\0', 'latin1'),
    meta,
    be32(2008),
    Buffer.from('mdat'),
    Buffer.alloc(2000, 7),
  ]);
}

function bmp(width: number, height: number): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const size = row * Math.min(height, 400);
  const bytes = Buffer.alloc(54 + size, 255);
  bytes.fill(0, 0, 54);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(54 + size, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/** Each group blurs what the group in it has blurred. */
function nestedFilters(depth: number): string {
  const filter = '<filter id="f" x="-9" y="-9" width="20" height="20"><feGaussianBlur stdDeviation="99"/></filter>';
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="3000" ' +
    `height="3000">${filter}${'<g filter="url(#f)">'.repeat(depth)}<rect width="9" ` +
    `height="9"/>${'</g>'.repeat(depth)}</svg>`
  );
}

const svg = (inside: string, head = ''): string =>
  `${head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="400" ` +
  `height="300">${inside}</svg>`;

function svgFiles(): [string, Buffer][] {
  const plain = svg('<rect width="90" height="90"/>');
  const nested = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const uses = Array.from(
    { length: 12 },
    (_, i) => `<g id="u${i + 1}">${`<use xlink:href="#u${i}"/>`.repeat(10)}</g>`,
  ).join('');
  const named: Record<string, string> = {
    plain: plain,
    'with nested filters': nestedFilters(12),
    'with entities within entities': svg('<text y="20">&l9;</text>', `<!DOCTYPE svg [<!ENTITY l0 "ha">${nested}]>`),
    'that names a file': svg(
      '<text y="20">&e;</text>',
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ),
    'with a picture from a file': svg('<image width="90" height="90" xlink:href="file:///etc/passwd"/>'),
    'with a picture from the network': svg('<image width="90" height="90" xlink:href="http://127.0.0.1:9/x.png"/>'),
    'with copies of copies': svg(`<defs><rect id="u0" width="1" height="1"/>${uses}</defs><use xlink:href="#u12"/>`),
    'of 99,999 × 99,999': '<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"/>',
    'behind white space': `\n\n   ${plain}`,
    'behind a comment': `<!-- ${'x'.repeat(3000)} -->${plain}`,
    'behind a byte order mark': `\ufeff${plain}`,
  };
  return [
    ...Object.entries(named).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]),
    ['in UTF-16', Buffer.from(`\ufeff${plain}`, 'utf16le')],
    ['packed', gzipSync(plain)],
  ];
}

/** A progressive JPEG whose last scan comes again and again: each is drawn over the whole picture. */
function manyScans(progressive: Buffer, times: number): Buffer {
  const from = progressive.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = progressive.subarray(from, progressive.length - 2);
  return Buffer.concat([progressive.subarray(0, from), ...Array<Buffer>(times).fill(scan), Buffer.from([0xff, 0xd9])]);
}

/** Sets width and height in a JPEG's frame header. */
function resizedJpeg(jpeg: Buffer, width: number, height: number): Buffer {
  const out = Buffer.from(jpeg);
  for (let at = 2; at < out.length - 9 && out[at] === 0xff; at += 2 + out.readUInt16BE(at + 2)) {
    if (out[at + 1]! < 0xc0 || out[at + 1]! > 0xc2) continue;
    out.writeUInt16BE(height, at + 5);
    out.writeUInt16BE(width, at + 7);
    break;
  }
  return out;
}

/** A TIFF of one strip with these entries; tags as in TIFF 6.0. */
function tiff(width: number, height: number, { next = 0, strip = 100, count = 400 } = {}): Buffer {
  const entries: [tag: number, value: number][] = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, strip],
    [277, 1],
    [278, height],
    [279, count],
  ];
  const bytes = Buffer.alloc(1000, 255);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, value], i) => {
    bytes.writeUInt16LE(tag, 10 + i * 12);
    bytes.writeUInt16LE(4, 12 + i * 12);
    bytes.writeUInt32LE(1, 14 + i * 12);
    bytes.writeUInt32LE(value, 18 + i * 12);
  });
  bytes.writeUInt32LE(next, 10 + entries.length * 12);
  return bytes;
}

const png = (...chunks: Buffer[]): Buffer => Buffer.concat([PNG, ...chunks, END]);

function gif(width: number, height: number): Buffer {
  const bytes = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\0\0\0\0\0\x02\x02D\x01\0;', 'latin1');
  for (const [at, value] of [
    [6, width],
    [8, height],
    [24, width],
    [26, height],
  ] as const)
    bytes.writeUInt16LE(value, at);
  return bytes;
}

/** Pictures of kinds that are not read, and films. */
function otherPictures(): CraftedFile[] {
  return [
    ...['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis'].map((brand) => ({
      name: `HEIC of the brand ${brand}`,
      bytes: baseMedia(brand, 'mif1'),
      refused: /HEIC|HEIF/,
    })),
    { name: 'HEIF of the brand mif1', bytes: baseMedia('mif1', 'heic'), refused: /HEIC|HEIF/ },
    { name: 'a film of the brand isom', bytes: baseMedia('isom', 'mp42'), refused: ANYTHING },
    { name: 'AVIF without a picture', bytes: baseMedia('avif', 'mif1'), refused: ANYTHING },
    { name: 'BMP', bytes: bmp(400, 300), refused: /BMP/ },
    { name: 'BMP of 30,000 × 30,000', bytes: bmp(30_000, 30_000), refused: ANYTHING },
    {
      name: 'ICO',
      bytes: Buffer.concat([
        Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 4, 0, 0, 22, 0, 0, 0]),
        Buffer.alloc(1024, 255),
      ]),
      refused: ANYTHING,
    },
    {
      name: 'PDF',
      bytes: Buffer.from(
        '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count ' +
          '0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF',
      ),
      refused: ANYTHING,
    },
    {
      name: 'PPM',
      bytes: Buffer.concat([Buffer.from('P6 400 300 255\n'), Buffer.alloc(360_000, 255)]),
      refused: ANYTHING,
    },
    { name: 'PGM as text', bytes: Buffer.from(`P2 20 20 255\n${'255 '.repeat(400)}`), refused: ANYTHING },
    {
      name: 'Radiance HDR',
      bytes: Buffer.concat([
        Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 30 +X 30\n'),
        Buffer.alloc(3600, 128),
      ]),
      refused: ANYTHING,
    },
    {
      name: 'vips',
      bytes: Buffer.concat([Buffer.from([0xb6, 0xa6, 0xf2, 0x08]), Buffer.alloc(60), Buffer.alloc(10_000, 255)]),
      refused: ANYTHING,
    },
    {
      name: 'JPEG 2000',
      bytes: Buffer.concat([Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), Buffer.alloc(500)]),
      refused: ANYTHING,
    },
    { name: 'JPEG XL', bytes: Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(500, 3)]), refused: ANYTHING },
  ];
}

/** What is no picture at all. */
function noPictures(): CraftedFile[] {
  return [
    {
      name: 'a web page',
      bytes: Buffer.from(`<!DOCTYPE html><html><body>${'<p>404</p>'.repeat(50)}</body></html>`),
      refused: ANYTHING,
    },
    { name: 'XML', bytes: Buffer.from('<?xml version="1.0"?><feed><entry>407</entry></feed>'), refused: ANYTHING },
    { name: 'JSON', bytes: Buffer.from('{"payload":[1,2,3]}'), refused: ANYTHING },
    { name: 'no bytes', bytes: Buffer.alloc(0), refused: ANYTHING },
    { name: 'one byte', bytes: Buffer.from([0xff]), refused: ANYTHING },
    { name: 'zeros', bytes: Buffer.alloc(5000), refused: ANYTHING },
  ];
}

/** PNGs of sizes that are too large, or wrong. */
function sizedPngs(): CraftedFile[] {
  return [
    { name: 'PNG of 20,000 × 20,000', bytes: png(header(20_000, 20_000), blank(10, 10)), refused: ANYTHING },
    { name: 'PNG of 8,000 × 8,000 in a few bytes', bytes: png(header(8000, 8000), blank(8000, 8000)) },
    { name: 'PNG of 2,147,483,647 × 1', bytes: png(header(0x7fffffff, 1), blank(10, 10)), refused: ANYTHING },
    { name: 'PNG of 0 × 0', bytes: png(header(0, 0), blank(10, 10)), refused: ANYTHING },
    { name: 'PNG of 9,000,000 × 8', bytes: png(header(8_000_000, 8), blank(8_000_000, 8)) },
    { name: 'PNG without pixels', bytes: png(header(300, 300)), refused: ANYTHING },
  ];
}

/** PNGs that have more in them than a picture. */
function filledPngs(): CraftedFile[] {
  return [
    {
      name: 'PNG with a text that unpacks to 200 MB',
      bytes: png(
        header(300, 300),
        chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(2e8))])),
        blank(300, 300),
      ),
    },
    {
      name: 'PNG with a colour profile that unpacks to 200 MB',
      bytes: png(
        header(300, 300),
        chunk('iCCP', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(2e8))])),
        blank(300, 300),
      ),
    },
    {
      name: 'PNG with 50,000 texts',
      bytes: png(header(300, 300), ...Array<Buffer>(50_000).fill(chunk('tEXt', Buffer.from('a\0b'))), blank(300, 300)),
    },
    {
      name: 'PNG with a broken checksum',
      bytes: Buffer.concat([PNG, header(300, 300).fill(0, 21), blank(300, 300), END]),
      refused: ANYTHING,
    },
    {
      name: 'APNG',
      bytes: png(
        header(300, 300),
        chunk('acTL', Buffer.concat([be32(9999), be32(0)])),
        chunk('fcTL', Buffer.concat([be32(0), be32(300), be32(300), be32(0), be32(0), be32(0), Buffer.alloc(2)])),
        blank(300, 300),
      ),
    },
  ];
}

/** GIFs and JPEGs, of sizes that are too large, or with too many scans. */
function gifsAndJpegs(jpeg: Buffer): CraftedFile[] {
  return [
    { name: 'GIF of 65,535 × 65,535', bytes: gif(65_535, 65_535), refused: ANYTHING },
    { name: 'GIF of 8,000 × 8,000', bytes: gif(8000, 8000) },
    { name: 'JPEG of 65,500 × 65,500', bytes: resizedJpeg(jpeg, 65_500, 65_500), refused: ANYTHING },
    { name: 'JPEG of 8,000 × 8,000 that has not as much', bytes: resizedJpeg(jpeg, 8000, 8000) },
    { name: 'JPEG with 3,000 scans', bytes: manyScans(jpeg, 3000) },
    {
      name: 'JPEG of 8,000 × 8,000 with 3,000 scans',
      bytes: resizedJpeg(manyScans(jpeg, 3000), 8000, 8000),
      refused: ANYTHING,
    },
  ];
}

/** TIFFs and WebP of sizes and places that are wrong. */
function tiffsAndWebp(): CraftedFile[] {
  return [
    { name: 'TIFF of 60,000 × 60,000', bytes: tiff(60_000, 60_000), refused: ANYTHING },
    { name: 'TIFF whose next page is itself', bytes: tiff(20, 20, { next: 8 }) },
    {
      name: 'TIFF of a strip that is not there',
      bytes: tiff(200, 200, { strip: 0xfffffff0, count: 0xffffffff }),
      refused: ANYTHING,
    },
    {
      name: 'WebP of 16,383 × 16,383',
      bytes: Buffer.concat([
        Buffer.from('RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0', 'latin1'),
        Buffer.alloc(20),
      ]),
      refused: ANYTHING,
    },
  ];
}

/** @param jpeg a progressive one, of which some are made */
export function craftedFiles(jpeg: Buffer): CraftedFile[] {
  return [
    ...svgFiles().map(
      ([name, bytes]) => ({ name: `SVG ${name}`, bytes, refused: name === 'packed' ? ANYTHING : /SVG/ }) as const,
    ),
    ...otherPictures(),
    ...noPictures(),
    ...sizedPngs(),
    ...filledPngs(),
    ...gifsAndJpegs(jpeg),
    ...tiffsAndWebp(),
  ];
}

/** Takes a PNG apart and puts it together in another way, with checksums that fit. */
export function shufflePng(png: Buffer, dice: Dice): { bytes: Buffer; how: string } {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: Buffer.from(png.subarray(at + 8, at + 8 + length)),
    });
    at += 12 + length;
  }
  const which = dice.whole(0, chunks.length - 1);
  const chosen = chunks[which]!;
  const how = dice.pick(['repeated', 'left out', 'moved', 'changed', 'emptied', 'filled'] as const);
  if (how === 'repeated') chunks.splice(which, 0, ...Array<typeof chosen>(dice.pick([1, 3, 100])).fill(chosen));
  else if (how === 'left out') chunks.splice(which, 1);
  else if (how === 'moved') chunks.splice(dice.whole(0, chunks.length - 1), 0, ...chunks.splice(which, 1));
  else if (how === 'changed' && chosen.data.length > 0)
    chosen.data[dice.whole(0, chosen.data.length - 1)] = dice.whole(0, 255);
  else if (how === 'emptied') chosen.data = Buffer.alloc(0);
  else chosen.data = Buffer.concat([chosen.data, dice.bytes(dice.whole(1, 500))]);
  return {
    bytes: Buffer.concat([PNG, ...chunks.map(({ type, data }) => chunk(type, data))]),
    how: `${chosen.type} ${how}`,
  };
}
