/**
 * Brings whatever users send to the stage that is wanted: picture → mask → digits → reading. What comes at an earlier
 * stage goes through the steps before, with their defaults unless told otherwise.
 */
import type { Classifier } from '../engine/classifier';
import { judgedDigits, predictDigits, type Predicted } from '../classify/predict';
import { toReading, type Reading } from '../classify/reading';
import type { ExtractedDigit } from '../extract/digit';
import { digitPicture, isDigitSized } from '../extract/digit-picture';
import { finerRegion, isWithin, movedBox, withFiner } from '../extract/finer-look';
import type { ExtractOptions } from '../extract/options';
import { decodeRegion, decodeSource, WORKING_PIXELS } from '../pictures/decode';
import { assertPictureSize, PictureError, type Box, type GreyPicture, type Mask } from '../pictures/picture';
import { plainJpeg, type PlainJpeg } from '../pictures/plain-jpeg';
import type { PictureSource } from '../pictures/source';
import type { ThresholdOptions } from '../threshold/options';
import type { InkReader } from '../ink/ink';
import type { Readable } from '../ink/ink-methods';
import { parseInput } from './input';
import type { Trace } from './trace';

export interface ReadOptions {
  threshold?: ThresholdOptions;
  extract?: ExtractOptions;
  /** Is filled with what each step makes, for who wants to see it (lib/explain). Costs a second look at the shapes. */
  trace?: Trace | undefined;
}

/** Size of a whole picture, upright, in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** `size` is there where the input was a picture, not something that had been made of one. */
export type Sized<T> = T & { size?: PictureSize };

/**
 * @param input any picture
 * @throws PictureError where it is none
 */
export async function readMask(
  ink: InkReader,
  input: unknown,
  options: ReadOptions = {},
): Promise<{ mask: Mask; size: PictureSize }> {
  const { source } = parseInput(input, []);
  return usePicture(source, options, async ({ picture, size }) => ({
    mask: await thresholdPicture(ink, picture, options),
    size,
  }));
}

/**
 * @param input a mask or any picture
 * @throws PictureError where it is neither.
 */
export async function readDigits(
  ink: InkReader,
  input: unknown,
  options: ReadOptions = {},
): Promise<Sized<{ digits: ExtractedDigit[] }>> {
  const parsed = parseInput(input, ['mask']);
  if (parsed.kind === 'mask') return { digits: await extractMask(ink, parsed.mask, options) };
  return usePicture(parsed.source, options, async (opened) => ({
    digits: await extractPicture(ink, opened, options),
    size: opened.size,
  }));
}

/**
 * Finds digits for who classifies them elsewhere: with what stands about them judged here, where the picture is.
 * @param input digits, a mask or any picture
 * @throws PictureError where it is neither
 */
export async function readJudgedDigits(
  ink: InkReader,
  input: unknown,
  options: ReadOptions = {},
): Promise<Sized<{ digits: ExtractedDigit[] }>> {
  const parsed = parseInput(input, ['digits', 'mask']);
  switch (parsed.kind) {
    case 'digits':
      return { digits: await judgedDigits(ink, parsed.digits) };
    case 'mask':
      return { digits: await ink.judged(readable(parsed, options)) };
    case 'picture':
      return usePicture(parsed.source, options, async (opened) => ({
        digits: opened.isShrunk
          ? await judgedDigits(ink, await extractPicture(ink, opened, options))
          : await ink.judged(readable(opened, options)),
        size: opened.size,
      }));
  }
}

/**
 * @param input digits, one 28×28 picture (white on black as MNIST has them, or black on white), a mask or any picture
 * @throws PictureError where it is none of these.
 */
export async function readText(
  ink: InkReader,
  classifier: Classifier,
  input: unknown,
  options: ReadOptions = {},
): Promise<Sized<{ reading: Reading }>> {
  const { digits, predictions, ...size } = await predictIn(ink, classifier, input, options);
  const reading = toReading(digits, predictions);
  if (options.trace) {
    options.trace.digits = digits;
    options.trace.classified = { predictions, reading };
  }
  return { reading, ...size };
}

async function predictIn(
  ink: InkReader,
  classifier: Classifier,
  input: unknown,
  options: ReadOptions,
): Promise<Sized<Predicted>> {
  const parsed = parseInput(input, ['digits', 'digit', 'mask']);
  switch (parsed.kind) {
    case 'digits':
      return predictDigits(classifier, parsed.digits);
    case 'digit':
      return predictDigits(classifier, parsed.digits, true);
    case 'mask':
      return predictInMask(ink, classifier, parsed.mask, options);
    case 'picture':
      return usePicture(parsed.source, options, async (opened) => ({
        ...(await predictInPicture(ink, classifier, opened, options)),
        size: opened.size,
      }));
  }
}

async function predictInPicture(
  ink: InkReader,
  classifier: Classifier,
  opened: OpenedPicture,
  options: ReadOptions,
): Promise<Predicted> {
  const { picture, size, isShrunk } = opened;
  if (isDigitSized(size) && !('jpeg' in picture)) return predictDigits(classifier, digitPicture(picture), true);
  if (options.trace || isShrunk) return predictDigits(classifier, await extractPicture(ink, opened, options));
  // While the model is opened.
  if (!classifier.info) ink.start();
  const model = await classifier.compiled();
  // In one go, where the model can be computed where the picture is read.
  if (model) return ink.read(readable(opened, options), model);
  return predictDigits(classifier, await extractPicture(ink, opened, options));
}

async function predictInMask(
  ink: InkReader,
  classifier: Classifier,
  mask: Mask,
  options: ReadOptions,
): Promise<Predicted> {
  const model = options.trace ? undefined : await classifier.compiled();
  if (model) return ink.read(readable({ mask }, options), model);
  return predictDigits(classifier, await extractMask(ink, mask, options));
}

/** Boxes are in the picture's own pixels, unless the frame is known. */
function readable(from: OpenedPicture | { mask: Mask }, { threshold = {}, extract = {} }: ReadOptions): Readable {
  if ('mask' in from) return { mask: from.mask, extract };
  return { picture: from.picture, threshold, extract: { frame: from.size, ...extract } };
}

/** A picture as it is worked on. */
interface OpenedPicture {
  source: PictureSource;
  picture: GreyPicture | PlainJpeg;
  /** Of the whole picture, as it came. */
  size: PictureSize;
  /** A picture that has been made smaller may be looked at once more. */
  isShrunk: boolean;
}

/**
 * Decodes a picture, unless it is a plain JPEG of the size that pictures are worked on: most cameras' frames are
 * decoded where their ink is found.
 * @throws PictureError
 */
async function usePicture<T>(
  source: PictureSource,
  { trace }: ReadOptions,
  use: (opened: OpenedPicture) => Promise<T>,
): Promise<T> {
  const plain = trace ? undefined : workablePlainJpeg(source);
  if (plain) {
    try {
      return await use({ source, picture: plain, size: sizeOf(plain), isShrunk: false });
    } catch (error) {
      // What is wrong with a damaged one, the other decoder tells, or reads it.
      if (!(error instanceof PictureError && error.code === 'damaged')) throw error;
    }
  }
  const { picture, ...size } = await decodeSource(source);
  return use({ source, picture, size, isShrunk: picture.width !== size.width || picture.height !== size.height });
}

function workablePlainJpeg(source: PictureSource): PlainJpeg | undefined {
  const jpeg = source.kind === 'encoded' ? plainJpeg(source.bytes) : undefined;
  if (!jpeg || jpeg.width * jpeg.height > WORKING_PIXELS || isDigitSized(jpeg)) return undefined;
  assertPictureSize(jpeg.width, jpeg.height);
  return jpeg;
}

async function extractPicture(ink: InkReader, opened: OpenedPicture, options: ReadOptions): Promise<ExtractedDigit[]> {
  const { picture, size } = opened;
  const found = await extractAt(ink, picture, size, options);
  const region = opened.isShrunk ? finerRegion(found, size, picture, WORKING_PIXELS) : undefined;
  return region ? lookFiner(ink, opened.source, region, found, options) : found;
}

/** Small writing on a large picture, at the resolution that it came in. */
async function lookFiner(
  ink: InkReader,
  source: PictureSource,
  region: Box,
  found: readonly ExtractedDigit[],
  options: ReadOptions,
): Promise<ExtractedDigit[]> {
  const { trace } = options;
  const own: Trace = {};
  const picture = await decodeRegion(source, region);
  const finer = await extractAt(ink, picture, sizeOf(region), { ...options, trace: trace && own });
  const digits = withFiner(found, finer, region);
  if (trace?.extracted && own.extracted) {
    const shapes = own.extracted.shapes.map(({ box, whole, ...shape }) => ({
      ...shape,
      box: movedBox(box, region),
      ...(whole && { whole: movedBox(whole, region) }),
    }));
    trace.extracted.shapes = [...trace.extracted.shapes.filter(({ box }) => !isWithin(box, region)), ...shapes];
    trace.digits = digits;
  }
  return digits;
}

async function extractAt(
  ink: InkReader,
  picture: GreyPicture | PlainJpeg,
  frame: PictureSize,
  options: ReadOptions,
): Promise<ExtractedDigit[]> {
  const extract = { frame, ...options.extract };
  if (!options.trace) return ink.thresholdAndExtract(picture, options.threshold, extract);
  return extractMask(ink, await thresholdPicture(ink, picture, options), { ...options, extract });
}

async function thresholdPicture(ink: InkReader, picture: GreyPicture | PlainJpeg, options: ReadOptions): Promise<Mask> {
  const mask = await ink.threshold(picture, options.threshold);
  if (options.trace && !('jpeg' in picture)) options.trace.thresholded = { picture, mask };
  return mask;
}

async function extractMask(ink: InkReader, mask: Mask, { extract, trace }: ReadOptions): Promise<ExtractedDigit[]> {
  const digits = await ink.extract(mask, extract);
  if (trace) {
    const shapes = await ink.explain(mask, extract);
    const written = await ink.written(mask, extract);
    trace.extracted = { mask, frame: extract?.frame ?? mask, shapes, ...(written && { written }) };
    trace.digits = digits;
  }
  return digits;
}

function sizeOf({ width, height }: PictureSize): PictureSize {
  return { width, height };
}
