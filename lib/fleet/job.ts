/**
 * A reading job: the digits of one frame, cut out and ready to be classified, in a few hundred bytes.
 *
 * It is "IKJ", a byte with the version (2), then deflated (RFC 1951): a 32-bit length (big endian), a JSON head of that
 * many bytes, and the 784 bytes of the picture of each digit of the head, then of each whole: the shapes that digits
 * which may touch are parts of.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { keyOf, picturesOf, wholesOf } from '../classify/separated';
import type { ExtractedDigit, Whole } from '../extract/digit';
import { DOUBTS } from '../extract/doubts';
import { describe, type Box } from '../pictures/picture';
import { FleetError } from './errors';
import { MOST_BYTES, MOST_DIGITS } from './limits';
import { parse, schemas, type JobHead } from './schema';
import { checkCamera } from './topics';
import { DIGIT_PIXELS } from '../digit';

/** What every job and its reading carry, to tell which frame they are about. */
export interface JobKey {
  camera: string;
  /** The frame's id: the same job twice has the same one. */
  id: string;
  /** When the frame was taken, milliseconds since 1970 by the camera's clock, which may be wrong. */
  at: number;
  /** Another one each time that the camera starts. */
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

const MAGIC = Buffer.from('IKJ\x02', 'latin1');

/** Level 9 takes eight times as long and saves one byte in a hundred. */
const LEVEL = 6;

/** Inflated: the pictures of digits and of as many wholes, and the head. */
const MOST_HEAD = 300 * MOST_DIGITS;
const MOST_INFLATED = 2 * MOST_DIGITS * DIGIT_PIXELS + MOST_HEAD;

/** @throws FleetError where something in it is not what a reader takes: it is checked as a reader checks it */
export function encodeJob({ digits, ...key }: Job): Buffer {
  if (digits.length > MOST_DIGITS)
    throw new FleetError(`expected at most ${MOST_DIGITS} digits in a frame, got ${digits.length}`, 'too many digits');
  const wholes = wholesOf(digits);
  const placeOf = new Map(wholes.map((whole, i) => [keyOf(whole), i]));
  const boxes = digits.map(({ box, line, whole }) => [
    ...numbersOf(box),
    line,
    ...(whole ? [placeOf.get(keyOf(whole))] : []),
  ]);
  const shapes = [...digits, ...wholes];
  const judgements = shapes.map(({ judgement }) => judgement?.map(rounded) ?? null);
  const doubts = digits.flatMap(({ doubt }, i) => (doubt ? [[i, DOUBTS.indexOf(doubt)]] : []));
  const parts = digits.flatMap(({ part }, i) => (part ? [[i, ...numbersOf(part.of), part.first, part.last]] : []));
  const head = checkHead({
    ...key,
    boxes,
    ...(wholes.length > 0 && { wholes: wholes.map(({ box }) => numbersOf(box)) }),
    ...(judgements.some((judgement) => judgement !== null) && { judgements }),
    ...(doubts.length > 0 && { doubts }),
    ...(parts.length > 0 && { parts }),
  });
  const pictures = picturesOf(digits);
  for (const [i, picture] of pictures.entries())
    if (picture.length !== DIGIT_PIXELS)
      throw new FleetError(
        `expected pictures of ${DIGIT_PIXELS} bytes, got ${describe(picture)} at position ${i}`,
        'bad digit',
      );
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  if (text.length > MOST_HEAD)
    throw new FleetError(
      `expected a job whose head has at most ${MOST_HEAD} bytes, got ${text.length}`,
      'job too large',
    );
  length.writeUInt32BE(text.length);
  const bytes = Buffer.concat([MAGIC, deflateRawSync(Buffer.concat([length, text, ...pictures]), { level: LEVEL })]);
  if (bytes.length > MOST_BYTES)
    throw new FleetError(`expected a job of at most ${MOST_BYTES} bytes, got ${bytes.length}`, 'job too large');
  return bytes;
}

/** A probability to four places. */
function rounded(probability: number): number {
  return Math.round(probability * 1e4) / 1e4;
}

type Numbers = [x: number, y: number, width: number, height: number];

function numbersOf({ x, y, width, height }: Box): Numbers {
  return [x, y, width, height];
}

function boxOf([x, y, width, height]: Numbers): Box {
  return { x, y, width, height };
}

/** @throws FleetError where it is no job, or a damaged one */
export function decodeJob(message: Uint8Array): Job {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (bytes.length > MOST_BYTES)
    throw new FleetError(
      `expected a reading job of at most ${MOST_BYTES} bytes, got ${describe(bytes)}`,
      'job too large',
    );
  if (!bytes.subarray(0, 3).equals(MAGIC.subarray(0, 3)))
    throw new FleetError(`expected a reading job, got ${describe(bytes)} that begins otherwise`, 'no job');
  if (bytes[3] !== MAGIC[3])
    throw new FleetError(
      `expected a reading job of version ${MAGIC[3]}, got version ${bytes.length > 3 ? bytes[3] : 'none'}: ` +
        'bring cameras and readers to the same release',
      'other version',
    );
  try {
    return unpack(inflateRawSync(bytes.subarray(4), { maxOutputLength: MOST_INFLATED }));
  } catch (error) {
    throw new FleetError(
      `expected a whole reading job, got ${describe(bytes)} that is damaged: ${(error as Error).message}`,
      'damaged job',
      { cause: error },
    );
  }
}

function unpack(data: Buffer): Job {
  const length = data.readUInt32BE(0);
  const start = 4 + length;
  if (length > MOST_HEAD) throw new Error(`expected a head of at most ${MOST_HEAD} bytes, got ${length}`);
  const {
    boxes,
    wholes: wholeBoxes,
    judgements,
    doubts,
    parts,
    ...key
  } = checkHead(JSON.parse(data.subarray(4, start).toString()));
  const pictures = boxes.length + wholeBoxes.length;
  if (data.length !== start + pictures * DIGIT_PIXELS)
    throw new Error(`expected ${pictures} pictures of ${DIGIT_PIXELS} bytes, got ${data.length - start} bytes`);
  const cut = ([x, y, w, h]: readonly [...Numbers, ...number[]], i: number): Whole => ({
    image: Buffer.from(data.subarray(start + i * DIGIT_PIXELS, start + (i + 1) * DIGIT_PIXELS)),
    box: boxOf([x, y, w, h]),
    ...(judgements[i] && { judgement: judgements[i] }),
  });
  const wholes = wholeBoxes.map((box, i) => cut(box, boxes.length + i));
  const doubtAt = new Map(doubts.map(([i, doubt]) => [i, DOUBTS[doubt]]));
  const partAt = new Map(parts.map(([i, x, y, w, h, first, last]) => [i, { of: boxOf([x, y, w, h]), first, last }]));
  const digits = boxes.map((box, i): ExtractedDigit => {
    const doubt = doubtAt.get(i);
    const part = partAt.get(i);
    return {
      ...cut(box, i),
      line: box[4],
      ...(box.length === 6 && { whole: wholes[box[5]] }),
      ...(doubt && { doubt }),
      ...(part && { part }),
    };
  });
  return { ...key, digits };
}

/** What cannot be told field by field, too: boxes lie in the frame, parts have wholes. */
function checkHead(value: unknown): JobHead {
  try {
    const head = parse(schemas().job, value);
    const { width, height, boxes, wholes, judgements, doubts, parts } = head;
    checkCamera(head.camera);
    for (const [name, list] of Object.entries({ boxes, wholes })) {
      for (const [i, [x, y, w, h]] of list.entries()) {
        if (x + w > width || y + h > height)
          throw new Error(
            `expected ${name}.${i} to lie in the frame of ${width} × ${height} pixels, ` +
              `got x ${x}, y ${y}, width ${w}, height ${h}`,
          );
      }
    }
    const places = boxes.flatMap((box) => (box.length === 6 ? [box[5]] : []));
    if (places.some((place) => place >= wholes.length))
      throw new Error(`expected parts of ${wholes.length} wholes, got one of number ${Math.max(...places)}`);
    const shapes = boxes.length + wholes.length;
    if (judgements.length > 0 && judgements.length !== shapes) {
      throw new Error(`expected a judgement for each of ${shapes} shapes, got ${judgements.length}`);
    }
    const place = [...doubts, ...parts].find(([i]) => i >= boxes.length)?.[0];
    if (place !== undefined)
      throw new Error(`expected doubts and parts of ${boxes.length} boxes, got one of number ${place}`);
    return head;
  } catch (error) {
    if (error instanceof FleetError) throw error;
    throw new FleetError((error as Error).message, 'bad job', { cause: error });
  }
}

/** Tells one job from all others of all cameras: several jobs may be about one frame, and cameras may count alike. */
export function jobKey({ camera, run, sequence, id }: Pick<JobKey, 'camera' | 'run' | 'sequence' | 'id'>): string {
  return JSON.stringify([camera, run, sequence, id]);
}
