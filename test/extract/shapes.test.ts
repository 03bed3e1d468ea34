import { strict as assert } from 'node:assert';
import { explainShapes, extractDigits } from '../../lib/extract/extract';
import type { Box, GreyPicture, Mask, RawPicture } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { drawPage } from '../../scripts/drawing/page';

const WIDTH = 640, HEIGHT = 480;

/** A sheet that ends at `end`, with a desk of another brightness beyond it, and bars on them. */
function sheetOnDesk(end: number, desk: number, bars: (Box & { grey: number })[]): GreyPicture {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < end ? 210 : desk));
  for (const { x, y, width, height, grey } of bars) for (let row = y; row < y + height; row++) data.fill(grey, row * WIDTH + x, row * WIDTH + x + width);
  return { data, width: WIDTH, height: HEIGHT, channels: 1 };
}

function leftOutAt(mask: Mask, { x, y, width, height }: Box): string | undefined {
  const shape = explainShapes(mask).find(({ box }) => Math.abs(box.x - x) < 8 && Math.abs(box.y - y) < 8 && Math.abs(box.x + box.width - x - width) < 8 && Math.abs(box.y + box.height - y - height) < 8);
  assert.ok(shape, `no shape at ${x}, ${y}`);
  return shape.leftOut;
}

describe('a bar', () => {
  const box = { x: 316, y: 120, width: 10, height: 220 };

  it('is the edge of a sheet or of a shadow where the paper is bright on one side of it and dark on the other', () => {
    const mask = thresholdPicture(sheetOnDesk(320, 120, [{ ...box, grey: 90 }]));
    assert.equal(leftOutAt(mask, box), 'sheet edge');
    assert.deepEqual(extractDigits(mask), []);
  });

  it('is a 1 in the middle of a sheet', () => {
    assert.equal(leftOutAt(thresholdPicture(sheetOnDesk(WIDTH, 120, [{ ...box, grey: 90 }])), box), undefined);
  });

  it('is a 1 where a shadow ends right beside it, but its ink is much darker than that', () => {
    assert.equal(leftOutAt(thresholdPicture(sheetOnDesk(320, 150, [{ ...box, grey: 25 }])), box), undefined);
  });

  it('is a 1 in a mask that tells nothing of the paper', () => {
    const { data, width, height, channels, ink } = thresholdPicture(sheetOnDesk(320, 120, [{ ...box, grey: 90 }]));
    assert.ok(ink);
    assert.equal(leftOutAt({ data, width, height, channels, ink }, box), undefined);
  });

  it('is refused with paper of another size than it says', () => {
    const mask = thresholdPicture(sheetOnDesk(WIDTH, 120, []));
    assert.throws(() => extractDigits({ ...mask, paper: { data: new Uint8Array(7), width: 4, height: 3 } }), /expected paper of 4 × 3 bytes, got 7/);
  });
});

describe('a texture', () => {
  /** Grain: strokes side by side on the right half, with a gap in which another one stands alone. */
  function grain(alone: number): { picture: RawPicture; box: Box } {
    const picture = drawPage({ seed: 3 }), box = { x: 520, y: 190, width: 7, height: 60 };
    const draw = ({ x, y, width, height }: Box, grey: number): void => {
      for (let row = y; row < y + height; row++) picture.data.fill(grey, (row * WIDTH + x) * 3, (row * WIDTH + x + width) * 3);
    };
    for (let x = 350; x < 620; x += 14) {
      for (let y = 30; y < 440; y += 55) if (Math.abs(x - box.x) > 55 || Math.abs(y + 25 - box.y - 30) > 75) draw({ x, y, width: 5, height: 46 }, 120);
    }
    draw(box, alone);
    return { picture, box };
  }

  it('takes in what stands among its strokes and is no stronger than they are', () => {
    const { picture, box } = grain(115), mask = thresholdPicture(picture);
    assert.equal(leftOutAt(mask, box), 'texture');
    assert.deepEqual(extractDigits(mask), []);
  });

  it('leaves what is much stronger', () => {
    const { picture, box } = grain(20);
    assert.equal(leftOutAt(thresholdPicture(picture), box), undefined);
  });
});
