// Messages of a broker that nobody expects: damaged and forged jobs and readings, to a camera's side and a reader's.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { connectAsync, type MqttClient } from 'mqtt';
import { FleetError } from '../../lib/fleet/errors';
import { encodeJob, type Job } from '../../lib/fleet/job';
import { JobQueue } from '../../lib/fleet/job-queue';
import type { FleetReading } from '../../lib/fleet/reading-message';
import { Sender } from '../../lib/fleet/sender';
import { drawDigit } from '../../lib/train/drawn-digits';
import { Random } from '../../lib/train/random';
import { hasMosquitto, Mosquitto } from '../fleet/mosquitto';
import { whatIsUnclear, type Finding, type FuzzCase, type OpenArea, type Outcome } from './case';
import { digitProblem, notFinite, readingProblem, short } from './checks';
import type { Dice } from './dice';
import { mutateJson } from './json';
import { mutate } from './mutate';
import { NUMBERS, STRINGS } from './values';

const CAMERA = 'room 1', PREFIX = 'digits', RUN = 'a1b2c3d4';
const JOBS = `${PREFIX}/jobs/${encodeURIComponent(CAMERA)}`, READINGS = `${PREFIX}/readings/${encodeURIComponent(CAMERA)}`;

/** Time for a good job to come back, milliseconds. */
const PATIENCE = 9000;

const DIGITS = Array.from({ length: 3 }, (_, i) => ({ image: drawDigit(new Random(5, i)).image, box: { x: 100 * i + 20, y: 50, width: 60, height: 90 }, line: 0 }));

/** What came since the case began. */
interface Seen {
  readings: FleetReading[];
  jobs: Job[];
  errors: Error[];
}

/** A message to publish, and what may not come of it. */
interface Trial {
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

class Fleet {
  seen: Seen = { readings: [], jobs: [], errors: [] };
  private readonly answered = new Map<string, () => void>();
  private readonly sender: Sender;
  private readonly queue: JobQueue;
  /** Jobs that the reader leaves unanswered until they are forged for. */
  private readonly held = new Set<string>();

  constructor(url: string, private readonly connected: () => void) {
    let links = 0;
    const onState = ({ state }: { state: string }): void => { if (state === 'connected' && ++links === 2) this.connected(); };
    const onError = (error: Error): void => { this.seen.errors.push(error); };
    this.sender = new Sender({ url, prefix: PREFIX }, { camera: CAMERA, patience: 20_000 }, {
      onState, onError,
      onReading: (reading) => {
        this.seen.readings.push(reading);
        this.answered.get(reading.id)?.();
      },
    });
    this.queue = new JobQueue({ url, prefix: PREFIX }, { patience: 60_000 }, { onState, onError, onJob: (job) => { this.take(job); } });
  }

  /** Sends a job of this camera; the reader answers it when `release` is called. */
  send(job: Job): void {
    this.held.add(job.id);
    this.sender.send(job, false);
  }

  /** Has the reader answer; true when a reading has come, whosever it is. */
  async release(job: Job): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const came = new Promise<boolean>((resolve) => {
      this.answered.set(job.id, () => { resolve(true); });
      timer = setTimeout(() => { resolve(false); }, PATIENCE);
    });
    this.held.delete(job.id);
    if (this.seen.jobs.some((taken) => isOf(taken, job))) this.answer(job);
    const whether = this.seen.readings.some(({ id }) => id === job.id) || await came;
    clearTimeout(timer);
    this.answered.delete(job.id);
    return whether;
  }

  async close(): Promise<void> {
    await Promise.all([this.sender.close(), this.queue.close()]);
  }

  private take(job: Job): void {
    this.seen.jobs.push(job);
    if (job.camera !== CAMERA || !this.held.has(job.id)) this.answer(job);
  }

  private answer(job: Job): void {
    this.queue.answer(job, trueReading(job)).catch((error: unknown) => { this.seen.errors.push(error as Error); });
  }
}

/** A good job of this camera. */
function jobOf(sequence: number): Job {
  return { camera: CAMERA, id: `frame-${sequence}`, at: 1.7e12 + sequence, run: RUN, sequence, width: 400, height: 200, digits: DIGITS };
}

/** What the reader here makes of any job: its digits are 1, 2, 3 and so on. */
function trueReading({ digits }: Pick<Job, 'digits'>): Pick<FleetReading, 'text' | 'confidence' | 'digits'> {
  const read = digits.slice(0, 9).map(({ box, line }, i) => ({ digit: i + 1, confidence: 0.9, probabilities: Array.from({ length: 10 }, (_, n) => (n === i + 1 ? 0.9 : 0.01)), box, line }));
  return { text: read.map(({ digit }) => digit).join(''), confidence: read.length > 0 ? 0.9 : 0, digits: read };
}

const isOf = (one: Job, other: Job): boolean => one.id === other.id && one.camera === other.camera;

function isTrue(reading: FleetReading, { camera, id, at, run, sequence, digits }: Job): boolean {
  const { text } = trueReading({ digits });
  return reading.camera === camera && reading.id === id && reading.at === at && reading.run === run && reading.sequence === sequence && reading.text === text && reading.reader !== 'forger';
}

export const open: OpenArea = async () => {
  if (!hasMosquitto) return 'mosquitto is not installed';
  const broker = new Mosquitto();
  await broker.start();
  let connected: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => { connected = resolve; });
  const fleet = new Fleet(broker.url, connected), client = await connectAsync(broker.url, { protocolVersion: 5 });
  await ready;
  const first = jobOf(3e9);
  fleet.send(first);
  if (!await fleet.release(first)) throw new Error('no reading comes back before anything hostile has come');
  return {
    make(dice): FuzzCase {
      const job = jobOf(dice.whole(0, 1e9)), trial = dice.weighted(MAKERS)(dice, job);
      return { name: trial.name, input: trial.payload, run: () => tryOut(fleet, client, job, trial) };
    },
    async close() {
      await fleet.close();
      await client.endAsync(true);
      await broker.remove();
    },
  };
};

async function tryOut(fleet: Fleet, client: MqttClient, job: Job, { topic, payload, times = 1, qos = 1, retain = false, refused = false, arrives }: Trial): Promise<Outcome> {
  fleet.seen = { readings: [], jobs: [], errors: [] };
  fleet.send(job);
  await Promise.all(Array.from({ length: times }, () => client.publishAsync(topic, payload, { qos, retain })));
  if (retain) await client.publishAsync(topic, Buffer.alloc(0), { qos: 1, retain: true });
  // The second one comes behind what was published: when its reading is there, so is all that comes of that.
  const first = await fleet.release(job), behind = jobOf(job.sequence + 2e9), findings: Finding[] = [];
  fleet.send(behind);
  const second = await fleet.release(behind);
  const { readings, jobs, errors } = fleet.seen, own = [job, behind];
  if (!first || !second) findings.push({ fault: 'unanswered', detail: `no reading of the job ${first ? 'after' : 'before'} it reaches the flow` });
  const others = readings.filter((reading) => !own.some((each) => isTrue(reading, each))), strange = jobs.filter((taken) => !own.some((each) => isOf(taken, each)));
  for (const reading of others) {
    const of = own.find(({ id }) => id === reading.id), problem = of ? contradiction(reading, of) ?? readingProblem(reading, of, true) ?? notFinite(reading, 'reading') : 'of a job that was never sent';
    if (problem) findings.push({ fault: 'wrong', detail: `a reading reaches the flow that is ${problem}` });
  }
  for (const taken of strange) {
    const problem = jobProblem(taken);
    if (problem) findings.push({ fault: 'wrong', detail: `a job reaches the flow with ${problem}` });
  }
  if (refused && others.length + strange.length > 0 && findings.length === 0) findings.push({ fault: 'wrong', detail: 'what is damaged or contradicts its job reaches the flow' });
  if (arrives !== undefined && !strange.some(({ camera }) => camera === arrives)) findings.push({ fault: 'wrong', detail: 'a good job of another camera does not reach the flow' });
  for (const error of errors) {
    const unclear = whatIsUnclear(error, [FleetError]);
    if (unclear) findings.push({ fault: 'unclear', detail: unclear });
  }
  return { accepted: others.length + strange.length > 0, findings: findings.slice(0, 5), spoilt: !first || !second };
}

/** In what a reading is not that of its job; undefined where nothing tells it from a true one. */
function contradiction(reading: FleetReading, job: Job): string | undefined {
  for (const name of ['camera', 'at', 'run', 'sequence'] as const) if (reading[name] !== job[name]) return `of another ${name} than its job: ${short(reading[name])}`;
  if (Array.isArray(reading.digits) && reading.digits.length > job.digits.length) return `of ${reading.digits.length} digits where the job has ${job.digits.length}`;
  return undefined;
}

function jobProblem({ width, height, digits, ...key }: Job): string | undefined {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) return `a frame of ${width} × ${height}`;
  return notFinite(key, 'key') ?? digits.map((digit) => digitProblem(digit, { read: false, frame: { width, height } })).find((each) => each !== undefined);
}

type Maker = (dice: Dice, job: Job) => Trial;

const keyOf = ({ camera, id, at, run, sequence }: Job): object => ({ camera, id, at, run, sequence });

const readingOf = (job: Job): Record<string, unknown> => ({ ...trueReading(job), ...keyOf(job), reader: 'forger' });

const asReading = (name: string, value: unknown, refused = false): Trial => ({ name: `a reading ${name}`, topic: READINGS, payload: Buffer.from(JSON.stringify(value)), refused });

/** A reading of the right job that says something else about it. */
const forged: Maker = (dice, job) => {
  const reading = readingOf(job), digits = trueReading(job).digits as unknown as Record<string, unknown>[];
  const ways: [string, object][] = [
    ['of another camera', { camera: dice.pick(['room 2', '', 'x'.repeat(200), '../x', 7, null]) }], ['of another run', { run: dice.pick(['ffffffff', '', 7, null]) }], ['of another time', { at: dice.pick([...NUMBERS, 'x', null]) }],
    ['of another number', { sequence: dice.pick([...NUMBERS, 'x', null]) }], ['of another text', { text: dice.pick(['999', '12', '1234', 'abc', '-1', ' 123', '123\n', 7, null, ['1']]) }],
    ['of another confidence', { confidence: dice.pick([-1, 2, 1e308, '0.9', null, [], {}]) }], ['without digits', { digits: [] }], ['whose digits are none', { digits: dice.pick<unknown>(['123', {}, null, 7, [null], [7], [[]]]) }],
    ['of more digits', { text: '1231', digits: [...digits, digits[0]] }], ['of 100,000 digits', { digits: Array<unknown>(100_000).fill(digits[0]) }],
    ['with a box elsewhere', { digits: digits.map((digit) => ({ ...digit, box: { x: dice.pick([-1e9, 1e9, 1e308]), y: 0, width: 5, height: 5 } })) }],
    ['with probabilities that are none', { digits: digits.map((digit) => ({ ...digit, probabilities: dice.pick<unknown>([[], [2, 2], Array(10).fill(1), Array(10).fill(null), 'x', Array(10).fill(-1)]) })) }],
    ['with digits that are none', { digits: digits.map((digit) => ({ ...digit, digit: dice.pick([10, -1, 0.5, '1', null]) })) }],
    ['with more in it', { extra: 'x'.repeat(1e6), constructor: 1, accepted: dice.pick<unknown>([true, 'yes', 7]), reason: dice.pick<unknown>(['x', 7, {}]), otherWriting: dice.pick<unknown>([false, 7]), error: dice.pick<unknown>(['x', 7, {}]) }],
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

const unknown: Maker = (dice, job) => asReading('of a job that nobody has sent', { ...readingOf(job), id: dice.pick([...STRINGS, 'frame-999999']) }, true);

const other: Maker = (dice) => ({
  name: 'no reading and no job', topic: dice.pick([READINGS, JOBS]), refused: true,
  payload: dice.pick([Buffer.alloc(0), Buffer.from('hello'), Buffer.from('null'), Buffer.from('[]'), Buffer.from('7'), Buffer.from('"x"'), Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), Buffer.from('IKJ'), Buffer.from('IKJ\x02'), Buffer.from('IKJ\x01'), Buffer.from([0xff, 0xd8, 0xff]), dice.bytes(3000)]),
  qos: dice.pick([0, 1, 2]), retain: dice.chance(0.2),
});

/** A job's head and pictures, packed as cameras do. */
function pack(head: unknown, pictures: Buffer, length?: number): Buffer {
  const text = Buffer.from(typeof head === 'string' ? head : JSON.stringify(head)), size = Buffer.alloc(4);
  size.writeUInt32BE(length ?? text.length);
  return Buffer.concat([Buffer.from('IKJ\x01', 'latin1'), deflateRawSync(Buffer.concat([size, text, pictures]))]);
}

const strangers = (dice: Dice, job: Job): Job => ({ ...job, camera: CAMERA, id: `stranger-${dice.whole(0, 1e9)}` });

function unpack(message: Buffer): { head: Record<string, unknown>; pictures: Buffer } {
  const data = inflateRawSync(message.subarray(4)), end = 4 + data.readUInt32BE(0);
  return { head: JSON.parse(data.subarray(4, end).toString()) as Record<string, unknown>, pictures: data.subarray(end) };
}

const jobBytes: Maker = (dice, job) => {
  const { bytes, how } = mutate(encodeJob(strangers(dice, job)), dice);
  return { name: `a job, ${how}`, topic: JOBS, payload: bytes };
};

const jobHead: Maker = (dice, job) => {
  const { head, pictures } = unpack(encodeJob(strangers(dice, job))), { value, how } = mutateJson(head, dice);
  return { name: `a job of which ${how}`, topic: JOBS, payload: pack(value, pictures) };
};

const jobOdd: Maker = (dice, job) => {
  const { head, pictures } = unpack(encodeJob(strangers(dice, job)));
  const ways: [string, Buffer, refused: boolean, arrives?: string][] = [
    ['without a size of its frame', pack({ ...head, width: 0, height: 0 }, pictures), true], ['of a frame of 1e308', pack({ ...head, width: 1e308, height: 1e308 }, pictures), true], ['of a frame of half a pixel', pack({ ...head, width: 0.5, height: 0.5 }, pictures), true],
    ['with boxes outside its frame', pack({ ...head, boxes: (head.boxes as unknown[]).map(() => [1e9, -1e9, 5, 5, 0]) }, pictures), true], ['with boxes of no size', pack({ ...head, boxes: (head.boxes as unknown[]).map(() => [1, 1, 0, -5, 0]) }, pictures), true],
    ['in line -1', pack({ ...head, boxes: (head.boxes as number[][]).map((box) => [...box.slice(0, 4), -1]) }, pictures), true],
    ['with a head that is too long', pack(head, pictures, 0xffffffff), true], ['without pictures', pack(head, Buffer.alloc(0)), true], ['with a picture too many', pack(head, Buffer.concat([pictures, Buffer.alloc(784)])), true],
    ['that unpacks to 500 MB', Buffer.concat([Buffer.from('IKJ\x01', 'latin1'), bomb()]), true], ['of 5,000 digits', pack({ ...head, boxes: Array(5000).fill([1, 1, 5, 5, 0]) }, Buffer.alloc(784 * 5000)), true],
    ['of the key of the one that is out', encodeJob(job), false], ['of the same number from another camera', encodeJob({ ...job, camera: 'room 2' }), false, 'room 2'], ['without digits', encodeJob({ ...strangers(dice, job), digits: [] }), false],
  ];
  const [name, payload, refused, arrives] = dice.pick(ways);
  return { name: `a job ${name}`, topic: arrives ? `${PREFIX}/jobs/${encodeURIComponent(arrives)}` : JOBS, payload, refused, ...(arrives && { arrives }) };
};

let packedZeros: Buffer | undefined;
function bomb(): Buffer {
  return (packedZeros ??= deflateRawSync(Buffer.alloc(5e8), { level: 1 }));
}

const flood: Maker = (dice, job) => {
  const make = dice.pick([forged, unknown, other, jobBytes]), trial = make(dice, job);
  return { ...trial, name: `${trial.name}, 500 times`, times: 500, retain: false, qos: 1 };
};

const huge: Maker = (dice) => ({ name: 'a message of 50 MB', topic: dice.pick([READINGS, JOBS]), payload: Buffer.alloc(5e7, dice.pick([0, 32, 91])), refused: true });

const MAKERS = [[6, forged], [4, reading], [3, readingBytes], [2, unknown], [2, other], [4, jobBytes], [4, jobHead], [4, jobOdd], [0.4, flood], [0.2, huge]] as const;
