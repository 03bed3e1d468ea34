import assert from 'node:assert/strict';
import type { Judgement } from '../../lib/evaluate/digits';
import { thresholdFor } from '../../lib/evaluate/threshold';
import { NOT_A_DIGIT } from '../../lib/digit';

/** Readings of a 3; "!" before a confidence is for one that was read as an 8. */
function readings(confidences: string): { judgements: Judgement[]; labels: number[] } {
  const judgements = confidences
    .split(' ')
    .map((text) => ({ read: text.startsWith('!') ? 8 : 3, confidence: Number(text.replace('!', '')) }));
  return { judgements, labels: judgements.map(() => 3) };
}

describe('thresholdFor', () => {
  const cases: [
    confidences: string,
    wanted: number,
    minimum: number | null,
    precision: number | null,
    coverage: number,
  ][] = [
    // Everything passes where everything is right.
    ['0.5 0.9', 1, 0, 1, 1],
    ['0.5 !0.6 0.9', 0.6, 0, 2 / 3, 1],
    // Above the mistake, with as few decimals as part them.
    ['0.5 !0.6 0.9', 1, 0.7, 1, 1 / 3],
    ['!0.8512 0.8534 0.9', 1, 0.852, 1, 2 / 3],
    ['!0.8512 0.85121 0.9', 1, 0.85121, 1, 2 / 3],
    // The lowest that is good enough, though there is a worse stretch above it.
    ['0.5 0.5 0.5 0.6 !0.7 !0.7 0.9', 0.7, 0, 5 / 7, 1],
    ['!0.1 0.5 0.5 0.5 0.6 !0.7 0.9 0.95', 0.85, 0.2, 6 / 7, 7 / 8],
    // A right and a wrong one of the same confidence cannot be parted.
    ['0.9 !0.9 0.5', 1, null, null, 0],
    ['0.99 0.9 !0.9', 1, 0.91, 1, 1 / 3],
    ['!0.9 !0.8', 0.5, null, null, 0],
    ['!1 1 1', 0.6, 0, 2 / 3, 1],
  ];
  for (const [confidences, wanted, minimumConfidence, precision, coverage] of cases) {
    it(`is ${minimumConfidence} for ${wanted} of ${confidences}`, () => {
      const { judgements, labels } = readings(confidences);
      assert.deepEqual(thresholdFor(judgements, labels, wanted), { wanted, minimumConfidence, precision, coverage });
    });
  }

  it('lets nothing pass that is taken for no digit, and counts what is none as wrong', () => {
    const none = { read: NOT_A_DIGIT, confidence: 0.99 };
    assert.deepEqual(thresholdFor([none, none, { read: 3, confidence: 0.8 }], [3, NOT_A_DIGIT, 3], 1), {
      wanted: 1,
      minimumConfidence: 0,
      precision: 1,
      coverage: 1 / 3,
    });
    assert.equal(
      thresholdFor(
        [
          { read: 3, confidence: 0.8 },
          { read: 3, confidence: 0.9 },
        ],
        [NOT_A_DIGIT, 3],
        1,
      ).minimumConfidence,
      0.9,
    );
  });

  it('parts what the filter parts, on many random readings', () => {
    let seed = 5;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 50; round++) {
      const judgements = Array.from({ length: 200 }, () => {
        const confidence = random();
        return { read: random() < confidence ? 3 : 8, confidence };
      });
      const { minimumConfidence, precision, coverage } = thresholdFor(
        judgements,
        judgements.map(() => 3),
        0.9,
      );
      const passed = judgements.filter(
        ({ confidence }) => minimumConfidence !== null && confidence >= minimumConfidence,
      );
      assert.equal(passed.length / 200, coverage);
      if (precision !== null) assert.equal(passed.filter(({ read }) => read === 3).length / passed.length, precision);
    }
  });
});
