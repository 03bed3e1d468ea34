import { describe, PictureError } from './picture';

/** The formats of encoded pictures that are read, as sharp calls them. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif' | 'avif';

/** What is expected where something else has come. */
export const EXPECTED =
  'expected a picture (a Buffer with a JPEG, PNG, WebP, TIFF, GIF or AVIF, a data:image/… string, ' +
  'or { data, width, height, channels })';

/** Bytes that tell a format. */
const HEAD = 1024;

/* eslint-disable no-control-regex -- signatures of files hold control characters */

/** By their first bytes, as Latin-1. */
const FORMATS: readonly [RegExp, PictureFormat][] = [
  [/^\xff\xd8\xff/, 'jpeg'],
  [/^\x89PNG\r\n\x1a\n/, 'png'],
  [/^GIF8[79]a/, 'gif'],
  [/^RIFF.{4}WEBP/s, 'webp'],
  // Classic and BigTIFF, of either byte order.
  [/^(?:II[*+]\0|MM\0[*+])/, 'tiff'],
];

/** Pictures and the like that are not read, what they are called, and what can be done about it. */
const OTHERS: readonly [RegExp, string, string][] = [
  // In ASCII or UTF-8, and in UTF-16 of either byte order.
  [
    /^(?:(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)|(?:\xff\xfe)?<\0[?!s]\0|(?:\xfe\xff)?\0<\0[?!s])/i,
    'an SVG',
    'It has no pixels: draw it to a PNG first',
  ],
  [/^BM.{4}\0{4}/s, 'a BMP', 'Save it as PNG or JPEG'],
  [/^%PDF-/, 'a PDF', 'Save its page as PNG or JPEG'],
  [/^\0\0[\x01\x02]\0/, 'an icon file', 'Save it as PNG'],
  [/^(?:\xff\x0a|\0{3}\x0cJXL )/, 'a JPEG XL', 'Save it as JPEG or PNG'],
  [/^(?:\0{3}\x0cjP {2}|\xff\x4f\xff\x51)/, 'a JPEG 2000', 'Save it as JPEG or PNG'],
  [/^8BPS/, 'a Photoshop file', 'Save it as JPEG or PNG'],
  [/^(?:\x1f\x8b|PK\x03\x04)/, 'a packed file', 'Unpack it first'],
  [/^\xef\xbf\xbd/, 'a picture that was turned into text', 'Have it sent as a binary Buffer, not as a string'],
  [/^.{4}ftyp/s, 'a video', 'Take a picture out of it first'],
];

/* eslint-enable no-control-regex */

const HEIC_HINT =
  'An iPhone sends JPEG after Settings, Camera, Formats, "Most Compatible"; other programs save one as JPEG';

/**
 * Tells what kind of picture it is by its first bytes. What would start a program of its own in a decoder, such as SVG,
 * is none of the kinds.
 * @throws PictureError naming what came, and what can be done about it
 */
export function formatOf(encoded: Uint8Array): PictureFormat {
  const head = Buffer.from(encoded.buffer, encoded.byteOffset, Math.min(HEAD, encoded.length)).toString('latin1');
  const [, format] = FORMATS.find(([signature]) => signature.test(head)) ?? [];
  if (format) return format;
  const brands = brandsOf(head);
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  const isHeic = brands.some((brand) => /^(?:hei[cmsx]|hev[cmsx]|mif[12]|msf1)$/.test(brand));
  const [, name, hint] = isHeic
    ? [undefined, 'a HEIC', HEIC_HINT]
    : (OTHERS.find(([signature]) => signature.test(head)) ?? []);
  if (name !== undefined && hint !== undefined)
    throw new PictureError(`${EXPECTED}, got ${name} (${describe(encoded)}). ${hint}`);
  throw new PictureError(`${EXPECTED}, got ${describe(encoded)} in no picture format that is known`);
}

/**
 * The brands of an ISO base media file, the format's own first and those that it is compatible with; none for other
 * files.
 */
function brandsOf(head: string): string[] {
  if (head.slice(4, 8) !== 'ftyp') return [];
  const length = Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE();
  const brands = head.slice(8, Math.min(Math.max(length, 12), head.length));
  // The second four bytes are a version.
  return (brands.match(/.{4}/gs) ?? []).filter((_, i) => i !== 1);
}
