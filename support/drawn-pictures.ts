import sharp from 'sharp';
import { drawPage, type PageOptions } from './drawing/page';

/** A photograph of a sheet with one line of digits on it, as a JPEG of 640 × 480. */
export function photograph(text: string, options: PageOptions = {}): Promise<Buffer> {
  const height = 140;
  return jpeg({ writing: text ? [{ text, x: 80, y: 170, height }] : [], seed: 7, tilt: 2, ...options });
}

export function jpeg(options: PageOptions): Promise<Buffer> {
  const { data, width, height } = drawPage(options);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

export function plain(grey: number, width = 640, height = 480): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

let huge: Promise<Buffer> | undefined;

/** What is no picture that can be read, and how the error about it begins or what it must name. */
export const BAD_PICTURES: Record<string, { make: () => unknown; error: RegExp; code?: string }> = {
  undefined: { make: () => undefined, error: /expected .*got undefined/ },
  'a number': { make: () => 5, error: /expected .*got the number 5/ },
  'an object': { make: () => ({ a: 1 }), error: /expected .*got an object with a/ },
  'a string': { make: () => 'seven', error: /expected .*got the string "seven"/ },
  'an empty Buffer': { make: () => Buffer.alloc(0), error: /expected .*got an empty Buffer/ },
  'a Buffer of text': {
    make: () => Buffer.from('hello'),
    error: /expected .*got a Buffer of 5 bytes in no picture format/,
  },
  'a truncated JPEG': {
    make: async () => (await photograph('7')).subarray(0, 4000),
    error: /damaged or cut off \(a Buffer of 4000 bytes\)/,
  },
  'a picture of 1×1': { make: () => plain(255, 1, 1), error: /expected a picture of at least .*got one of 1 × 1/ },
  'a picture of 100 megapixels': {
    make: () => (huge ??= plain(255, 10_000, 10_000)),
    error: /expected a picture of at most 70 megapixels/,
    code: 'too-large',
  },
  'raw pixels that are too few': {
    make: () => ({ data: Buffer.alloc(5), width: 4, height: 4, channels: 1 }),
    error: /expected 16 bytes .*got 5/,
  },
};

/** Good pictures with nothing on them. */
export const EMPTY_PICTURES: Record<string, () => Promise<Buffer>> = {
  'a white picture': () => plain(255),
  'a black picture': () => plain(0),
  'an empty sheet': () => photograph(''),
  'a shadow': () => photograph('', { shadow: true }),
};
