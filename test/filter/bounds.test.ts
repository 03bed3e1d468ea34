import assert from 'node:assert/strict';
import { combine, isSameWriting, leastCertain, toPlaces, type Place } from '../../lib/filter/evidence';
import { ReadingFilter } from '../../lib/filter/filter';

const reading = (text: string, confidence: number): { text: string; confidence: number } => ({ text, confidence });

describe('the bounds of the filter', () => {
  it('are a minimum from 0 to 1, both of which it takes', () => {
    assert.deepEqual(new ReadingFilter({ minimumConfidence: 0 }).judge(reading('7', 0)), {
      accepted: true,
      confidence: 0,
    });
    assert.deepEqual(new ReadingFilter({ minimumConfidence: 1 }).judge(reading('7', 1)), {
      accepted: true,
      confidence: 1,
    });
    assert.equal(new ReadingFilter({ minimumConfidence: 1 }).judge(reading('7', 0.999)).accepted, false);
    for (const minimumConfidence of [-0.001, 1.001])
      assert.throws(() => new ReadingFilter({ minimumConfidence }), RangeError);
  });

  it('are a whole number of readings, from one on', () => {
    assert.equal(new ReadingFilter({ inARow: 1 }).judge(reading('7', 0.9)).accepted, true);
    for (const inARow of [0, 1.5]) assert.throws(() => new ReadingFilter({ inARow }), RangeError);
  });
});

/** A line of digits, each of a box of 20 × 40, from a place on. */
function line(count: number, { x = 0, y = 0, size = 1, number = 0 } = {}): Place[] {
  return Array.from({ length: count }, (_, i) => ({
    digit: 7,
    probabilities: Array.from({ length: 11 }, (__, digit) => (digit === 7 ? 0.9 : 0.01)),
    line: number,
    box: { x: (x + 30 * i) * size, y: y * size, width: 20 * size, height: 40 * size },
  }));
}

describe('the same writing', () => {
  it('may stand anywhere and be of any size, but for how its digits stand to each other', () => {
    const digits = line(3);
    assert.ok(isSameWriting(digits, line(3, { x: 400, y: -90 })));
    assert.ok(isSameWriting(digits, line(3, { size: 2.5 })));
    assert.ok(!isSameWriting(digits, line(4)));
    assert.ok(!isSameWriting(digits, line(3, { number: 1 })));
    const further = [...line(2), ...line(1, { x: 140 })];
    assert.ok(!isSameWriting(digits, further));
    const lower = [...line(2), ...line(1, { x: 60, y: 60 })];
    assert.ok(!isSameWriting(digits, lower));
  });

  it('is not ruled out where it is not known where the digits stand', () => {
    assert.ok(isSameWriting(toPlaces(reading('777', 0.9)), line(3)));
  });
});

describe('the evidence of several frames', () => {
  const of = (seven: number, one: number): Place[] => [
    {
      digit: 7,
      probabilities: Array.from({ length: 11 }, (_, d) => (d === 7 ? seven : d === 1 ? one : (1 - seven - one) / 9)),
      line: 0,
    },
  ];

  it('is surer than each of them where they agree, sums to 1, and grows less with each further one', () => {
    const sure = [1, 2, 3, 4].map((count) => {
      const { probabilities } = combine(Array.from({ length: count }, () => of(0.8, 0.1)))[0]!;
      assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
      return probabilities[7]!;
    });
    const steps = sure.slice(1).map((value, i) => value - sure[i]!);
    assert.ok(steps[0]! > steps[1]! && steps[1]! > steps[2]! && steps[2]! > 0, String(sure));
    // Frames of the same ink are worth less than as many others: two independent ones would be as sure as this.
    assert.ok(sure[1]! < 0.64 / (0.64 + 0.01 + 9 * 0.0001));
  });

  it('is not overturned by one frame that is quite sure of something else', () => {
    const { probabilities } = combine([of(0.9, 0.05), of(0.9, 0.05), of(0, 1), of(0.9, 0.05)])[0]!;
    assert.ok(probabilities[7]! > probabilities[1]!);
  });

  it('has the digits of the newest frame, and names the least certain place', () => {
    const older = [...of(0.9, 0.02), ...of(0.6, 0.3)];
    const newest = older.map((place) => ({ ...place, line: 4 }));
    const places = combine([older, newest]);
    assert.deepEqual(
      places.map(({ digit, line: number }) => [digit, number]),
      [
        [7, 4],
        [7, 4],
      ],
    );
    const { index, confidence } = leastCertain(places);
    assert.deepEqual([index, confidence], [1, places[1]?.probabilities[7]]);
  });

  it('is that of the reading alone where the digits do not fit it', () => {
    const [a, b] = toPlaces({ text: '4\n2', confidence: 0.9, digits: [{ digit: 4 }] });
    assert.ok(a && b);
    assert.deepEqual([a.digit, a.line, b.digit, b.line], [4, 0, 2, 1]);
    for (const { digit, probabilities } of [a, b]) {
      assert.equal(probabilities.length, 11);
      assert.equal(probabilities[digit], 0.9);
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p) - 1) < 1e-9);
    }
  });
});
