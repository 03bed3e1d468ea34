import assert from 'node:assert/strict';
import { combine, CORRELATION, isSameWriting, leastCertain, toPlaces, type Place } from '../../lib/filter/evidence';
import { Random } from '../../lib/random';
import { frame, unclearFour, type Shares } from './streams-of-frames';

const places = (...shares: Shares[]): Place[] => toPlaces(frame(shares));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b);
const close = (actual: number, expected: number, tolerance = 1e-9): void => {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
};

describe('toPlaces', () => {
  it('gives what the ten digits leave to "no digit"', () => {
    const { digit, probabilities } = places({ 4: 0.6, 9: 0.1 })[0]!;
    assert.equal(digit, 4);
    close(probabilities[10]!, 0.3);
    close(sum(probabilities), 1);
  });

  for (const [what, digits] of [
    ['are missing', undefined],
    ['are of another text', frame([{ 8: 1 }, { 9: 1 }]).digits],
    [
      'have no probabilities',
      [
        { digit: 4, line: 0 },
        { digit: 7, line: 1 },
      ],
    ],
    ['are nothing', [null, null]],
    [
      'have no box',
      (frame([{ 4: 1 }, { 7: 1 }], { line: (i) => i }).digits as object[]).map((digit) => ({
        ...digit,
        box: undefined,
      })),
    ],
  ] as const) {
    it(`makes do with text and confidence where digits ${what}`, () => {
      const made = toPlaces({ text: '4\n7', confidence: 0.7, digits });
      assert.deepEqual(
        made.map(({ digit, line, box }) => [digit, line, box]),
        [
          [4, 0, undefined],
          [7, 1, undefined],
        ],
      );
      for (const { digit, probabilities } of made) {
        assert.equal(probabilities[digit], 0.7);
        close(sum(probabilities), 1);
      }
    });
  }
});

describe('toPlaces, where what stands for a digit is none', () => {
  it('goes by the text, which may read the same', () => {
    const [digit] = frame([{ 4: 1 }]).digits as object[];
    const made = toPlaces({ text: '12', confidence: 0.7, digits: [{ ...digit, digit: 12 }] });
    assert.deepEqual(
      made.map((place) => [place.digit, place.probabilities[place.digit]]),
      [
        [1, 0.7],
        [2, 0.7],
      ],
    );
  });
});

describe('isSameWriting', () => {
  const at = (options = {}, count = 3): Place[] =>
    toPlaces(
      frame(
        Array.from({ length: count }, () => ({ 4: 1 })),
        options,
      ),
    );

  it('follows writing that moves, grows and is read differently', () => {
    assert.ok(isSameWriting(at(), at({ x: 500, y: -80, scale: 1.7 })));
    assert.ok(isSameWriting(places({ 4: 1 }), places({ 9: 1 })));
  });

  it('tells another number of digits, other lines and other positions apart', () => {
    assert.ok(!isSameWriting(at(), at({}, 2)));
    assert.ok(!isSameWriting(at(), at({ line: (i: number) => Number(i === 2) })));
    const moved = at();
    moved[1] = { ...moved[1]!, box: { x: 75, y: 0, width: 20, height: 40 } };
    assert.ok(!isSameWriting(at(), moved));
  });

  it('tells a thin digit from a wide one', () => {
    const thin = places({ 1: 1 });
    const wide = places({ 0: 1 });
    thin[0] = { ...thin[0]!, box: { x: 0, y: 0, width: 5, height: 40 } };
    wide[0] = { ...wide[0]!, box: { x: 0, y: 0, width: 38, height: 40 } };
    assert.ok(!isSameWriting(thin, wide));
  });

  it('goes by the number of digits where nobody knows where they stand', () => {
    assert.ok(isSameWriting(toPlaces({ text: '47', confidence: 1 }), at({}, 2)));
  });
});

describe('combine', () => {
  it('leaves a single frame as it is', () => {
    assert.deepEqual(combine([places({ 4: 0.6, 9: 0.4 })]), places({ 4: 0.6, 9: 0.4 }));
  });

  it('adds up agreement, and no more of it than frames that resemble each other are worth', () => {
    const frames = [0.6, 0.7, 0.65].map((p) => places({ 4: p, 9: 0.6 * (1 - p), 8: 0.4 * (1 - p) }));
    const certainty = (n: number): number =>
      leastCertain(combine(Array.from({ length: n }, (_, i) => frames[i % 3]!))).confidence;
    const rising = [0.7, certainty(3), certainty(6), certainty(300), 0.9];
    assert.deepEqual(
      rising,
      rising.toSorted((a, b) => a - b),
    );
    assert.ok(certainty(6) > 0.8, String(certainty(6)));
  });

  it('takes back with one frame what another has given', () => {
    const { probabilities } = combine([places({ 4: 0.8, 9: 0.2 }), places({ 4: 0.2, 9: 0.8 })])[0]!;
    close(probabilities[4]!, probabilities[9]!);
  });

  it('lets no frame outvote many others by being absolutely sure', () => {
    const { probabilities } = combine([
      ...Array.from({ length: 4 }, () => places({ 4: 0.9, 9: 0.1 })),
      places({ 9: 1 }),
    ])[0]!;
    assert.ok(probabilities[4]! > probabilities[9]!);
  });

  it('counts doubts whether it is a digit at all', () => {
    const { probabilities } = combine([places({ 4: 0.6 }), places({ 4: 0.2 }), places({ 4: 0.2 })])[0]!;
    assert.ok(probabilities[10]! > 0.5);
  });

  it('goes place by place and answers with the digits of the newest frame', () => {
    const combined = combine([places({ 4: 0.9 }, { 1: 0.6, 7: 0.4 }), places({ 4: 0.9 }, { 1: 0.3, 7: 0.7 })]);
    assert.deepEqual(
      combined.map(({ digit }) => digit),
      [4, 7],
    );
    assert.deepEqual(leastCertain(combined).index, 1);
    for (const { probabilities } of combined) close(sum(probabilities), 1);
  });

  it('is calibrated where frames resemble each other as assumed', () => {
    const random = new Random(3);
    const bins = Array.from({ length: 5 }, () => ({ claimed: 0, right: 0, count: 0 }));
    for (let i = 0; i < 20_000; i++) {
      const readings = unclearFour(random, 1.5, CORRELATION);
      const { probabilities } = combine(Array.from({ length: 4 }, () => toPlaces(readings.next().value)))[0]!;
      const confidence = Math.max(probabilities[4]!, probabilities[9]!);
      const bin = bins[Math.max(0, Math.min(4, Math.floor((confidence - 0.5) * 10)))]!;
      bin.claimed += confidence;
      bin.right += Number(probabilities[4]! > probabilities[9]!);
      bin.count++;
    }
    for (const { claimed, right, count } of bins) {
      assert.ok(count > 500);
      close(claimed / count, right / count, 0.035);
    }
  });
});
