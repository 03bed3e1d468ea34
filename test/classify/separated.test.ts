import assert from 'node:assert/strict';
import { acquireClassifier } from '../../lib/engine/classifier';
import type { Prediction } from '../../lib/classify/prediction';
import { picturesOf, chooseReading } from '../../lib/classify/separated';
import { shapeOutcomes } from '../../lib/explain/outcomes';
import type { Trace } from '../../lib/pipeline/trace';
import type { ExtractedDigit, Whole } from '../../lib/extract/digit';
import { extractDigits } from '../../lib/extract/extract';
import type { GreyPicture } from '../../lib/pictures/picture';
import { readText } from '../../lib/pipeline/reader';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { acquireInk } from '../../lib/ink/ink';

const image = (value: number): Uint8Array => new Uint8Array(784).fill(value);
const shape = (x: number, whole?: Whole): ExtractedDigit => ({
  image: image(x),
  box: { x, y: 10, width: 30, height: 40 },
  line: 1,
  ...(whole && { whole }),
});
const whole = (x: number): Whole => ({ image: image(x + 100), box: { x, y: 10, width: 60, height: 40 } });

const sure = (digit: number, confidence: number): Prediction => ({
  digit,
  confidence,
  probabilities: Array.from({ length: 10 }, (_, i) => (i === digit ? confidence : 0)),
  notDigit: 1 - confidence,
});

/** A wide 0 as somebody writes it who does not close it: the pen goes round and stops before it is where it began. */
function openNought(): GreyPicture {
  const width = 320;
  const height = 240;
  const pen = 5;
  const gap = 0.4;
  const data = new Uint8Array(width * height).fill(200);
  for (let turn = gap / 2; turn < 2 * Math.PI - gap / 2; turn += 0.005) {
    const cx = 160 + 60 * Math.sin(turn);
    const cy = 120 - 50 * Math.cos(turn);
    for (let y = -pen; y <= pen; y++)
      for (let x = -pen; x <= pen; x++)
        if (x * x + y * y <= pen * pen) data[Math.round(cy + y) * width + Math.round(cx + x)] = 40;
  }
  return { data, width, height, channels: 1 };
}

describe('digits that may touch', () => {
  const pair = whole(50);
  const digits = [shape(0), shape(50, pair), shape(80, { ...pair, box: { ...pair.box } }), shape(120)];

  it('are shown to the network apart and as one, which is shown once', () => {
    assert.deepEqual(
      picturesOf(digits).map(([first]) => first),
      [0, 50, 80, 120, 150],
    );
    assert.deepEqual(picturesOf([shape(7)]).length, 1);
  });

  it('stay apart where each of them is more surely a digit than both together', () => {
    const { digits: settled, predictions } = chooseReading(digits, [
      sure(4, 0.9),
      sure(1, 0.9),
      sure(7, 0.95),
      sure(3, 0.9),
      sure(0, 0.8),
    ]);
    assert.deepEqual(
      predictions.map(({ digit }) => digit),
      [4, 1, 7, 3],
    );
    assert.deepEqual(
      settled,
      digits.map(({ image: own, box, line }) => ({ image: own, box, line })),
    );
  });

  it('are one where that is more surely one, in the place of the first', () => {
    const { digits: settled, predictions } = chooseReading(digits, [
      sure(4, 0.9),
      sure(1, 0.9),
      sure(7, 0.95),
      sure(3, 0.9),
      sure(0, 0.9),
    ]);
    assert.deepEqual(
      predictions.map(({ digit }) => digit),
      [4, 0, 3],
    );
    assert.deepEqual(settled[1], { image: pair.image, box: pair.box, line: 1 });
  });

  it('are one where one of them is no digit, and stay apart where the whole is none either', () => {
    const judge = (last: Prediction): number =>
      chooseReading(digits, [sure(4, 0.9), sure(1, 0.9), sure(7, 0.1), sure(3, 0.9), last]).digits.length;
    assert.equal(judge(sure(0, 0.6)), 3);
    assert.equal(judge(sure(0, 0.3)), 4);
  });

  it('are decided each by itself', () => {
    const two = [shape(0, whole(0)), shape(30, whole(0)), shape(100, whole(100)), shape(130, whole(100))];
    const { predictions } = chooseReading(two, [
      sure(1, 0.9),
      sure(2, 0.9),
      sure(3, 0.9),
      sure(4, 0.9),
      sure(5, 0.99),
      sure(6, 0.2),
    ]);
    assert.deepEqual(
      predictions.map(({ digit }) => digit),
      [5, 3, 4],
    );
  });
});

describe('an open 0', () => {
  it('could be two digits by its shape, and is read as the one that it is', async () => {
    const picture = openNought();
    const mask = thresholdPicture(picture);
    const parts = extractDigits(mask);
    assert.equal(parts.length, 2);
    assert.equal(parts[0]!.whole, parts[1]!.whole);
    const ink = acquireInk();
    const classifier = acquireClassifier();
    const trace: Trace = {};
    try {
      for (const input of [picture, mask, parts])
        assert.equal((await readText(ink, classifier, input)).reading.text, '0');
      const { reading } = await readText(ink, classifier, picture, { trace });
      const { box } = reading.digits[0]!;
      assert.deepEqual(box, parts[0]!.whole?.box);
      const outcomes = shapeOutcomes(trace);
      assert.deepEqual(
        outcomes.filter(({ outcome }) => outcome === 'digit'),
        [{ box, outcome: 'digit', digit: 0 }],
      );
      for (const { outcome, lostTo } of outcomes)
        if (outcome !== 'digit') assert.deepEqual([outcome, lostTo], ['rival', box]);
    } finally {
      await Promise.all([ink.release(), classifier.release()]);
    }
  });
});
