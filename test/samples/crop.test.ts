import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Box, RawPicture } from '../../lib/pictures/picture';
import { cropDigit } from '../../lib/samples/crop';

/** Each pixel tells where it is: red by column, green by row. */
const WIDTH = 200;
const HEIGHT = 160;
const picture: RawPicture = {
  data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % WIDTH, Math.floor(pixel / WIDTH), 255][i % 3]!;
  }),
  width: WIDTH,
  height: HEIGHT,
  channels: 3,
};

/** The part of the picture that a crop shows. */
async function shown(box: Box, frame?: { width: number; height: number }): Promise<Box> {
  const png = await cropDigit(picture, box, frame);
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { x: data[0]!, y: data[1]!, width: info.width, height: info.height };
}

describe('the crop of a digit', () => {
  it('shows a quarter of its longer side about it', async () => {
    assert.deepEqual(await shown({ x: 50, y: 60, width: 20, height: 40 }), { x: 40, y: 50, width: 40, height: 60 });
    assert.deepEqual(await shown({ x: 50, y: 60, width: 40, height: 20 }), { x: 40, y: 50, width: 60, height: 40 });
  });

  it('ends where the picture does', async () => {
    assert.deepEqual(await shown({ x: 0, y: 140, width: 20, height: 20 }), { x: 0, y: 135, width: 25, height: 25 });
    assert.deepEqual(await shown({ x: 180, y: 0, width: 20, height: 20 }), { x: 175, y: 0, width: 25, height: 25 });
  });

  it('takes a box in pixels of a larger or smaller frame', async () => {
    const box = { x: 50, y: 60, width: 20, height: 40 };
    const expected = { x: 40, y: 50, width: 40, height: 60 };
    const twice = Object.fromEntries(Object.entries(box).map(([name, value]) => [name, value * 2])) as unknown as Box;
    assert.deepEqual(await shown(twice, { width: 2 * WIDTH, height: 2 * HEIGHT }), expected);
    const higher = { ...box, y: 30, height: 20 };
    assert.deepEqual(await shown(higher, { width: WIDTH, height: HEIGHT / 2 }), expected);
  });

  it('is no larger than 256 pixels, and no larger than it was seen', async () => {
    const large = { data: new Uint8Array(1000 * 600), width: 1000, height: 600, channels: 1 };
    const sizeOf = async (box: Box): Promise<[number, number]> => {
      const { width, height } = await sharp(await cropDigit(large, box, undefined)).metadata();
      return [width, height];
    };
    assert.deepEqual(await sizeOf({ x: 300, y: 100, width: 200, height: 400 }), [171, 256]);
    assert.deepEqual(await sizeOf({ x: 300, y: 200, width: 100, height: 100 }), [150, 150]);
  });

  it('is refused where the box lies outside', async () => {
    for (const box of [
      { x: 300, y: 10, width: 20, height: 20 },
      { x: 10, y: -80, width: 20, height: 20 },
    ])
      await assert.rejects(cropDigit(picture, box, undefined), RangeError);
  });
});
