import assert from 'node:assert/strict';
import type { FrameReading } from '../../lib/filter/evidence';
import { ReadingFilter, type FilterOptions, type Verdict } from '../../lib/filter/filter';
import { Random } from '../../lib/random';
import { frame, NOTHING, unclearFour } from './streams-of-frames';

type Frame = FrameReading | string;

/** Judges readings one after the other, plain texts as sure ones: `accepted`, or the reason why not. */
function judge(options: Partial<FilterOptions>, ...readings: Frame[]): string[] {
  const filter = new ReadingFilter(options);
  return readings.map((reading) => {
    const verdict = filter.judge(toReading(reading));
    return verdict.accepted ? 'accepted' : verdict.reason;
  });
}

function toReading(reading: Frame): FrameReading {
  if (typeof reading !== 'string') return reading;
  return reading === '' ? NOTHING : frame(Array.from(reading, (digit) => ({ [digit]: 0.99 })));
}

const four = (p: number): FrameReading => frame([{ 4: p, 9: 1 - p }]);
const bare = (text: string, confidence: number): FrameReading => ({ text, confidence });
const OTHER_WRITING: FrameReading = { ...NOTHING, otherWriting: true };

describe('ReadingFilter', () => {
  describe('for single readings', () => {
    it('lets readings pass from the minimum confidence on, as sure as they came', () => {
      const filter = new ReadingFilter({ minimumConfidence: 0.8 });
      for (const confidence of [0.8, 0.9, 1])
        assert.deepEqual(filter.judge(bare('7', confidence)), { accepted: true, confidence });
    });

    it('names the two digits between which it is unsure', () => {
      assert.deepEqual(judge({ minimumConfidence: 0.8 }, four(0.7), four(0.4)), [
        'unsure between 4 and 9',
        'unsure between 9 and 4',
      ]);
    });

    it('names the place where there are several digits', () => {
      assert.deepEqual(judge({}, frame([{ 1: 0.9 }, { 4: 0.6, 9: 0.4 }, { 7: 0.7, 1: 0.3 }])), [
        'unsure between 4 and 9 at digit 2',
      ]);
    });

    it('doubts whether it is a digit', () => {
      assert.deepEqual(judge({}, frame([{ 1: 0.6, 7: 0.1 }])), ['unsure between 1 and no digit']);
    });

    it('gives the confidence where it does not know the digits, and never rounds it up to the minimum', () => {
      assert.deepEqual(judge({ minimumConfidence: 0.8 }, bare('7', 0.5), bare('7', 0.79999)), [
        'confidence 0.5 is below 0.8',
        'confidence 0.799 is below 0.8',
      ]);
    });

    it('rejects an empty reading, whatever the minimum, and tells other writing', () => {
      assert.deepEqual(judge({ minimumConfidence: 0 }, '7', '', OTHER_WRITING), [
        'accepted',
        'nothing found',
        'looks like other writing',
      ]);
    });

    it('judges each by itself', () => {
      assert.deepEqual(judge({}, '4', '9', '4', '', '4'), [
        'accepted',
        'accepted',
        'accepted',
        'nothing found',
        'accepted',
      ]);
    });
  });

  describe('for several in a row', () => {
    it('waits until as many agree, then lets each one pass', () => {
      assert.deepEqual(judge({ inARow: 3 }, '407', '407', '407', '407'), [
        'reading 1 of 3',
        'reading 2 of 3',
        'accepted',
        'accepted',
      ]);
    });

    it('makes a sure reading of several fairly sure ones, and says how sure', () => {
      const filter = new ReadingFilter({ inARow: 3, minimumConfidence: 0.8 });
      const verdicts = [0.76, 0.78, 0.77].map((p) => filter.judge(four(p)));
      assert.deepEqual(
        verdicts.map(({ accepted }) => accepted),
        [false, false, true],
      );
      const { confidence } = verdicts[2] as Verdict & { accepted: true };
      assert.ok(confidence > 0.8 && confidence < 0.9, String(confidence));
    });

    it('stays unsure where the frames together are', () => {
      assert.deepEqual(judge({ inARow: 2 }, four(0.55), four(0.6)), ['reading 1 of 2', 'unsure between 4 and 9']);
    });

    it('never accepts a digit that flickers', () => {
      assert.deepEqual(judge({ inARow: 2 }, '4', '9', '4', '9', '4', '9'), [
        'reading 1 of 2',
        'unsteady: 4, 9',
        'unsteady: 4, 9, 4',
        'unsteady: 9, 4, 9',
        'unsteady: 4, 9, 4',
        'unsteady: 9, 4, 9',
      ]);
    });

    it('makes up for a slip with one frame more', () => {
      for (const slip of ['9', '', '44', OTHER_WRITING]) {
        const verdicts = judge({ inARow: 3 }, '4', '4', slip, '4', '4');
        assert.deepEqual([verdicts[3]!.startsWith('unsteady: 4, 4, '), verdicts[4]], [true, 'accepted']);
      }
    });

    it('takes another digit count as a disagreement, not as evidence', () => {
      assert.deepEqual(judge({ inARow: 2 }, '407', '40', '407', '407'), [
        'reading 1 of 2',
        'unsteady: 407, 40',
        'unsteady: 407, 40, 407',
        'accepted',
      ]);
    });

    it('notices a change at once, whatever stood there for long', () => {
      assert.deepEqual(judge({ inARow: 3 }, '4', '4', '4', '4', '4', '9', '9', '9').slice(5), [
        'unsteady: 4, 4, 4, 4, 9',
        'unsteady: 4, 4, 4, 9, 9',
        'accepted',
      ]);
    });

    it('begins without a grudge against an empty sheet', () => {
      assert.deepEqual(judge({ inARow: 3 }, '', '', '', '', '4', '4', '4').slice(4), [
        'reading 1 of 3',
        'reading 2 of 3',
        'accepted',
      ]);
    });

    it('writes lines and empty frames into one line', () => {
      const lines = frame([{ 4: 1 }, { 7: 1 }], { line: (i) => i });
      assert.deepEqual(judge({ inARow: 3 }, lines, '', lines)[2], 'unsteady: 4 / 7, nothing, 4 / 7');
    });

    it('works on readings without digits', () => {
      assert.deepEqual(judge({ inARow: 2, minimumConfidence: 0.8 }, bare('7', 0.7), bare('7', 0.7)), [
        'reading 1 of 2',
        'accepted',
      ]);
    });

    it('decides sooner than counting sure readings does, accepts more, and is wrong no more often', () => {
      const combining = decide(() => {
        const filter = new ReadingFilter({ inARow: 4, minimumConfidence: 0.96 });
        return (reading) => filter.judge(reading).accepted;
      });
      const counting = decide(() => countSure({ inARow: 3, minimumConfidence: 0.85 }));
      assert.ok(
        combining.accepted > counting.accepted,
        `${combining.accepted} accepted, counting ${counting.accepted}`,
      );
      assert.ok(combining.wrong <= counting.wrong, `${combining.wrong} wrong, counting ${counting.wrong}`);
      assert.ok(combining.frames < 0.8 * counting.frames, `${combining.frames} frames, counting ${counting.frames}`);
    });
  });

  describe('only on change', () => {
    it('speaks a reading once', () => {
      assert.deepEqual(judge({ onlyOnChange: true }, '7', '7', '8', '7'), [
        'accepted',
        'unchanged',
        'accepted',
        'accepted',
      ]);
    });

    it('notices that it has gone, and speaks it anew when it is back', () => {
      assert.deepEqual(judge({ onlyOnChange: true }, '7', bare('7', 0.1), '7', '', '', '7'), [
        'accepted',
        'confidence 0.1 is below 0.8',
        'unchanged',
        'gone: 7',
        'nothing found',
        'accepted',
      ]);
    });

    it('says only of what it has spoken that it has gone', () => {
      assert.deepEqual(judge({ onlyOnChange: true }, bare('7', 0.1), '').at(-1), 'nothing found');
    });

    it('sees through dropped frames when it waits for several', () => {
      assert.deepEqual(
        judge({ onlyOnChange: true, inARow: 2 }, '7', '7', '', '7', '7', '', OTHER_WRITING, '', '7', '7'),
        [
          'reading 1 of 2',
          'accepted',
          'nothing found',
          'unsteady: 7, nothing, 7',
          'unchanged',
          'nothing found',
          'gone: 7',
          'nothing found',
          'reading 1 of 2',
          'accepted',
        ],
      );
    });

    it('does not speak anew after a flicker', () => {
      assert.deepEqual(judge({ onlyOnChange: true, inARow: 2 }, '7', '7', '1', '7', '7', '7').slice(2), [
        'unsteady: 7, 7, 1',
        'unsteady: 7, 1, 7',
        'unchanged',
        'unchanged',
      ]);
    });
  });

  for (const minimumConfidence of [-0.1, 1.1, NaN]) {
    it(`refuses a minimum confidence of ${minimumConfidence}`, () => {
      assert.throws(
        () => new ReadingFilter({ minimumConfidence }),
        /minimum confidence to be a number from 0 to 1, got/,
      );
    });
  }

  for (const inARow of [0, 1.5, NaN]) {
    it(`refuses ${inARow} equal readings in a row`, () => {
      assert.throws(() => new ReadingFilter({ inARow }), /whole number above 0, got/);
    });
  }
});

/** Shows two thousand unclear fours, each until it is decided what it is, or for 40 frames. */
function decide(newFilter: () => (reading: FrameReading) => boolean): {
  accepted: number;
  wrong: number;
  frames: number;
} {
  const seen = { accepted: 0, wrong: 0, frames: 0 };
  for (let seed = 0; seed < 2000; seed++) {
    const accepts = newFilter();
    const readings = unclearFour(new Random(7, seed), 2, 0.2);
    for (let i = 0; i < 40; i++) {
      const reading = readings.next().value;
      seen.frames++;
      if (!accepts(reading)) continue;
      seen.accepted++;
      seen.wrong += Number(reading.text !== '4');
      break;
    }
  }
  return seen;
}

/** The rule that evidence has to beat: so many equal readings running, each of them sure. */
function countSure({
  inARow,
  minimumConfidence,
}: Pick<FilterOptions, 'inARow' | 'minimumConfidence'>): (reading: FrameReading) => boolean {
  let row = 0;
  let last = '';
  return ({ text, confidence }) => {
    row = confidence < minimumConfidence ? 0 : text === last ? row + 1 : 1;
    last = text;
    return row >= inARow;
  };
}
