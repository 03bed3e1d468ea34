import assert from 'node:assert/strict';
import sharp from 'sharp';
import { drawContactSheet, type SheetCell } from '../../lib/explain/contact-sheet';

const cell = (value: number, lines?: string[]): SheetCell => ({
  image: new Uint8Array(784).fill(value),
  ...(lines && { lines }),
});

describe('drawContactSheet', () => {
  it('puts the pictures side by side, enlarged', async () => {
    const png = await drawContactSheet([cell(0), cell(100), cell(200)], { columns: 2, enlarged: 3 });
    const { data, info } = await sharp(png)
      .greyscale()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [8 + 2 * (84 + 8), 8 + 2 * (84 + 8), 1]);
    const count = (value: number): number => data.filter((pixel) => pixel === value).length;
    assert.deepEqual([0, 100, 200].map(count), [84 * 84, 84 * 84, 84 * 84]);
    assert.equal(data[(8 + 40) * info.width + 8 + 92 + 40], 100);
  });

  it('writes what is to be said below, and a title above', async () => {
    const bare = await sharp(await drawContactSheet([cell(255)])).metadata();
    const png = await drawContactSheet([cell(255, ['7', '<98 %>'])], { title: 'Mistakes & more' });
    const { width, height } = await sharp(png).metadata();
    assert.ok(height > bare.height + 40 && width > bare.width);
    const ink = async (top: number, rows: number): Promise<boolean> =>
      (await sharp(png).extract({ left: 0, top, width, height: rows }).raw().toBuffer()).some((value) => value < 200);
    assert.deepEqual([await ink(0, 30), await ink(34, 50), await ink(height - 36, 36)], [true, false, true]);
  });

  it('is about as wide as it is high, and may be empty', async () => {
    const { width, height } = await sharp(
      await drawContactSheet(Array.from({ length: 100 }, () => cell(0, ['1']))),
    ).metadata();
    assert.ok(width / height > 0.7 && width / height < 1.4, `${width} × ${height}`);
    assert.equal((await sharp(await drawContactSheet([], { title: 'None' })).metadata()).format, 'png');
  });
});
