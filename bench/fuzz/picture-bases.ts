// Good pictures in all formats: what is damaged, and what has to read the same in each.
import sharp, { type Sharp } from 'sharp';
import { drawPage } from '../../support/drawing/page';

export interface Base {
  /** The format and what is special about it. */
  name: string;
  bytes: Buffer;
  /** What stands in it. */
  text: string;
  /** Whether its pixels are those of the page, so that it must read the same. */
  lossless: boolean;
  /** Whether half a file can be told from a whole one. */
  whole: boolean;
}

type Encoder = (page: Sharp) => Promise<Buffer>;

/** Upright again when EXIF says so: orientation 6 is "turn clockwise". */
const turned = (page: Sharp): Sharp => page.rotate(-90).withMetadata({ orientation: 6 });

const twoFrames = async (page: Sharp): Promise<Sharp> => {
  const frame = await page.png().toBuffer();
  return sharp([frame, frame], { join: { animated: true } });
};

const ENCODERS: Record<string, { encode: Encoder; lossless?: boolean; whole?: boolean }> = {
  PNG: { encode: (page) => page.png().toBuffer(), lossless: true, whole: true },
  'PNG of 16 bits': { encode: (page) => page.toColourspace('rgb16').png().toBuffer(), lossless: true, whole: true },
  'PNG, interlaced': { encode: (page) => page.png({ progressive: true }).toBuffer(), lossless: true, whole: true },
  'PNG with transparency': { encode: (page) => page.ensureAlpha().png().toBuffer(), lossless: true, whole: true },
  'PNG of 1 bit': {
    encode: (page) => page.greyscale().threshold(110).png({ palette: true, colours: 2, dither: 0 }).toBuffer(),
  },
  'PNG with a palette': { encode: (page) => page.png({ palette: true }).toBuffer() },
  JPEG: { encode: (page) => page.jpeg({ quality: 92 }).toBuffer(), whole: true },
  'JPEG, progressive': { encode: (page) => page.jpeg({ quality: 92, progressive: true }).toBuffer(), whole: true },
  'JPEG of CMYK': { encode: (page) => page.toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer() },
  'JPEG, grey': { encode: (page) => page.greyscale().jpeg({ quality: 92 }).toBuffer() },
  'JPEG, turned by EXIF': { encode: (page) => turned(page).jpeg({ quality: 92 }).toBuffer() },
  WebP: { encode: (page) => page.webp({ quality: 92, effort: 1 }).toBuffer() },
  'WebP, lossless': {
    encode: (page) => page.webp({ lossless: true, effort: 1 }).toBuffer(),
    lossless: true,
    whole: true,
  },
  'WebP, animated': {
    encode: async (page) => (await twoFrames(page)).webp({ lossless: true, effort: 0 }).toBuffer(),
    lossless: true,
  },
  TIFF: { encode: (page) => page.tiff({ compression: 'none' }).toBuffer(), lossless: true },
  'TIFF, LZW': { encode: (page) => page.tiff({ compression: 'lzw' }).toBuffer(), lossless: true },
  'TIFF, tiled and deflated': {
    encode: (page) => page.tiff({ compression: 'deflate', tile: true }).toBuffer(),
    lossless: true,
  },
  'TIFF, pages of a pyramid': {
    encode: (page) => page.tiff({ compression: 'lzw', pyramid: true, tile: true }).toBuffer(),
    lossless: true,
  },
  'TIFF, turned': { encode: (page) => turned(page).tiff({ compression: 'lzw' }).toBuffer(), lossless: true },
  GIF: { encode: (page) => page.gif({ dither: 0, effort: 1 }).toBuffer() },
  'GIF, animated': { encode: async (page) => (await twoFrames(page)).gif({ dither: 0, effort: 1 }).toBuffer() },
  AVIF: { encode: (page) => page.avif({ quality: 80, effort: 0 }).toBuffer() },
};

/** What is written on the pages, with the seeds by which they are drawn. */
const PAGES = [
  { text: '407', width: 480, height: 300 },
  { text: '38', width: 360, height: 360 },
  { text: '', width: 320, height: 240 },
];

function pageOf(
  { text, width, height }: (typeof PAGES)[number],
  seed: number,
): { data: Uint8Array; width: number; height: number } {
  return drawPage({
    width,
    height,
    seed,
    writing: text ? [{ text, x: 50, y: height * 0.3, height: height * 0.4 }] : [],
  });
}

/** Pages with their pixels, as raw pictures of three channels. */
export const RAW_PAGES = PAGES.map((page, i) => ({ text: page.text, ...pageOf(page, i + 1), channels: 3 as const }));

/** Pages, the first ones or all, in all formats. The same in every run. */
export async function drawBases(pages = RAW_PAGES.length): Promise<Base[]> {
  const bases: Base[] = [];
  for (const { text, data, width, height } of RAW_PAGES.slice(0, pages)) {
    for (const [name, { encode, lossless = false, whole = false }] of Object.entries(ENCODERS)) {
      const page = sharp(data, { raw: { width, height, channels: 3 } });
      bases.push({
        name: `${name} of ${text === '' ? 'nothing' : `"${text}"`}`,
        bytes: await encode(page),
        text,
        lossless,
        whole,
      });
    }
  }
  return bases;
}
