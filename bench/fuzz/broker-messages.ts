// What is published to cameras and readers: damaged, forged, and far too much.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { encodeJob, type Job } from '../../lib/fleet/job';
import type { Dice } from './dice';
import { CAMERA, PREFIX, trueReading } from './fleet';
import { mutateJson } from './json';
import { mutate } from './mutate';
import { NUMBERS, STRINGS } from './values';

const JOBS = `${PREFIX}/jobs/${encodeURIComponent(CAMERA)}`;
const READINGS = `${PREFIX}/readings/${encodeURIComponent(CAMERA)}`;

/** A message to publish, and what may not come of it. */
export interface Trial {
  name: string;
  topic: string;
  payload: Buffer;
  times?: number;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  /** Nothing of it may reach the flow: it contradicts the job that it answers, or it is no whole job. */
  refused?: boolean;
  /** The camera whose job has to reach the flow. */
  arrives?: string;
}

type Maker = (dice: Dice, job: Job) => Trial;

const keyOf = ({ camera, id, at, run, sequence }: Job): object => ({ camera, id, at, run, sequence });

const readingOf = (job: Job): Record<string, unknown> => ({ ...trueReading(job), ...keyOf(job), reader: 'forger' });

const asReading = (name: string, value: unknown, refused = false): Trial => ({
  name: `a reading ${name}`,
  topic: READINGS,
  payload: Buffer.from(JSON.stringify(value)),
  refused,
});

/** A reading of the right job that says something else about it. */
const forged: Maker = (dice, job) => {
  const reading = readingOf(job);
  const digits = trueReading(job).digits as unknown as Record<string, unknown>[];
  const ways: [string, object][] = [
    ['of another camera', { camera: dice.pick(['room 2', '', 'x'.repeat(200), '../x', 7, null]) }],
    ['of another run', { run: dice.pick(['ffffffff', '', 7, null]) }],
    ['of another time', { at: dice.pick([...NUMBERS, 'x', null]) }],
    ['of another number', { sequence: dice.pick([...NUMBERS, 'x', null]) }],
    ['of another text', { text: dice.pick(['999', '12', '1234', 'abc', '-1', ' 123', '123\n', 7, null, ['1']]) }],
    ['of another confidence', { confidence: dice.pick([-1, 2, 1e308, '0.9', null, [], {}]) }],
    ['without digits', { digits: [] }],
    ['whose digits are none', { digits: dice.pick<unknown>(['123', {}, null, 7, [null], [7], [[]]]) }],
    ['of more digits', { text: '1231', digits: [...digits, digits[0]] }],
    ['of 100,000 digits', { digits: Array<unknown>(100_000).fill(digits[0]) }],
    [
      'with a box elsewhere',
      {
        digits: digits.map((digit) => ({
          ...digit,
          box: { x: dice.pick([-1e9, 1e9, 1e308]), y: 0, width: 5, height: 5 },
        })),
      },
    ],
    [
      'with probabilities that are none',
      {
        digits: digits.map((digit) => ({
          ...digit,
          probabilities: dice.pick<unknown>([
            [],
            [2, 2],
            Array(10).fill(1),
            Array(10).fill(null),
            'x',
            Array(10).fill(-1),
          ]),
        })),
      },
    ],
    [
      'with digits that are none',
      { digits: digits.map((digit) => ({ ...digit, digit: dice.pick([10, -1, 0.5, '1', null]) })) },
    ],
    [
      'with more in it',
      {
        extra: 'x'.repeat(1e6),
        constructor: 1,
        accepted: dice.pick<unknown>([true, 'yes', 7]),
        reason: dice.pick<unknown>(['x', 7, {}]),
        otherWriting: dice.pick<unknown>([false, 7]),
        error: dice.pick<unknown>(['x', 7, {}]),
      },
    ],
  ];
  const [name, change] = dice.pick(ways);
  return asReading(name, { ...reading, ...change }, name !== 'with more in it');
};

const reading: Maker = (dice, job) => {
  const { value, how } = mutateJson(readingOf(job), dice);
  return asReading(`of which ${how}`, value);
};

const readingBytes: Maker = (dice, job) => {
  const { bytes, how } = mutate(Buffer.from(JSON.stringify(readingOf(job))), dice);
  return { name: `a reading, ${how}`, topic: READINGS, payload: bytes };
};

const unknown: Maker = (dice, job) =>
  asReading('of a job that nobody has sent', { ...readingOf(job), id: dice.pick([...STRINGS, 'frame-999999']) }, true);

const other: Maker = (dice) => ({
  name: 'no reading and no job',
  topic: dice.pick([READINGS, JOBS]),
  refused: true,
  payload: dice.pick([
    Buffer.alloc(0),
    Buffer.from('hello'),
    Buffer.from('null'),
    Buffer.from('[]'),
    Buffer.from('7'),
    Buffer.from('"x"'),
    Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    Buffer.from('IKJ'),
    Buffer.from('IKJ\x02'),
    Buffer.from('IKJ\x01'),
    Buffer.from([0xff, 0xd8, 0xff]),
    dice.bytes(3000),
  ]),
  qos: dice.pick([0, 1, 2]),
  retain: dice.chance(0.2),
});

/** A job's head and pictures, packed as cameras do. */
function pack(head: unknown, pictures: Buffer, length?: number): Buffer {
  const text = Buffer.from(typeof head === 'string' ? head : JSON.stringify(head));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length ?? text.length);
  return Buffer.concat([Buffer.from('IKJ\x01', 'latin1'), deflateRawSync(Buffer.concat([size, text, pictures]))]);
}

const strangers = (dice: Dice, job: Job): Job => ({ ...job, camera: CAMERA, id: `stranger-${dice.whole(0, 1e9)}` });

function unpack(message: Buffer): { head: Record<string, unknown>; pictures: Buffer } {
  const data = inflateRawSync(message.subarray(4));
  const end = 4 + data.readUInt32BE(0);
  return {
    head: JSON.parse(data.subarray(4, end).toString()) as Record<string, unknown>,
    pictures: data.subarray(end),
  };
}

const jobBytes: Maker = (dice, job) => {
  const { bytes, how } = mutate(encodeJob(strangers(dice, job)), dice);
  return { name: `a job, ${how}`, topic: JOBS, payload: bytes };
};

const jobHead: Maker = (dice, job) => {
  const { head, pictures } = unpack(encodeJob(strangers(dice, job)));
  const { value, how } = mutateJson(head, dice);
  return { name: `a job of which ${how}`, topic: JOBS, payload: pack(value, pictures) };
};

const jobOdd: Maker = (dice, job) => {
  const { head, pictures } = unpack(encodeJob(strangers(dice, job)));
  const ways: [string, Buffer, refused: boolean, arrives?: string][] = [
    ['without a size of its frame', pack({ ...head, width: 0, height: 0 }, pictures), true],
    ['of a frame of 1e308', pack({ ...head, width: 1e308, height: 1e308 }, pictures), true],
    ['of a frame of half a pixel', pack({ ...head, width: 0.5, height: 0.5 }, pictures), true],
    [
      'with boxes outside its frame',
      pack({ ...head, boxes: (head.boxes as unknown[]).map(() => [1e9, -1e9, 5, 5, 0]) }, pictures),
      true,
    ],
    [
      'with boxes of no size',
      pack({ ...head, boxes: (head.boxes as unknown[]).map(() => [1, 1, 0, -5, 0]) }, pictures),
      true,
    ],
    [
      'in line -1',
      pack({ ...head, boxes: (head.boxes as number[][]).map((box) => [...box.slice(0, 4), -1]) }, pictures),
      true,
    ],
    ['with a head that is too long', pack(head, pictures, 0xffffffff), true],
    ['without pictures', pack(head, Buffer.alloc(0)), true],
    ['with a picture too many', pack(head, Buffer.concat([pictures, Buffer.alloc(784)])), true],
    ['that unpacks to 500 MB', Buffer.concat([Buffer.from('IKJ\x01', 'latin1'), bomb()]), true],
    ['of 5,000 digits', pack({ ...head, boxes: Array(5000).fill([1, 1, 5, 5, 0]) }, Buffer.alloc(784 * 5000)), true],
    ['of the key of the one that is out', encodeJob(job), false],
    ['of the same number from another camera', encodeJob({ ...job, camera: 'room 2' }), false, 'room 2'],
    ['without digits', encodeJob({ ...strangers(dice, job), digits: [] }), false],
  ];
  const [name, payload, refused, arrives] = dice.pick(ways);
  return {
    name: `a job ${name}`,
    topic: arrives ? `${PREFIX}/jobs/${encodeURIComponent(arrives)}` : JOBS,
    payload,
    refused,
    ...(arrives && { arrives }),
  };
};

let packedZeros: Buffer | undefined;
function bomb(): Buffer {
  return (packedZeros ??= deflateRawSync(Buffer.alloc(5e8), { level: 1 }));
}

const flood: Maker = (dice, job) => {
  const make = dice.pick([forged, unknown, other, jobBytes]);
  const trial = make(dice, job);
  // Many small ones, few large ones.
  const times = Math.ceil(Math.min(500, 5e6 / (trial.payload.length + 1)));
  return { ...trial, name: `${trial.name}, ${times} times`, times, retain: false, qos: 1 };
};

const huge: Maker = (dice) => ({
  name: 'a message of 50 MB',
  topic: dice.pick([READINGS, JOBS]),
  payload: Buffer.alloc(5e7, dice.pick([0, 32, 91])),
  refused: true,
});

export const BROKER_MESSAGES = [
  [6, forged],
  [4, reading],
  [3, readingBytes],
  [2, unknown],
  [2, other],
  [4, jobBytes],
  [4, jobHead],
  [4, jobOdd],
  [0.4, flood],
  [0.2, huge],
] as const;
