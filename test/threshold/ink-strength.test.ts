import assert from 'node:assert/strict';
import type { GreyPicture } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';

const WIDTH = 320;
const HEIGHT = 240;

/** Paper as bright as `paperAt` says, with a row of bars that let through so much of its light. */
function barsOn(paperAt: (x: number, y: number) => number, through: readonly number[]): GreyPicture {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const bar = barAt(x, y, through.length);
    return Math.round(paperAt(x, y) * (bar === undefined ? 1 : through[bar]!));
  });
  return { data, width: WIDTH, height: HEIGHT, channels: 1 };
}

/** Which bar a pixel lies in: each is 4 wide and 60 high. */
function barAt(x: number, y: number, count: number): number | undefined {
  const step = WIDTH / count;
  const bar = Math.floor(x / step);
  return y >= 90 && y < 150 && Math.abs(x - (bar + 0.5) * step) < 2 ? bar : undefined;
}

/** Least and greatest strength of the ink in each bar, and the greatest beside them. */
function strengths(picture: GreyPicture, count: number): { bars: [number, number][]; paper: number } {
  const { ink = new Uint8Array() } = thresholdPicture(picture, { method: 'fixed', polarity: 'dark' });
  const bars = Array.from({ length: count }, (): [number, number] => [255, 0]);
  let paper = 0;
  ink.forEach((strength, i) => {
    const bar = barAt(i % WIDTH, Math.floor(i / WIDTH), count);
    if (bar === undefined) paper = Math.max(paper, strength);
    else bars[bar] = [Math.min(bars[bar]![0], strength), Math.max(bars[bar]![1], strength)];
  });
  return { bars, paper };
}

const THROUGH = [0, 0.2, 0.4, 0.6, 0.8];

describe('the strength of ink', () => {
  const LIGHTS: Record<string, (x: number, y: number) => number> = {
    'bright paper': () => 240,
    'dim paper': () => 100,
    'paper that is lit from the left': (x) => 240 - x / 4,
    'paper that is lit from below': (_, y) => 120 + y / 3,
  };
  for (const [name, paperAt] of Object.entries(LIGHTS)) {
    it(`is the share of the light that it swallows: ${name}`, () => {
      const { bars, paper } = strengths(barsOn(paperAt, THROUGH), THROUGH.length);
      for (const [i, [least, greatest]] of bars.entries()) {
        const expected = 255 * (1 - THROUGH[i]!);
        assert.ok(
          Math.abs(least - expected) < 8 && Math.abs(greatest - expected) < 8,
          `${least} to ${greatest} for ${expected}`,
        );
      }
      assert.ok(paper < 8, `${paper} on bare paper`);
    });
  }

  it('is the same of light ink on dark paper', () => {
    const dark = barsOn(() => 230, THROUGH);
    const light = { ...dark, data: dark.data.map((value) => 255 - value) };
    const [a, b] = [
      thresholdPicture(dark, { method: 'fixed', polarity: 'dark' }),
      thresholdPicture(light, { method: 'fixed', polarity: 'light' }),
    ];
    assert.deepEqual(b.ink, a.ink);
    assert.deepEqual(b.grey, dark.data);
    assert.deepEqual(b.background, a.background);
  });

  it('is told by a plain level, too: what is darker than that is ink', () => {
    const picture = barsOn(() => 240, THROUGH);
    for (const level of [0, 48, 49, 96, 97, 200]) {
      const { data } = thresholdPicture(picture, { method: 'fixed', polarity: 'dark', level });
      assert.deepEqual(
        data,
        picture.data.map((value) => (value < level ? 255 : 0)),
        `level ${level}`,
      );
    }
  });
});
