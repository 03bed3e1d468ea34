import assert from 'node:assert/strict';
import { findWritten } from '../../lib/segmentation/written';

const WIDTH = 320;
const HEIGHT = 240;
const isStroke = (x: number, y: number): boolean =>
  (x >= 120 && x < 180 && y >= 70 && y < 77) || (y >= 70 && y < 160 && Math.abs(x - (176 - (y - 70) * 0.4)) < 3.5);

/** A seven of a pen 7 pixels wide, on squared paper. */
function page(ink: number, line: number, paper: number): { data: Uint8Array; width: number; height: number } {
  const data = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, at++) data[at] = isStroke(x, y) ? ink : x % 20 < 1 || y % 20 < 1 ? line : paper;
  }
  return { data, width: WIDTH, height: HEIGHT };
}

/** Of the pixels in and outside the strokes the shares that a mask takes for ink. */
function shares(mask: Uint8Array): { stroke: number; rest: number } {
  const all = { stroke: 0, rest: 0 };
  const found = { stroke: 0, rest: 0 };
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, at++) {
      const kind = isStroke(x, y) ? 'stroke' : 'rest';
      all[kind]++;
      if (mask[at] !== 0) found[kind]++;
    }
  }
  return { stroke: found.stroke / all.stroke, rest: found.rest / all.rest };
}

describe('what is written', () => {
  for (const [polarity, picture] of [
    ['dark', page(50, 150, 210)],
    ['light', page(205, 105, 45)],
  ] as const) {
    it(`is told from the lines of the paper, ${polarity} ink`, () => {
      const mask = findWritten(picture).masks.find((each) => each.polarity === polarity)?.mask;
      assert.ok(mask, 'there is no such mask');
      const { stroke, rest } = shares(mask);
      assert.ok(stroke > 0.8, `of the strokes ${stroke.toFixed(2)} is found`);
      assert.ok(rest < 0.02, `of the rest ${rest.toFixed(3)} is taken for ink`);
    });
  }

  it('is nothing on bare paper', () => {
    const data = new Uint8Array(WIDTH * HEIGHT).fill(200);
    const { masks, mayBe } = findWritten({ data, width: WIDTH, height: HEIGHT });
    assert.deepEqual(masks, []);
    assert.equal(mayBe(100, 100), false);
  });
});
