import assert from 'node:assert/strict';
import { ReadingFilter, type FilterOptions } from '../../lib/filter/filter';

/** Judges readings one after the other: `accepted`, or the reason why not. */
function judge(options: Partial<FilterOptions>, ...readings: [text: string, confidence: number][]): string[] {
  const filter = new ReadingFilter(options);
  return readings.map(([text, confidence]) => {
    const verdict = filter.judge(text, confidence);
    return verdict.accepted ? 'accepted' : verdict.reason;
  });
}

describe('ReadingFilter', () => {
  it('lets readings pass from the minimum confidence on', () => {
    assert.deepEqual(judge({ minimumConfidence: 0.8 }, ['7', 0.8], ['7', 1]), ['accepted', 'accepted']);
  });

  it('says how far an unsure reading is off, and never rounds it up to the minimum', () => {
    assert.deepEqual(judge({ minimumConfidence: 0.8 }, ['7', 0.5], ['7', 0.79999]), ['confidence 0.5 is below 0.8', 'confidence 0.799 is below 0.8']);
  });

  it('rejects an empty reading, whatever the minimum', () => {
    assert.deepEqual(judge({ minimumConfidence: 0 }, ['', 0]), ['nothing found']);
  });

  it('waits for equal readings in a row, then lets each one pass', () => {
    assert.deepEqual(judge({ inARow: 3 }, ['7', 1], ['7', 1], ['7', 1], ['7', 1]), ['reading 1 of 3 equal ones', 'reading 2 of 3 equal ones', 'accepted', 'accepted']);
  });

  for (const [what, between] of [['a different', ['1', 1]], ['an unsure', ['7', 0.1]], ['an empty', ['', 0]]] as const) {
    it(`starts the row anew after ${what} reading`, () => {
      const verdicts = judge({ inARow: 2 }, ['7', 1], [...between], ['7', 1], ['7', 1]);
      assert.deepEqual(verdicts.slice(2), ['reading 1 of 2 equal ones', 'accepted']);
    });
  }

  it('holds back what has not changed, if wanted', () => {
    assert.deepEqual(judge({ onlyOnChange: true }, ['7', 1], ['7', 1], ['8', 1], ['7', 1]), ['accepted', 'unchanged', 'accepted', 'accepted']);
  });

  it('forgets the last reading after an empty one, not after an unsure one', () => {
    assert.deepEqual(judge({ onlyOnChange: true }, ['7', 1], ['7', 0.1], ['7', 1], ['', 0], ['7', 1]),
      ['accepted', 'confidence 0.1 is below 0.8', 'unchanged', 'nothing found', 'accepted']);
  });

  it('counts the row first where both are wanted', () => {
    assert.deepEqual(judge({ inARow: 2, onlyOnChange: true }, ['7', 1], ['7', 1], ['7', 1], ['1', 1], ['7', 1], ['7', 1]),
      ['reading 1 of 2 equal ones', 'accepted', 'unchanged', 'reading 1 of 2 equal ones', 'reading 1 of 2 equal ones', 'unchanged']);
  });

  for (const minimumConfidence of [-0.1, 1.1, NaN]) {
    it(`refuses a minimum confidence of ${minimumConfidence}`, () => {
      assert.throws(() => new ReadingFilter({ minimumConfidence }), /minimum confidence to be a number from 0 to 1, got/);
    });
  }

  for (const inARow of [0, 1.5, NaN]) {
    it(`refuses ${inARow} equal readings in a row`, () => {
      assert.throws(() => new ReadingFilter({ inARow }), /whole number above 0, got/);
    });
  }
});
