import { strict as assert } from 'node:assert';
import { explainShapes, extractDigits } from '../../lib/extract/extract';
import type { Box, GreyPicture, Mask, RawPicture } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { drawPage } from '../../support/drawing/page';

const WIDTH = 640;
const HEIGHT = 480;

/** A sheet that ends at `end`, with a desk of another brightness beyond it, and bars on them. */
function sheetOnDesk(end: number, desk: number, bars: (Box & { grey: number })[]): GreyPicture {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < end ? 210 : desk));
  for (const { x, y, width, height, grey } of bars)
    for (let row = y; row < y + height; row++) data.fill(grey, row * WIDTH + x, row * WIDTH + x + width);
  return { data, width: WIDTH, height: HEIGHT, channels: 1 };
}

function doubtAt(mask: Mask, { x, y, width, height }: Box): string | undefined {
  const shape = explainShapes(mask).find(
    ({ box }) =>
      Math.abs(box.x - x) < 8 &&
      Math.abs(box.y - y) < 8 &&
      Math.abs(box.x + box.width - x - width) < 8 &&
      Math.abs(box.y + box.height - y - height) < 8,
  );
  assert.ok(shape, `no shape at ${x}, ${y}`);
  return shape.doubt;
}

describe('a bar', () => {
  const box = { x: 316, y: 120, width: 10, height: 220 };

  it('is the edge of a sheet or of a shadow where the paper is bright on one side of it and dark on the other', () => {
    const mask = thresholdPicture(sheetOnDesk(320, 120, [{ ...box, grey: 90 }]));
    assert.equal(doubtAt(mask, box), 'sheet edge');
    assert.deepEqual(extractDigits(mask), []);
  });

  it('is a 1 in the middle of a sheet', () => {
    assert.equal(doubtAt(thresholdPicture(sheetOnDesk(WIDTH, 120, [{ ...box, grey: 90 }])), box), undefined);
  });

  it('is a 1 where a shadow ends right beside it, but its ink is much darker than that', () => {
    assert.equal(doubtAt(thresholdPicture(sheetOnDesk(320, 150, [{ ...box, grey: 25 }])), box), undefined);
  });

  it('is a 1 in a mask that tells nothing of the paper', () => {
    const { data, width, height, channels, ink } = thresholdPicture(sheetOnDesk(320, 120, [{ ...box, grey: 90 }]));
    assert.ok(ink);
    assert.equal(doubtAt({ data, width, height, channels, mask: true, ink }, box), undefined);
  });

  it('is no edge where it is bent as a 3 is', () => {
    const bars = Array.from({ length: 100 }, (_, i) => ({
      x: Math.round(314 + 11 * Math.sin(i / 8)),
      y: 120 + i,
      width: 12,
      height: 1,
      grey: 90,
    }));
    assert.equal(
      doubtAt(thresholdPicture(sheetOnDesk(320, 120, bars)), { x: 303, y: 120, width: 34, height: 100 }),
      undefined,
    );
  });

  it('is refused with paper of another size than it says', () => {
    const mask = thresholdPicture(sheetOnDesk(WIDTH, 120, []));
    assert.throws(
      () => extractDigits({ ...mask, background: { data: new Uint8Array(7), width: 4, height: 3 } }),
      /expected 12 bytes as the background of a mask of 4 × 3, got 7/,
    );
  });
});

describe('a texture', () => {
  /** Grain: strokes side by side on the right half, with a gap in which another one stands alone. */
  function grain(alone: number): { picture: RawPicture; box: Box } {
    const picture = drawPage({ seed: 3 });
    const box = { x: 520, y: 190, width: 7, height: 60 };
    const draw = ({ x, y, width, height }: Box, grey: number): void => {
      for (let row = y; row < y + height; row++)
        picture.data.fill(grey, (row * WIDTH + x) * 3, (row * WIDTH + x + width) * 3);
    };
    for (let x = 350; x < 620; x += 14) {
      for (let y = 30; y < 440; y += 55)
        if (Math.abs(x - box.x) > 55 || Math.abs(y + 25 - box.y - 30) > 75) draw({ x, y, width: 5, height: 46 }, 120);
    }
    draw(box, alone);
    return { picture, box };
  }

  it('takes in what stands among its strokes and is no stronger than they are', () => {
    const { picture, box } = grain(115);
    const mask = thresholdPicture(picture);
    assert.equal(doubtAt(mask, box), 'texture');
    assert.deepEqual(extractDigits(mask), []);
  });

  it('is none where a line of broad strokes stands close together', () => {
    const bars = [200, 226, 246, 266, 292].map((x, i) => ({
      x,
      y: 200,
      width: i === 2 ? 6 : 18,
      height: 60,
      grey: 30,
    }));
    const found = extractDigits(thresholdPicture(sheetOnDesk(WIDTH, 0, bars)));
    assert.deepEqual(
      found.map(({ box }) => Math.round(box.x / 10)),
      bars.map(({ x }) => Math.round(x / 10)),
    );
  });

  it('leaves what is much stronger', () => {
    const { picture, box } = grain(20);
    assert.equal(doubtAt(thresholdPicture(picture), box), undefined);
  });
});

/** A mask of bars of ink, each of its own strength; the stronger one where they cross. */
function maskOf(bars: (Box & { strength: number })[]): Mask {
  const ink = new Uint8Array(WIDTH * HEIGHT);
  for (const { x, y, width, height, strength } of bars) {
    for (let row = y; row < y + height; row++)
      for (let at = row * WIDTH + x; at < row * WIDTH + x + width; at++) ink[at] = Math.max(ink[at]!, strength);
  }
  return {
    data: ink.map((value) => (value > 0 ? 255 : 0)),
    width: WIDTH,
    height: HEIGHT,
    channels: 1,
    mask: true,
    ink,
  };
}

describe('printed lines', () => {
  const rule = { x: 0, y: 200, width: WIDTH, height: 3, strength: 60 };

  it('are taken out, but not the stronger stroke that lies along one', () => {
    const seven = [
      { x: 300, y: 199, width: 40, height: 5, strength: 200 },
      { x: 335, y: 199, width: 5, height: 50, strength: 200 },
    ];
    const found = explainShapes(maskOf([rule, ...seven])).filter(({ doubt }) => doubt === undefined);
    assert.deepEqual(
      found.map(({ box }) => box),
      [{ x: 300, y: 199, width: 40, height: 50 }],
    );
  });

  it('make no specks of small writing, where pieces of them are left', () => {
    const pieces = [40, 90, 400].map((y) => ({ x: 20, y, width: 220, height: 2, strength: 70 }));
    const found = explainShapes(maskOf([...pieces, { x: 400, y: 220, width: 8, height: 40, strength: 200 }])).filter(
      ({ doubt }) => doubt === undefined,
    );
    assert.deepEqual(
      found.map(({ box }) => box.x),
      [400],
    );
  });
});

describe('beside what a broad marker wrote', () => {
  /** Three bars of a marker and a small one further on. */
  const withNote = (note: Partial<Box & { grey: number }>): string | undefined => {
    const marker = [60, 140, 220].map((x) => ({ x, y: 150, width: 24, height: 160, grey: 20 }));
    const thin = { x: 400, y: 180, width: 6, height: 100, grey: 20, ...note };
    return doubtAt(thresholdPicture(sheetOnDesk(WIDTH, 0, [...marker, thin])), thin);
  };

  it('what is thinner and fainter was written with another pen', () => {
    assert.equal(withNote({ grey: 110 }), 'other pen');
  });

  it('what is only thinner, only fainter, or only a little of both may belong to it', () => {
    assert.equal(withNote({}), undefined);
    assert.equal(withNote({ width: 20, grey: 110 }), undefined);
    assert.equal(withNote({ grey: 50 }), undefined);
  });

  it('what is much fainter is too faint, however broad', () => {
    assert.equal(withNote({ width: 24, grey: 175 }), 'too faint');
  });
});
