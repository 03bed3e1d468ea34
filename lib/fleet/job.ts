/**
 * A reading job: the digits of one frame, cut out and ready to be classified, in a few hundred bytes.
 *
 * It is "IKJ", a byte with the version (1), then deflated (RFC 1951): a 32-bit length (big endian), a JSON head of that
 * many bytes, and the 784 bytes of the picture of each digit of the head, then of each whole: the shapes that digits which
 * may touch are parts of.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { keyOf, picturesOf, wholesOf } from '../classify/separated';
import type { ExtractedDigit, Whole } from '../extract/digit';
import { DIGIT_SIZE } from '../extract/normalise';
import { describe, type Box } from '../pictures/picture';
import { FleetError } from './errors';
import { checkCamera } from './topics';

/** What every job and its reading carry, to tell which frame they are about. */
export interface JobKey {
  camera: string;
  /** The frame's id: the same job twice has the same one. */
  id: string;
  /** When the frame was taken, milliseconds since 1970 by the camera's clock, which may be wrong. */
  at: number;
  /** Another one each time that the camera's node starts. */
  run: string;
  /** Counts the frames of one run from 0: their order, whatever the clock says. */
  sequence: number;
}

export interface Job extends JobKey {
  /** Size of the frame, pixels. */
  width: number;
  height: number;
  digits: ExtractedDigit[];
}

const MAGIC = Buffer.from('IKJ\x01', 'latin1');
const PIXELS = DIGIT_SIZE ** 2;

/** Digits of one frame; what has more is no handwriting on paper. */
export const MOST_DIGITS = 1000;
const MOST_BYTES = MOST_DIGITS * (PIXELS + 100) + 10_000;

/** @throws FleetError where there are more than `MOST_DIGITS` digits */
export function encodeJob({ digits, ...key }: Job): Buffer {
  if (digits.length > MOST_DIGITS) throw new FleetError(`expected at most ${MOST_DIGITS} digits in a frame, got ${digits.length}`, 'too many digits');
  const wholes = wholesOf(digits), placeOf = new Map(wholes.map((whole, i) => [keyOf(whole), i]));
  const boxes = digits.map(({ box, line, whole }) => [...numbersOf(box), line, ...(whole ? [placeOf.get(keyOf(whole))] : [])]);
  const head = Buffer.from(JSON.stringify({ ...key, boxes, ...(wholes.length > 0 && { wholes: wholes.map(({ box }) => numbersOf(box)) }) })), length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([MAGIC, deflateRawSync(Buffer.concat([length, head, ...picturesOf(digits)]), { level: 9 })]);
}

function numbersOf({ x, y, width, height }: Box): number[] {
  return [x, y, width, height];
}

/** @throws FleetError where it is no job, or a damaged one */
export function decodeJob(message: Uint8Array): Job {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (!bytes.subarray(0, 3).equals(MAGIC.subarray(0, 3))) throw new FleetError(`expected a reading job, got ${describe(bytes)} that begins otherwise`, 'no job');
  if (bytes[3] !== MAGIC[3]) throw new FleetError(`expected a reading job of version ${MAGIC[3]}, got version ${bytes.length > 3 ? bytes[3] : 'none'}: bring cameras and readers to the same release`, 'other version');
  try {
    return parse(inflateRawSync(bytes.subarray(4), { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    throw new FleetError(`expected a whole reading job, got ${describe(bytes)} that is damaged: ${(error as Error).message}`, 'damaged job', { cause: error });
  }
}

function parse(data: Buffer): Job {
  const start = 4 + data.readUInt32BE(0);
  const { boxes, wholes: wholeBoxes = [], ...key } = JSON.parse(data.subarray(4, start).toString()) as JobKey & Record<'width' | 'height' | 'boxes' | 'wholes', unknown>;
  checkKey(key);
  const { width, height } = key;
  if (!isSize(width) || !isSize(height)) throw new Error('it has no size of the frame');
  if (!Array.isArray(wholeBoxes) || !wholeBoxes.every((box) => isNumbers(box, 4))) throw new Error('it has no boxes of what digits are parts of');
  if (!Array.isArray(boxes) || !boxes.every((box) => isDigitBox(box, wholeBoxes.length))) throw new Error('it has no boxes');
  const pictures = boxes.length + wholeBoxes.length;
  if (data.length !== start + pictures * PIXELS) throw new Error(`expected ${pictures} pictures`);
  const cut = ([x, y, w, h]: number[], i: number): Whole => ({
    image: Uint8Array.from(data.subarray(start + i * PIXELS, start + (i + 1) * PIXELS)), box: { x, y, width: w, height: h },
  });
  const wholes = wholeBoxes.map((box, i) => cut(box, boxes.length + i));
  const digits = boxes.map((box, i): ExtractedDigit => ({ ...cut(box, i), line: box[4], ...(box.length > 5 && { whole: wholes[box[5]] }) }));
  const { camera, id, at, run, sequence } = key;
  return { camera, id, at, run, sequence, width, height, digits };
}

/** @throws Error, FleetError naming what is missing */
export function checkKey(key: Partial<JobKey>): asserts key is JobKey {
  checkCamera(key.camera);
  for (const name of ['id', 'run'] as const) if (typeof key[name] !== 'string' || key[name] === '' || key[name].length > 100) throw new Error(`expected ${name} to be a string, got ${describe(key[name])}`);
  for (const name of ['at', 'sequence'] as const) if (!Number.isFinite(key[name])) throw new Error(`expected ${name} to be a number, got ${describe(key[name])}`);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isNumbers(value: unknown, count: number): value is number[] {
  return Array.isArray(value) && value.length === count && value.every(Number.isFinite);
}

/** x, y, width, height, line and, for a part, the place of its whole. */
function isDigitBox(value: unknown, wholes: number): value is number[] {
  return isNumbers(value, 5) ? Number.isInteger(value[4]) : isNumbers(value, 6) && Number.isInteger(value[4]) && Number.isInteger(value[5]) && value[5] >= 0 && value[5] < wholes;
}
