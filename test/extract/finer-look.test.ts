import assert from 'node:assert/strict';
import type { ExtractedDigit } from '../../lib/extract/digit';
import { finerRegion, isWithin, withFiner } from '../../lib/extract/finer-look';
import { readDigits } from '../../lib/pipeline/reader';
import { acquireInk, type InkReader } from '../../lib/ink/ink';
import { jpeg } from '../../support/drawn-pictures';

const WIDTH = 2560;
const HEIGHT = 1920;
const SEEN = { width: 640, height: 480 };

function digit(x: number, y: number, size: number, more: Partial<ExtractedDigit> = {}): ExtractedDigit {
  return { image: new Uint8Array(784), box: { x, y, width: size / 2, height: size }, line: 0, ...more };
}

describe('a finer look', () => {
  const whole = { width: WIDTH, height: HEIGHT };

  it('is taken where small writing stands on a large picture', () => {
    const region = finerRegion([digit(1000, 500, 60), digit(1060, 510, 60), digit(200, 200, 400)], whole, SEEN);
    assert.deepEqual(region, { x: 880, y: 380, width: 330, height: 310 });
  });

  for (const [name, found, size] of [
    ['there is nothing', [], whole],
    ['writing is large', [digit(1000, 500, 300)], whole],
    ['the picture came as small', [digit(200, 100, 15)], SEEN],
    ['small writing stands all over the picture', [digit(30, 30, 60), digit(2400, 1800, 60)], whole],
    ['large writing stands beside it', [digit(1000, 500, 60), digit(1060, 400, 300)], whole],
    [
      'large writing stands beside it, and more elsewhere',
      [digit(1000, 500, 60), digit(1060, 400, 300), digit(100, 100, 300)],
      whole,
    ],
    ['only a closer look sees something small', [digit(1000, 500, 60, { doubt: 'closer look' })], whole],
    ['what is small is hardly writing', [digit(1000, 500, 60, { doubt: 'texture' })], whole],
  ] as [string, ExtractedDigit[], { width: number; height: number }][]) {
    it(`is not taken where ${name}`, () => {
      assert.equal(finerRegion(found, size, SEEN), undefined);
    });
  }

  it('is of what has its middle in the region', () => {
    const region = { x: 100, y: 200, width: 50, height: 40 };
    const at = (x: number, y: number): boolean => isWithin({ x: x - 10, y: y - 15, width: 20, height: 30 }, region);
    assert.deepEqual([at(100, 200), at(149, 239), at(125, 220)], [true, true, true]);
    assert.deepEqual([at(99, 220), at(150, 220), at(125, 199), at(125, 240)], [false, false, false, false]);
  });

  it('takes the place of what had been there, in reading order', () => {
    const found = [digit(100, 500, 300), digit(1000, 500, 60), digit(1000, 500, 60, { doubt: 'closer look' })];
    const region = { x: 900, y: 400, width: 400, height: 400 };
    const part = { of: { x: 50, y: 100, width: 70, height: 60 }, first: 0, last: 1 };
    const finer = [digit(180, 620 - 400, 60), digit(100, 100, 60), digit(50, 100, 60, { doubt: 'part', part })];
    const placed = withFiner(found, finer, region).map(({ box: { x, y }, line, doubt, part: { of } = {} }) => ({
      x,
      y,
      line,
      doubt,
      of,
    }));
    assert.deepEqual(placed, [
      { x: 100, y: 500, line: 0, doubt: undefined, of: undefined },
      { x: 1000, y: 500, line: 0, doubt: undefined, of: undefined },
      { x: 1080, y: 620, line: 0, doubt: undefined, of: undefined },
      { x: 950, y: 500, line: 1, doubt: 'part', of: { x: 950, y: 500, width: 70, height: 60 } },
    ]);
  });

  describe('at a real picture', () => {
    let ink: InkReader;
    before(() => {
      ink = acquireInk();
    });
    after(() => ink.release());

    it('finds digits where they are, of more pixels than before', async () => {
      const text = '407';
      const x = 1500;
      const y = 800;
      const height = 60;
      const picture = await jpeg({ width: WIDTH, height: HEIGHT, writing: [{ text, x, y, height }], seed: 7 });
      const { digits } = await readDigits(ink, picture);
      const likely = digits.filter(({ doubt }) => doubt === undefined);
      assert.equal(likely.length, 3);
      for (const { box } of likely) {
        assert.ok(box.x > x - height && box.x < x + 4 * height, JSON.stringify(box));
        assert.ok(Math.abs(box.y - y) < height / 2 && Math.abs(box.height - height) < height / 4, JSON.stringify(box));
      }
    });
  });
});
