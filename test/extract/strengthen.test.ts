import assert from 'node:assert/strict';
import { extractDigits } from '../../lib/extract/extract';
import type { Box, Mask } from '../../lib/pictures/picture';

const WIDTH = 320;
const HEIGHT = 240;

/** A 7 of strokes of a pen. */
function seven(pen: number, { x, y, size }: { x: number; y: number; size: number }): Mask {
  const data = new Uint8Array(WIDTH * HEIGHT);
  const bars: Box[] = [
    { x, y, width: size * 0.6, height: pen },
    { x: x + size * 0.6 - pen, y, width: pen, height: size },
  ];
  for (const bar of bars)
    for (let row = bar.y; row < bar.y + bar.height; row++)
      data.fill(255, row * WIDTH + Math.round(bar.x), row * WIDTH + Math.round(bar.x + bar.width));
  return { data, width: WIDTH, height: HEIGHT, channels: 1, mask: true };
}

const inkOf = (image: Uint8Array): number => image.reduce((sum, value) => sum + value, 0) / 255;

describe('the 28×28 picture of a digit', () => {
  const at = { x: 100, y: 60, size: 120 };
  const pictureOf = (pen: number, strengthen?: boolean): Uint8Array => {
    const found = extractDigits(seven(pen, at), strengthen === undefined ? {} : { strengthen });
    assert.equal(found.length, 1);
    return found[0]!.image;
  };

  it('has strokes as thick as those of MNIST, whatever the pen, unless they are to be left as they are', () => {
    const [thin, broad] = [inkOf(pictureOf(4)), inkOf(pictureOf(32))];
    const [thinLeft, broadLeft] = [inkOf(pictureOf(4, false)), inkOf(pictureOf(32, false))];
    assert.ok(thinLeft < thin && broad < broadLeft, `${thinLeft} < ${thin}, ${broad} < ${broadLeft}`);
    assert.ok(broad / thin < broadLeft / thinLeft / 2);
    assert.deepEqual(pictureOf(4, true), pictureOf(4));
  });

  it('keeps four pixels free about the ink, and has it in the middle by its weight', () => {
    const image = pictureOf(10);
    let [left, right, top, bottom, x, y] = [28, 0, 28, 0, 0, 0];
    image.forEach((value, i) => {
      const [column, row] = [i % 28, Math.floor(i / 28)];
      x += (value * (column + 0.5)) / 255 / inkOf(image);
      y += (value * (row + 0.5)) / 255 / inkOf(image);
      if (value < 64) return;
      [left, right] = [Math.min(left, column), Math.max(right, column)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    });
    assert.ok(Math.abs(bottom - top + 1 - 20) <= 1, `${top} to ${bottom}`);
    assert.ok(right - left < 16, `${left} to ${right}`);
    assert.ok(Math.abs(x - 14) < 0.75 && Math.abs(y - 14) < 0.75, `${x}, ${y}`);
  });

  it('is the same wherever the digit stands, and however large it is written', () => {
    const picture = (x: number, y: number, size: number): Uint8Array =>
      extractDigits(seven(size / 12, { x, y, size }))[0]!.image;
    assert.deepEqual(picture(20, 30, 120), picture(180, 90, 120));
    const [small, large] = [picture(20, 30, 60), picture(20, 30, 180)];
    const differing = inkOf(small.map((value, i) => Math.abs(value - large[i]!)));
    assert.ok(differing < inkOf(large) / 5, `${differing} of ${inkOf(large)}`);
  });

  it('has its box in pixels of the frame', () => {
    const [digit] = extractDigits(seven(10, at), { frame: { width: 2 * WIDTH, height: 3 * HEIGHT } });
    assert.deepEqual(digit?.box, { x: 200, y: 180, width: 144, height: 360 });
  });

  it('is there only for what is as high as a digit is to be', () => {
    const count = (minimumSize: number): number => extractDigits(seven(10, at), { minimumSize }).length;
    assert.deepEqual([0, 0.45, 0.55].map(count), [1, 1, 0]);
  });
});
