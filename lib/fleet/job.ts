/**
 * A reading job: the digits of one frame, cut out and ready to be classified, in a few hundred bytes.
 *
 * It is "IKJ", a byte with the version (1), then deflated (RFC 1951): a 32-bit length (big endian), a JSON head of that
 * many bytes, and for each digit of the head the 784 bytes of its picture.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ExtractedDigit } from '../extract/digit';
import { DIGIT_SIZE } from '../extract/normalise';
import { describe } from '../pictures/picture';
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
  const boxes = digits.map(({ box: { x, y, width, height }, line }) => [x, y, width, height, line]);
  const head = Buffer.from(JSON.stringify({ ...key, boxes })), length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([MAGIC, deflateRawSync(Buffer.concat([length, head, ...digits.map(({ image }) => image)]), { level: 9 })]);
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
  const { boxes, ...key } = JSON.parse(data.subarray(4, start).toString()) as JobKey & { width: unknown; height: unknown; boxes: unknown };
  checkKey(key);
  const { width, height } = key;
  if (!isSize(width) || !isSize(height)) throw new Error('it has no size of the frame');
  if (!Array.isArray(boxes) || !boxes.every(isBox)) throw new Error('it has no boxes');
  if (data.length !== start + boxes.length * PIXELS) throw new Error(`expected pictures of ${boxes.length} digits`);
  const digits = boxes.map(([x, y, w, h, line], i): ExtractedDigit => ({
    image: Uint8Array.from(data.subarray(start + i * PIXELS, start + (i + 1) * PIXELS)), box: { x, y, width: w, height: h }, line,
  }));
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

function isBox(value: unknown): value is [number, number, number, number, number] {
  return Array.isArray(value) && value.length === 5 && value.every(Number.isFinite) && Number.isInteger(value[4]);
}
