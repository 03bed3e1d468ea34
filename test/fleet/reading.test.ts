import assert from 'node:assert/strict';
import { checkReading, decodeReading, expectedOf, type FleetReading } from '../../lib/fleet/reading-message';
import { madeDigits, madeJob, madeReading } from './made';

const message = (reading: unknown): Buffer => Buffer.from(JSON.stringify(reading));
const digit = (changes: object): Partial<FleetReading> => ({ digits: [{ ...madeReading().digits[0]!, ...changes }] });

describe('a reading', () => {
  it('that is whole comes back as it was', () => {
    const reading = { ...madeReading(), otherWriting: false, accepted: true, reason: 'none' };
    assert.deepEqual(decodeReading(message(reading)), reading);
    assert.deepEqual(
      decodeReading(message({ ...madeReading(madeJob({ digits: [] })), error: 'no model' })).error,
      'no model',
    );
  });

  it('has no field that nobody knows, whatever its name', () => {
    const text = JSON.stringify(madeReading()).replace(
      '{',
      '{"__proto__":{"text":"9"},"constructor":1,"more":[[[[]]]],',
    );
    assert.deepEqual(decodeReading(Buffer.from(text)), madeReading());
  });

  const deep = '['.repeat(400_000) + ']'.repeat(400_000);
  for (const [what, bytes, expected] of [
    ['nothing', Buffer.alloc(0), /got an empty Buffer/],
    ['no JSON', Buffer.from('hello'), /expected a reading, got a Buffer of 5 bytes: .*JSON/],
    ['null', message(null), /expected an object, got null/],
    ['a list', message([]), /expected camera, got none/],
    ['a message over the limit', Buffer.alloc(1_000_001, ' '), /at most 1000000 bytes, got a Buffer of 1000001 bytes/],
    ['a text nested 400,000 deep', Buffer.from(`{"text":${deep}}`), /expected camera/],
    [
      'digits nested 400,000 deep',
      Buffer.from(JSON.stringify(madeReading()).replace(/"digits":\[.*\],/, `"digits":${deep},`)),
      /expected digits.0 to be an object, got an array of 1|expected digits.0.digit, got none/,
    ],
    ...Object.entries({
      camera: [5, '', 'x'.repeat(101)],
      id: [null, '', 'x'.repeat(101), { toString: 1 }],
      run: ['', 7],
      reader: ['', 'x'.repeat(256)],
      at: ['5', null, 1e16],
      sequence: [-1, 1.5, '3', 1e300],
      text: [407, 'x', '4\n', '4 7', '4'.repeat(2001)],
      confidence: [1.01, -0.1, '0.9', null],
      digits: [{}, '47', new Array(1001).fill(madeReading().digits[0])],
      accepted: ['yes', null],
      reason: [5, 'x'.repeat(2001)],
      error: [{}],
    }).flatMap(([name, values]) =>
      values.map(
        (value) =>
          [
            `${name} of ${JSON.stringify(value).slice(0, 20)}`,
            message({ ...madeReading(), [name]: value }),
            new RegExp(`expected ${name}(\\.\\d+)? to be .*, got `),
          ] as const,
      ),
    ),
    ...(
      [
        [{ digit: 10 }, 'digits.0.digit'],
        [{ digit: '4' }, 'digits.0.digit'],
        [{ digit: 4.5 }, 'digits.0.digit'],
        [{ confidence: 2 }, 'digits.0.confidence'],
        [{ probabilities: [1] }, 'digits.0.probabilities'],
        [{ probabilities: new Array(10).fill(0.9) }, 'digits.0.probabilities'],
        [{ probabilities: new Array(10).fill('0') }, 'digits.0.probabilities.0'],
        [{ box: null }, 'digits.0.box'],
        [{ box: { x: -1, y: 0, width: 1, height: 1 } }, 'digits.0.box.x'],
        [{ box: { x: 0, y: 0, width: 1e6, height: 1 } }, 'digits.0.box.width'],
        [{ line: -1 }, 'digits.0.line'],
        [{ line: 0.5 }, 'digits.0.line'],
      ] as const
    ).map(
      ([changes, path]) =>
        [
          `a digit with ${JSON.stringify(changes).slice(0, 50)}`,
          message({ ...madeReading(), ...digit(changes) }),
          new RegExp(`expected ${path} to be .*, got `),
        ] as const,
    ),
  ] as const) {
    it(`is refused: ${what}`, () => {
      assert.throws(() => decodeReading(bytes), expected);
    });
  }
});

describe('the reading of a job', () => {
  const check = (changes: Partial<FleetReading>, job = madeJob()): void => {
    checkReading({ ...madeReading(job), ...changes }, expectedOf(job));
  };
  const [a, b] = madeReading().digits;
  assert.ok(a && b);

  it('fits the job', () => {
    check({});
    check({}, madeJob({ digits: [] }));
  });

  it('may leave out shapes that are no digits', () => {
    check({ digits: [b], text: '7' });
    check({ digits: [], text: '', confidence: 0 });
  });

  it('may have a line break where the line of writing changes, and must', () => {
    const [first, second] = madeDigits();
    const job = madeJob({ digits: [first!, { ...second!, line: 1 }] });
    check({ text: '4\n7' }, job);
    assert.throws(() => {
      check({ text: '47' }, job);
    }, /its text to be the string "4\\n7", got the string "47"/);
  });

  it('may read parts as the whole that they are of, or as themselves, but not as both', () => {
    const whole = { image: new Uint8Array(784), box: { x: 0, y: 5, width: 30, height: 20 } };
    const job = madeJob({ digits: madeDigits().map((digit) => ({ ...digit, whole })) });
    const one = { ...a, box: whole.box };
    check({ digits: [one], text: '4' }, job);
    check({ digits: [a, b], text: '47' }, job);
    for (const digits of [
      [one, b],
      [a, one],
      [one, one],
    ])
      assert.throws(() => {
        check({ digits, text: digits.map(({ digit }) => digit).join('') }, job);
      }, /digits at its boxes/);
  });

  for (const [what, changes, expected] of [
    ['another camera', { camera: 'door' }, /its camera to be the string "hall", got the string "door"/],
    ['another run', { run: 'b2' }, /its run to be/],
    ['another sequence', { sequence: 4 }, /its sequence to be the number 3, got the number 4/],
    ['another id', { id: 'frame-2' }, /its id to be/],
    ['another time', { at: 5 }, /its at to be/],
    ['a text that is not that of its digits', { text: '48' }, /its text to be the string "47", got the string "48"/],
    ['a text without digits', { digits: [], confidence: 0 }, /its text to be the string "", got the string "47"/],
    [
      'a confidence without digits',
      { digits: [], text: '' },
      /its confidence, as there is no digit to be the number 0/,
    ],
    [
      'digits elsewhere',
      { digits: [a, { ...b, box: { ...b.box, x: 21 } }] },
      /digits at its boxes, in their order, got one at 21,5,10,20/,
    ],
    ['digits in another order', { digits: [b, a], text: '74' }, /digits at its boxes/],
    ['a digit twice', { digits: [a, a], text: '44' }, /digits at its boxes/],
    ['a digit on another line', { digits: [a, { ...b, line: 1 }], text: '4\n7' }, /line 1/],
    ['more digits', { digits: [a, b, b], text: '477' }, /digits at its boxes/],
    ['an error and digits', { error: 'none' }, /its digits, as there is an error/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => {
        check(changes as Partial<FleetReading>);
      }, expected);
    });
  }
});
