/** A JPEG as cameras make them, which needs no more than to be decoded, and its size in pixels. */
export interface PlainJpeg {
  jpeg: Uint8Array;
  width: number;
  height: number;
}

/** Markers (ITU-T T.81, table B.1) and application segments that tell how a picture is meant. */
const BASELINE = 0xc0;
const EXTENDED = 0xc1;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const START_OF_SCAN = 0xda;

/** Frames of any kind; among these codes are three that are none: DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** More bytes than a picture of the working size has, however it is saved. */
const MOST_BYTES = 2 ** 22;

/**
 * Tells from a JPEG's head whether it is a plain one: 8 bits, Huffman coding, no progression, grey or YCbCr, upright,
 * without a colour profile. What is damaged behind the head only comes to light when it is decoded.
 * @param jpeg a file's bytes
 * @returns undefined for everything else
 */
export function plainJpeg(jpeg: Uint8Array): PlainJpeg | undefined {
  if (jpeg.length > MOST_BYTES || jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return undefined;
  const size = sizeOfPlain(new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.length));
  return size && { jpeg, ...size };
}

/** Walks the segments up to the first scan. */
function sizeOfPlain(bytes: DataView): Omit<PlainJpeg, 'jpeg'> | undefined {
  let size: Omit<PlainJpeg, 'jpeg'> | undefined;
  for (let at = 2; at + 4 <= bytes.byteLength;) {
    const marker = bytes.getUint8(at + 1);
    const length = bytes.getUint16(at + 2);
    const end = at + 2 + length;
    if (bytes.getUint8(at) !== 0xff || length < 2 || end > bytes.byteLength) return undefined;
    if (marker === START_OF_SCAN) return size;
    const segment = new DataView(bytes.buffer, bytes.byteOffset + at + 4, length - 2);
    if (isFrame(marker)) {
      size = marker === BASELINE || marker === EXTENDED ? sizeOfFrame(segment) : undefined;
      if (!size) return undefined;
    }
    if (asksForMore(marker, segment)) return undefined;
    at = end;
  }
  return undefined;
}

/** Precision, height, width, and the number of components with three bytes each. */
function sizeOfFrame(frame: DataView): Omit<PlainJpeg, 'jpeg'> | undefined {
  if (frame.byteLength < 9 || frame.getUint8(0) !== 8) return undefined;
  const height = frame.getUint16(1);
  const width = frame.getUint16(3);
  const components = frame.getUint8(5);
  if (width === 0 || height === 0 || (components !== 1 && components !== 3)) return undefined;
  // Without Adobe's or JFIF's segment these names mean RGB.
  const isRgb =
    components === 3 &&
    frame.byteLength >= 15 &&
    [6, 9, 12].every((at, i) => frame.getUint8(at) === 'RGB'.charCodeAt(i));
  return isRgb ? undefined : { width, height };
}

/** Whether a segment says that the picture is to be turned, has other colours than YCbCr, or a profile. */
function asksForMore(marker: number, segment: DataView): boolean {
  const startsWith = (text: string): boolean =>
    segment.byteLength > text.length && Buffer.from(text, 'latin1').every((byte, i) => segment.getUint8(i) === byte);
  // The last byte is the transform: 1 means YCbCr.
  if (marker === APP14) return startsWith('Adobe') && (segment.byteLength < 12 || segment.getUint8(11) !== 1);
  if (marker === APP2) return startsWith('ICC_PROFILE');
  return marker === APP1 && startsWith('Exif\0\0') && !isUpright(segment);
}

/** Exif's orientation (tag 0x0112 of the first directory) is 1, or missing. */
function isUpright(exif: DataView): boolean {
  const start = 6;
  const isLittle = exif.byteLength > start && exif.getUint8(start) === 0x49;
  if (exif.byteLength < start + 8) return false;
  const directory = start + exif.getUint32(start + 4, isLittle);
  if (directory + 2 > exif.byteLength) return false;
  const entries = exif.getUint16(directory, isLittle);
  for (let i = 0, at = directory + 2; i < entries; i++, at += 12) {
    if (at + 12 > exif.byteLength) return false;
    if (exif.getUint16(at, isLittle) === 0x0112) return exif.getUint16(at + 8, isLittle) === 1;
  }
  return true;
}
