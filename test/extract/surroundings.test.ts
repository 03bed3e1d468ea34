import assert from 'node:assert/strict';
import { DOUBTS } from '../../lib/extract/doubts';
import { extractCandidates, extractDigits } from '../../lib/extract/extract';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE, type Surroundings } from '../../lib/extract/surroundings';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { drawPage } from '../../support/drawing/page';

/** One channel at a place, as shares of the picture's side. */
function at({ picture }: Surroundings, x: number, y: number, channel: number): number {
  const column = Math.floor(x * SURROUNDINGS_SIZE);
  const row = Math.floor(y * SURROUNDINGS_SIZE);
  return picture[(row * SURROUNDINGS_SIZE + column) * SURROUNDINGS_CHANNELS + channel]!;
}

function surroundingsOf(shape: { surroundings?: Surroundings } | undefined): Surroundings {
  assert.ok(shape?.surroundings);
  return shape.surroundings;
}

describe('surroundings', () => {
  const page = drawPage({ writing: [{ text: '11', x: 200, y: 150, height: 150, pen: 0.15 }] });
  const candidates = extractCandidates(thresholdPicture(page));

  it('show a shape in the middle, its neighbours beside it, and the paper white', () => {
    const left = surroundingsOf(candidates[0]);
    assert.equal(left.picture.length, SURROUNDINGS_SIZE ** 2 * SURROUNDINGS_CHANNELS);
    const middleOf = (channel: number): number =>
      Math.max(...[0.46, 0.48, 0.5, 0.52, 0.54].map((x) => at(left, x, 0.5, channel)));
    assert.ok(middleOf(1) > 200, 'the shape itself');
    assert.ok(at(left, 0.05, 0.5, 0) > 200, 'paper');
    assert.equal(at(left, 0.05, 0.5, 1), 0);
    const row = Array.from({ length: SURROUNDINGS_SIZE }, (_, i) => (i + 0.5) / SURROUNDINGS_SIZE);
    assert.ok(
      row.some((x) => x > 0.55 && at(left, x, 0.5, 2) > 200 && at(left, x, 0.5, 1) === 0),
      'the other 1 is ink, but not of this shape',
    );
  });

  it('mark what lies outside the picture', () => {
    const tight = drawPage({ width: 120, height: 120, writing: [{ text: '7', x: 30, y: 10, height: 100 }] });
    const [seven] = extractCandidates(thresholdPicture(tight));
    const surroundings = surroundingsOf(seven);
    assert.deepEqual(
      [at(surroundings, 0.02, 0.5, 0), at(surroundings, 0.02, 0.5, 1), at(surroundings, 0.02, 0.5, 2)],
      [0, 0, 255],
    );
  });

  it('have finite measures, one of them for the doubt', () => {
    const cut = drawPage({ writing: [{ text: '48', x: 380, y: 150, height: 170 }] });
    const doubtful = extractCandidates(thresholdPicture(cut)).filter(({ doubt }) => doubt !== undefined);
    assert.ok(
      doubtful.some(({ doubt }) => doubt === 'touches the edge'),
      'the 8 is cut by the edge',
    );
    for (const shape of doubtful) {
      const { measures } = surroundingsOf(shape);
      assert.equal(measures.length, MEASURES);
      assert.ok(measures.every((value) => Number.isFinite(value) && Math.abs(value) <= 2));
      assert.deepEqual(
        measures.slice(-DOUBTS.length),
        DOUBTS.map((doubt) => (doubt === shape.doubt ? 1 : 0)),
      );
    }
  });

  it('come with likely shapes first, which are all that extractDigits gives; and not from a mask without grey', () => {
    const mask = thresholdPicture(page);
    assert.deepEqual(
      extractDigits(mask),
      candidates.filter(({ doubt }) => doubt === undefined),
    );
    delete mask.grey;
    assert.ok(extractCandidates(mask).every(({ surroundings }) => surroundings === undefined));
  });
});
