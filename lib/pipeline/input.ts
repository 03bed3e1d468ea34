import { DIGIT_SIZE } from '../digit';
import { assertJudgement, assertSurroundings } from '../classify/judgement';
import type { ExtractedDigit, Part } from '../extract/digit';
import { digitPicture, isDigitPixels, isDigitSized } from '../extract/digit-picture';
import { DOUBTS } from '../extract/doubts';
import {
  checkMask,
  describe,
  isBytes,
  isList,
  looksMask,
  PictureError,
  type Box,
  type Mask,
} from '../pictures/picture';
import { pictureSource, type PictureSource } from '../pictures/source';

/** What users send, checked: from here on nobody has to ask again what it is. */
export type Input =
  | { kind: 'picture'; source: PictureSource }
  | { kind: 'mask'; mask: Mask }
  /** One 28×28 picture of a digit, or none where it is all of one shade. */
  | { kind: 'digit'; digits: ExtractedDigit[] }
  | { kind: 'digits'; digits: ExtractedDigit[] };

/** More digits in one message are refused: nobody has written them, and they would hold up the others. */
const MOST_DIGITS = 5000;

/**
 * Tells what users have sent.
 * @param kinds what is expected besides a picture; a mask that is not expected counts as a picture
 * @throws PictureError or TypeError naming what was expected and what came
 */
export function parseInput<K extends Input['kind']>(
  input: unknown,
  kinds: readonly K[],
): Extract<Input, { kind: K | 'picture' }>;
export function parseInput(input: unknown, kinds: readonly Input['kind'][]): Input {
  if (kinds.includes('digits') && isList(input)) return { kind: 'digits', digits: checkDigits(input) };
  if (kinds.includes('digit') && isDigitPixels(input)) return { kind: 'digit', digits: digitPicture(input) };
  // A 28×28 mask is one digit's picture where such a picture is expected.
  if (kinds.includes('mask') && looksMask(input) && !(kinds.includes('digit') && isDigitSized(input)))
    return { kind: 'mask', mask: checkMask(input) };
  return { kind: 'picture', source: pictureSource(input) };
}

/** @throws PictureError where one is no digit, naming its position */
function checkDigits(input: unknown[]): ExtractedDigit[] {
  if (input.length > MOST_DIGITS)
    throw new PictureError(`expected at most ${MOST_DIGITS} digits in one message, got ${input.length}`, 'too-large');
  input.forEach(assertDigit);
  return input as ExtractedDigit[];
}

function assertDigit(value: unknown, index: number): asserts value is ExtractedDigit {
  const { image, box, line, whole, part, doubt, ...shape } = (value ?? {}) as Partial<ExtractedDigit>;
  const fail = (came: unknown, as = ''): never => {
    throw new PictureError(
      `expected digits of { image, box, line }, whose image has ${DIGIT_SIZE}×${DIGIT_SIZE} bytes, ` +
        `got ${describe(came)}${as} at position ${index}`,
    );
  };
  if (!isBytes(image)) return fail(value);
  if (image.length !== DIGIT_SIZE ** 2) fail(image, ' as the image');
  if (!isBox(box)) fail(box, ' as the box');
  if (!Number.isInteger(line)) fail(line, ' as the line');
  assertContext(shape);
  if (doubt !== undefined && !DOUBTS.includes(doubt))
    throw new PictureError(`expected a doubt of ${DOUBTS.join(', ')}, got ${describe(doubt)} at position ${index}`);
  if (part !== undefined) assertPart(part, index);
  if (whole !== undefined) assertDigit({ ...whole, line }, index);
}

function assertContext({ surroundings, judgement }: Partial<ExtractedDigit>): void {
  if (surroundings !== undefined) assertSurroundings(surroundings);
  if (judgement !== undefined) assertJudgement(judgement);
}

function assertPart(value: unknown, index: number): asserts value is Part {
  const { of, first, last } = (value ?? {}) as Partial<Part>;
  if (isBox(of) && [first, last].every(Number.isFinite)) return;
  throw new PictureError(
    `expected a part as { of, first, last }, a box and two numbers, got ${describe(value)} at position ${index}`,
  );
}

function isBox(value: Partial<Box> | undefined): value is Box {
  return [value?.x, value?.y, value?.width, value?.height].every(Number.isFinite);
}
