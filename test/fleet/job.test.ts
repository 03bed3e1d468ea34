import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { benchPictures } from '../../bench/pictures';
import { acquireClassifier } from '../../lib/engine/classifier';
import { predictDigits } from '../../lib/classify/predict';
import { toReading } from '../../lib/classify/reading';
import type { ExtractedDigit } from '../../lib/extract/digit';
import { decodeJob, encodeJob, type Job } from '../../lib/fleet/job';
import type { Box } from '../../lib/pictures/picture';
import { topicsBelow } from '../../lib/fleet/topics';
import { readJudgedDigits, readText } from '../../lib/pipeline/reader';
import { acquireInk } from '../../lib/ink/ink';
import { digitsOf } from '../../support/fleet/run';
import { madeDigits, madeJob } from './made';

const KEY = { camera: 'hall/2 +#', id: 'abc', at: 5, run: 'r', sequence: 7, width: 640, height: 480 };

const MAGIC = Buffer.from('IKJ\x02', 'latin1');

/** A job as anyone could send it. */
function packed(head: string, pictures = 0): Buffer {
  const text = Buffer.from(head);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([MAGIC, deflateRawSync(Buffer.concat([length, text, Buffer.alloc(784 * pictures)]))]);
}

describe('a reading job', () => {
  let job: Job;
  before(async () => {
    job = { ...KEY, digits: await digitsOf('4072') };
  });

  it('of four digits of a 640 × 480 frame is below 4 kB and comes back as it was', () => {
    const bytes = encodeJob(job);
    const back = decodeJob(bytes);
    assert.equal(job.digits.length, 4);
    assert.ok(bytes.length < 4000, `${bytes.length} bytes`);
    const shown = ({ image, judgement = [], ...digit }: ExtractedDigit): object => ({
      ...digit,
      image: [...image],
      judgement: judgement.map((probability) => probability.toFixed(4)),
    });
    assert.deepEqual({ ...back, digits: back.digits.map(shown) }, { ...job, digits: job.digits.map(shown) });
    assert.ok(
      back.digits.every(({ judgement, surroundings }) => judgement?.length === 5 && surroundings === undefined),
    );
  });

  it('keeps a doubt about a single one of its digits, and a single part', () => {
    const [first, second] = job.digits;
    const part = { of: { x: 1, y: 2, width: 30, height: 40 }, first: 0, last: 1 };
    const { digits } = decodeJob(encodeJob({ ...job, digits: [first!, { ...second!, doubt: 'speck', part }] }));
    assert.deepEqual(
      digits.map((digit) => [digit.doubt, digit.part]),
      [
        [undefined, undefined],
        ['speck', part],
      ],
    );
  });

  it('of a page that is not plain brings all that may be digits, and is read as the page is where it was taken', async () => {
    const ink = acquireInk();
    const classifier = acquireClassifier();
    const { pictures } = await benchPictures();
    let doubtful = 0;
    for (const picture of Object.values(pictures).filter((each) => !(each instanceof Buffer))) {
      const { digits } = await readJudgedDigits(ink, picture);
      const back = decodeJob(encodeJob({ ...KEY, digits })).digits;
      doubtful += back.filter(({ doubt }) => doubt !== undefined).length;
      const predicted = await predictDigits(classifier, back);
      const { text, confidence } = toReading(predicted.digits, predicted.predictions);
      const { reading } = await readText(ink, classifier, picture);
      assert.equal(text, reading.text);
      assert.ok(Math.abs(confidence - reading.confidence) < 0.01, `${confidence} for ${reading.confidence}`);
    }
    assert.ok(doubtful > 0);
    await Promise.all([ink.release(), classifier.release()]);
  });

  it('tells which digits may be one', () => {
    const [a, b, c, d] = job.digits.map(({ image, box, line }) => ({ image, box, line }));
    assert.ok(a && b && c && d);
    const whole = { image: Buffer.from(a.image.map((value) => 255 - value)), box: { x: 1, y: 2, width: 3, height: 4 } };
    const other = { image: c.image, box: { x: 5, y: 6, width: 7, height: 8 } };
    const digits = [a, { ...b, whole }, { ...c, whole }, { ...d, whole: other }];
    assert.deepEqual(decodeJob(encodeJob({ ...KEY, digits })).digits, digits);
  });

  it('may have no digits', () => {
    assert.deepEqual(decodeJob(encodeJob({ ...KEY, digits: [] })), { ...KEY, digits: [] });
  });

  it('that is none, cut off, changed, or of another version is refused', () => {
    const bytes = encodeJob(job);
    const other = Buffer.from(bytes);
    other[3] = 9;
    assert.throws(() => decodeJob(Buffer.from('hello')), /expected a reading job, got a Buffer of 5 bytes/);
    assert.throws(() => decodeJob(Buffer.alloc(0)), /expected a reading job, got an empty Buffer/);
    assert.throws(() => decodeJob(bytes.subarray(0, 200)), /damaged/);
    assert.throws(() => decodeJob(other), /of version 2, got version 9/);
    assert.throws(() => decodeJob(Buffer.alloc(1_000_001)), /at most 1000000 bytes, got a Buffer of 1000001 bytes/);
  });

  it('keeps fields to itself that nobody knows', () => {
    const head = JSON.stringify({ ...KEY, boxes: [] }).replace('{', '{"__proto__":{"width":1},"constructor":1,');
    assert.deepEqual(decodeJob(packed(head)), { ...KEY, digits: [] });
  });

  const [box] = madeDigits().map((digit) => digit.box);
  /** Each is refused at the sender's door, and by the reader where somebody else sends it. */
  for (const [what, changes, expected] of [
    ...Object.entries({
      camera: [5, '', '  ', 'x'.repeat(101), '\ud800'],
      id: ['', undefined, 7, 'x'.repeat(101)],
      run: ['', null],
      at: [NaN, Infinity, '5', 1e16],
      sequence: [-1, 1.5, NaN, '7'],
      width: [0, -1, 640.5, NaN, Infinity, '640', undefined, 100_001],
      height: [0, null, 480.1, true],
    }).flatMap(([name, values]) =>
      values.map(
        (value) =>
          [
            `${name} of ${String(value).slice(0, 12)}`,
            { [name]: value },
            new RegExp(`expected (the )?(name of a )?${name}\\b`),
          ] as const,
      ),
    ),
    ...([{ x: -1 }, { y: 470 }, { width: 641 }, { height: NaN }, { x: '0' }, { x: null }] as const).map(
      (changed) =>
        [
          `a box with ${JSON.stringify(changed)}`,
          { digits: [{ ...madeDigits()[0]!, box: { ...box, ...changed } }] },
          /expected boxes\.0/,
        ] as const,
    ),
    [
      'a whole outside the frame',
      { digits: [{ ...madeDigits()[0]!, whole: { image: new Uint8Array(784), box: { ...box, x: 631 } } }] },
      /expected wholes\.0 to lie in the frame of 640 × 480/,
    ],
    ['a line of -1', { digits: [{ ...madeDigits()[0]!, line: -1 }] }, /expected boxes\.0/],
    ['a line of 0.5', { digits: [{ ...madeDigits()[0]!, line: 0.5 }] }, /expected boxes\.0/],
  ] as const) {
    it(`with ${what} is refused, at the sender and at the reader`, () => {
      const job = { ...madeJob(), ...changes } as Job;
      assert.throws(() => encodeJob(job), expected);
      const numbers = ({ x, y, width, height }: Box): number[] => [x, y, width, height];
      const { digits, ...key } = job;
      const wholes = digits.flatMap(({ whole }) => (whole ? [numbers(whole.box)] : []));
      const head = JSON.stringify({
        ...key,
        boxes: digits.map((digit) => [...numbers(digit.box), digit.line, ...(digit.whole ? [0] : [])]),
        wholes,
      });
      assert.throws(() => decodeJob(packed(head, digits.length + wholes.length)), expected);
    });
  }

  for (const [what, head, expected] of [
    ['no head', '', /JSON/],
    ['null', 'null', /expected an object, got null/],
    [
      'a judgement of four',
      JSON.stringify({ ...KEY, boxes: [[0, 0, 1, 1, 0]], judgements: [[0, 0, 0, 1]] }),
      /expected judgements\.0\.4 to be a number/,
    ],
    [
      'fewer judgements than shapes',
      JSON.stringify({
        ...KEY,
        boxes: [
          [0, 0, 1, 1, 0],
          [0, 0, 1, 1, 0],
        ],
        judgements: [null],
      }),
      /a judgement for each of 2 shapes, got 1/,
    ],
    [
      'a doubt that is none',
      JSON.stringify({ ...KEY, boxes: [[0, 0, 1, 1, 0]], doubts: [[0, 99]] }),
      /expected doubts.0.1 to be a whole number/,
    ],
    [
      'a doubt about no box',
      JSON.stringify({ ...KEY, boxes: [[0, 0, 1, 1, 0]], doubts: [[1, 0]] }),
      /doubts and parts of 1 boxes, got one of number 1/,
    ],
    [
      'a part of no size',
      JSON.stringify({ ...KEY, boxes: [[0, 0, 1, 1, 0]], parts: [[0, 0, 0, 0, 1, 0, 0]] }),
      /expected parts.0.3 to be/,
    ],
    [
      'a part of no whole',
      JSON.stringify({ ...KEY, boxes: [[0, 0, 1, 1, 0, 0]] }),
      /expected parts of 0 wholes, got one of number 0/,
    ],
    ['a box that is none', JSON.stringify({ ...KEY, boxes: [{}] }), /expected boxes.0 to be x, y, width/],
    ['boxes that are none', JSON.stringify({ ...KEY, boxes: { length: 1 } }), /expected boxes to be a list/],
    [
      '1001 boxes',
      JSON.stringify({ ...KEY, boxes: new Array(1001).fill([0, 0, 1, 1, 0]) }),
      /expected boxes to be a list of at most 1000, got an array of 1001/,
    ],
    [
      'boxes nested 100,000 deep',
      JSON.stringify({ ...KEY, boxes: [] }).replace('[]', '['.repeat(100_000) + ']'.repeat(100_000)),
      /expected boxes.0 to be/,
    ],
    ['a head over the limit', ' '.repeat(300_001), /head of at most 300000 bytes/],
  ] as const) {
    it(`with ${what} is refused by the reader`, () => {
      assert.throws(() => decodeJob(packed(head, 1)), expected);
    });
  }

  it('whose head is longer than it says, or that inflates to more than any job has, is refused', () => {
    const head = Buffer.from(JSON.stringify({ ...KEY, boxes: [] }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(0xffffffff);
    assert.throws(() => decodeJob(Buffer.concat([MAGIC, deflateRawSync(Buffer.concat([length, head]))])), /damaged/);
    assert.throws(() => decodeJob(Buffer.concat([MAGIC, deflateRawSync(Buffer.alloc(50e6))])), /damaged/);
  });

  it('with pictures of another size, or too many of them, is refused at the sender', () => {
    assert.throws(
      () => encodeJob(madeJob({ digits: [{ ...madeDigits()[0]!, image: new Uint8Array(783) }] })),
      /pictures of 784 bytes, got a Uint8Array of 783 bytes at position 0/,
    );
    assert.throws(
      () => encodeJob(madeJob({ digits: new Array<ExtractedDigit>(1001).fill(madeDigits()[0]!) })),
      /at most 1000 digits/,
    );
  });
});

describe('topics', () => {
  it('have one level for any name of a camera', () => {
    assert.equal(topicsBelow('school/digits').job('hall/2 +#%'), 'school/digits/jobs/hall%2F2%20%2B%23%25');
  });

  it('refuse what cannot be a camera, a group or a prefix', () => {
    for (const name of ['', '  ', 'x'.repeat(101), '\ud800'])
      assert.throws(() => topicsBelow('digits').job(name), /expected the name of a camera/);
    for (const prefix of ['', '/a', 'a/', 'a/#', '+', '$SYS', 'a\0', 'a\n', '\ud800', 'x'.repeat(101)])
      assert.throws(() => topicsBelow(prefix), /expected topics/);
    for (const group of ['', 'a/b', '+', '#', 'a\0', 'x'.repeat(101)])
      assert.throws(() => topicsBelow('digits').sharedJobs(group), /name of a group/);
  });
});
