/**
 * Brings whatever users send to the stage that is wanted: picture → mask → digits → reading. What comes at an earlier
 * stage goes through the steps before, with their defaults unless told otherwise.
 */
import type { Classifier } from '../classify/classifier';
import { assertJudgement, assertSurroundings } from '../classify/judgement';
import { judgedDigits, predictDigits, type Predicted } from '../classify/predict';
import { toReading, type Reading } from '../classify/reading';
import type { Trace } from './trace';
import type { ExtractedDigit, Part } from '../extract/digit';
import { DOUBTS } from '../extract/doubts';
import { digitPicture, isDigitPixels } from '../extract/digit-picture';
import type { ExtractOptions } from '../extract/options';
import { finerRegion, isWithin, movedBox, withFiner } from '../extract/finer-look';
import { decodePicture, decodeRegion, WORKING_PIXELS, type DecodedPicture } from '../pictures/decode';
import {
  assertPictureSize,
  checkMask,
  describe,
  isBytes,
  isList,
  looksMask,
  looksRaw,
  PictureError,
  type Box,
  type Mask,
  type RawPicture,
} from '../pictures/picture';
import { plainJpeg, type PlainJpeg } from '../pictures/plain-jpeg';
import type { ThresholdOptions } from '../threshold/options';
import type { InkReader } from './ink';
import type { InkPicture } from './ink-methods';
import { DIGIT_SIZE } from '../digit';

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

/** @throws PictureError where the input is no picture. */
export async function readMask(
  ink: InkReader,
  input: unknown,
  options: ReadOptions = {},
): Promise<{ mask: Mask; size: PictureSize }> {
  const plain = await readPlainJpeg(input, options, (jpeg) => ink.threshold(jpeg, options.threshold));
  if (plain) return { mask: plain.found, size: plain.size };
  return thresholdPicture(ink, await decodePicture(input), options);
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
  if (looksMask(input)) return { digits: await extractMask(ink, checkMask(input), options) };
  const plain = await extractPlainJpeg(ink, input, options);
  return plain ?? extractPicture(ink, input, await decodePicture(input), options);
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
  if (isList(input)) return { digits: await judgedDigits(ink, checkDigits(input)) };
  if (looksMask(input)) return { digits: await ink.judged({ mask: checkMask(input), extract: options.extract ?? {} }) };
  const judged = (picture: InkPicture): Promise<ExtractedDigit[]> =>
    ink.judged({ picture, threshold: options.threshold ?? {}, extract: ownFrame(picture, options) });
  const plain = await readPlainJpeg(input, options, judged);
  if (plain) return { digits: plain.found, size: plain.size };
  const decoded = await decodePicture(input);
  const size = sizeOf(decoded);
  if (isSameSize(decoded.picture, size)) return { digits: await judged(decoded.picture), size };
  return { digits: await judgedDigits(ink, (await extractPicture(ink, input, decoded, options)).digits), size };
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
  if (isList(input)) return predictDigits(classifier, checkDigits(input));
  if (isDigitPixels(input)) return predictDigits(classifier, digitPicture(input), true);
  const isSmall = looksRaw(input) && isDigitSized(input);
  if (!isSmall && looksMask(input)) return predictInMask(ink, classifier, checkMask(input), options);
  const plain = await readPlainJpeg(input, options, (jpeg) => predictInPicture(ink, classifier, jpeg, options));
  if (plain) return { ...plain.found, size: plain.size };
  const decoded = await decodePicture(input);
  const size = sizeOf(decoded);
  if (isDigitSized(decoded)) return { ...(await predictDigits(classifier, digitPicture(decoded.picture), true)), size };
  // A picture that has been made smaller may be looked at once more.
  if (options.trace || !isSameSize(decoded.picture, size)) {
    return { ...(await predictDigits(classifier, (await extractPicture(ink, input, decoded, options)).digits)), size };
  }
  return { ...(await predictInPicture(ink, classifier, decoded.picture, options)), size };
}

/** In one go, where the model can be computed where the picture is read. */
async function predictInPicture(
  ink: InkReader,
  classifier: Classifier,
  picture: InkPicture,
  options: ReadOptions,
): Promise<Predicted> {
  const { threshold = {} } = options;
  const own = ownFrame(picture, options);
  // While the model is opened.
  if (!classifier.info) ink.start();
  const model = await classifier.compiled();
  if (model) return ink.read({ picture, threshold, extract: own }, model);
  return predictDigits(classifier, await ink.thresholdAndExtract(picture, threshold, own));
}

/** Boxes are in the picture's own pixels, unless the frame is known. */
function ownFrame({ width, height }: InkPicture, { extract }: ReadOptions): ExtractOptions {
  return { frame: { width, height }, ...extract };
}

async function predictInMask(
  ink: InkReader,
  classifier: Classifier,
  mask: Mask,
  options: ReadOptions,
): Promise<Predicted> {
  const model = options.trace ? undefined : await classifier.compiled();
  if (model) return ink.read({ mask, extract: options.extract ?? {} }, model);
  return predictDigits(classifier, await extractMask(ink, mask, options));
}

/** Most cameras' frames are decoded where their ink is found, without a stop in between. */
async function extractPlainJpeg(
  ink: InkReader,
  input: unknown,
  options: ReadOptions,
): Promise<Required<Sized<{ digits: ExtractedDigit[] }>> | undefined> {
  const plain = await readPlainJpeg(input, options, (jpeg) =>
    ink.thresholdAndExtract(jpeg, options.threshold, ownFrame(jpeg, options)),
  );
  return plain && { digits: plain.found, size: plain.size };
}

/**
 * @param use what to do with a plain JPEG of the size that pictures are worked on
 * @returns undefined where the input is none, or a damaged one: `decodePicture` tells what is wrong with it
 */
async function readPlainJpeg<T>(
  input: unknown,
  { trace }: ReadOptions,
  use: (jpeg: PlainJpeg) => Promise<T>,
): Promise<{ found: T; size: PictureSize } | undefined> {
  const jpeg = trace ? undefined : plainJpeg(input);
  if (!jpeg || jpeg.width * jpeg.height > WORKING_PIXELS || isDigitSized(jpeg)) return undefined;
  assertPictureSize(jpeg.width, jpeg.height);
  try {
    return { found: await use(jpeg), size: { width: jpeg.width, height: jpeg.height } };
  } catch (error) {
    if (error instanceof PictureError && error.code === 'damaged') return undefined;
    throw error;
  }
}

async function extractPicture(
  ink: InkReader,
  input: unknown,
  decoded: DecodedPicture,
  options: ReadOptions,
): Promise<Sized<{ digits: ExtractedDigit[] }>> {
  const size = sizeOf(decoded);
  const found = await extractAt(ink, decoded, options);
  const region = finerRegion(found, size, decoded.picture, WORKING_PIXELS);
  return { digits: region ? await lookFiner(ink, input, region, found, options) : found, size };
}

/** Small writing on a large picture, at the resolution that it came in. */
async function lookFiner(
  ink: InkReader,
  input: unknown,
  region: Box,
  found: readonly ExtractedDigit[],
  options: ReadOptions,
): Promise<ExtractedDigit[]> {
  const { trace } = options;
  const own: Trace = {};
  const picture = await decodeRegion(input, region);
  const { width, height } = region;
  const finer = await extractAt(ink, { picture, width, height }, { ...options, trace: trace && own });
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

async function extractAt(ink: InkReader, decoded: DecodedPicture, options: ReadOptions): Promise<ExtractedDigit[]> {
  const extract = { frame: sizeOf(decoded), ...options.extract };
  if (!options.trace) return ink.thresholdAndExtract(decoded.picture, options.threshold, extract);
  const { mask } = await thresholdPicture(ink, decoded, options);
  return extractMask(ink, mask, { ...options, extract });
}

async function thresholdPicture(
  ink: InkReader,
  decoded: DecodedPicture,
  options: ReadOptions,
): Promise<{ mask: Mask; size: PictureSize }> {
  const { picture } = decoded;
  const mask = await ink.threshold(picture, options.threshold);
  if (options.trace) options.trace.thresholded = { picture, mask };
  return { mask, size: sizeOf(decoded) };
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

/** More digits in one message are refused: nobody has written them, and they would hold up the others. */
const MOST_DIGITS = 5000;

/** @throws PictureError where one is no digit, naming its position */
function checkDigits(input: unknown[]): ExtractedDigit[] {
  if (input.length > MOST_DIGITS)
    throw new PictureError(`expected at most ${MOST_DIGITS} digits in one message, got ${input.length}`, 'too-large');
  input.forEach(assertDigit);
  return input as ExtractedDigit[];
}

function assertDigit(value: unknown, index: number): asserts value is ExtractedDigit {
  const { image, box, line, whole, part, surroundings, judgement, doubt } = (value ?? {}) as Partial<ExtractedDigit>;
  const expected = `expected digits of { image, box, line }, whose image has ${DIGIT_SIZE}×${DIGIT_SIZE} bytes`;
  if (!isBytes(image)) throw new PictureError(`${expected}, got ${describe(value)} at position ${index}`);
  if (image.length !== DIGIT_SIZE ** 2)
    throw new PictureError(`${expected}, got ${describe(image)} as the image at position ${index}`);
  const sides = [box?.x, box?.y, box?.width, box?.height];
  if (!sides.every(Number.isFinite))
    throw new PictureError(`${expected}, got ${describe(box)} as the box at position ${index}`);
  if (!Number.isInteger(line))
    throw new PictureError(`${expected}, got ${describe(line)} as the line at position ${index}`);
  if (surroundings !== undefined) assertSurroundings(surroundings);
  if (judgement !== undefined) assertJudgement(judgement);
  if (doubt !== undefined && !DOUBTS.includes(doubt)) {
    throw new PictureError(`expected a doubt of ${DOUBTS.join(', ')}, got ${describe(doubt)} at position ${index}`);
  }
  if (part !== undefined) assertPart(part, index);
  if (whole !== undefined) assertDigit({ ...whole, line }, index);
}

function assertPart(value: unknown, index: number): asserts value is Part {
  const { of, first, last } = (value ?? {}) as Partial<Part>;
  const numbers = [of?.x, of?.y, of?.width, of?.height, first, last];
  if (numbers.every(Number.isFinite)) return;
  throw new PictureError(
    `expected a part as { of, first, last }, a box and two numbers, got ${describe(value)} at position ${index}`,
  );
}

function isDigitSized({ width, height }: PictureSize | RawPicture): boolean {
  return width === DIGIT_SIZE && height === DIGIT_SIZE;
}

function isSameSize(a: PictureSize, b: PictureSize): boolean {
  return a.width === b.width && a.height === b.height;
}

function sizeOf({ width, height }: DecodedPicture): PictureSize {
  return { width, height };
}
