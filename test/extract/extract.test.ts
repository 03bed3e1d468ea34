import { strict as assert } from 'node:assert';
import { findComponents } from '../../lib/extract/components';
import { extractDigits } from '../../lib/extract/extract';
import type { ExtractedDigit } from '../../lib/extract/digit';
import { readingOrder } from '../../lib/extract/lines';
import type { Box, RawPicture } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { write, type Writing } from '../../support/drawing/handwriting';
import { drawPage, type PageOptions } from '../../support/drawing/page';
import { Random } from '../../support/drawing/random';

function extract(page: PageOptions): ExtractedDigit[] {
  return extractDigits(thresholdPicture(drawPage(page)));
}

/** Where a line of digits stands on the page: drawn by the same hand, so `seed` must be the page's. */
function extentOf(writing: Writing, seed: number): Box {
  const dabs = write(writing, new Random(seed));
  const left = Math.min(...dabs.map(({ x, radius }) => x - radius));
  const right = Math.max(...dabs.map(({ x, radius }) => x + radius));
  const top = Math.min(...dabs.map(({ y, radius }) => y - radius));
  const bottom = Math.max(...dabs.map(({ y, radius }) => y + radius));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const LINES: Writing[] = [
  { text: '314', x: 140, y: 90, height: 110 },
  { text: '2718', x: 110, y: 270, height: 100 },
];

describe('extractDigits', () => {
  for (const text of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
    it(`finds a ${text} where it stands`, () => {
      const writing = { text, x: 260, y: 130, height: 200 };
      const digits = extract({ writing: [writing], seed: 11 });
      assert.equal(digits.length, 1);
      const { box } = digits[0]!;
      const expected = extentOf(writing, 11);
      for (const side of ['x', 'y', 'width', 'height'] as const) {
        assert.ok(Math.abs(box[side] - expected[side]) <= 5, `${side}: expected ${expected[side]}, got ${box[side]}`);
      }
    });
  }

  const pages: Record<string, PageOptions> = {
    'on plain paper': {},
    'in the shade': { shadow: true, light: 0.7 },
    'on squared paper': { squares: 22 },
    'in pencil': { cover: 0.35 },
    'in pencil on squared paper': { squares: 26, cover: 0.45, print: 0.4 },
    'in pencil on strongly printed, tilted squared paper': { squares: 34, cover: 0.5, print: 0.5, tilt: 4 },
    'tilted to the right': { tilt: 8 },
    'tilted to the left': { tilt: -8 },
    'in dim light': { light: 0.35 },
  };
  for (const [name, options] of Object.entries(pages)) {
    it(`finds two lines of digits ${name}, in reading order`, () => {
      const digits = extract({ writing: LINES, seed: 4, ...options });
      assert.deepEqual(
        digits.map(({ line }) => line),
        [0, 0, 0, 1, 1, 1, 1],
      );
      for (let i = 1; i < digits.length; i++) {
        if (digits[i]!.line === digits[i - 1]!.line) assert.ok(digits[i]!.box.x > digits[i - 1]!.box.x);
      }
    });
  }

  // How far apart the two are written, pixels: just near enough to touch.
  const touching = { '00': 90, '06': 86, '60': 82, '08': 86, '80': 82, '65': 82, '40': 106, '28': 78 };
  for (const [text, distance] of Object.entries(touching)) {
    it(`separates ${text}, whose digits touch`, () => {
      const [left, right] = text;
      const page = {
        writing: [
          { text: left!, x: 200, y: 150, height: 130 },
          { text: right!, x: 200 + distance, y: 150, height: 130 },
        ],
        seed: 5,
      };
      const mask = thresholdPicture(drawPage(page));
      assert.equal(
        findComponents(mask.data, mask.data, mask.width, mask.height).filter(({ area }) => area > 200).length,
        1,
      );
      assert.equal(extractDigits(mask).length, 2);
    });
  }

  it('finds nothing on an empty sheet, white, black, or in a shadow', () => {
    assert.deepEqual(extract({ seed: 8 }), []);
    assert.deepEqual(extract({ seed: 9, shadow: true }), []);
    for (const grey of [0, 255]) {
      assert.deepEqual(
        extractDigits(thresholdPicture({ data: new Uint8Array(6400).fill(grey), width: 80, height: 80, channels: 1 })),
        [],
      );
    }
  });

  it('finds the same digits when the page is moved, scaled or brightened', () => {
    const writing = (x: number, y: number, height: number) => [{ text: '407', x, y, height }];
    const reference = extract({ writing: writing(150, 150, 120), seed: 2 });
    for (const page of [
      { writing: writing(60, 60, 120) },
      { writing: writing(260, 300, 120) },
      { writing: writing(150, 150, 60) },
      { writing: writing(60, 60, 190) },
      { writing: writing(150, 150, 120), light: 0.5 },
      { writing: writing(150, 150, 120), light: 1.05 },
    ]) {
      const digits = extract({ seed: 2, ...page });
      assert.equal(digits.length, reference.length, JSON.stringify(page));
      digits.forEach(({ image }, i) => {
        const difference =
          image.reduce((sum, value, k) => sum + Math.abs(value - reference[i]!.image[k]!), 0) / image.length;
        assert.ok(difference < 22, `digit ${i} of ${JSON.stringify(page)} differs by ${difference}`);
      });
    }
  });

  it('gives boxes in pixels of the frame', () => {
    const mask = thresholdPicture(drawPage({ writing: [{ text: '6', x: 200, y: 100, height: 200 }], seed: 1 }));
    const [own] = extractDigits(mask);
    const [large] = extractDigits(mask, { frame: { width: 1280, height: 960 } });
    for (const side of ['x', 'y', 'width', 'height'] as const)
      assert.ok(Math.abs(large!.box[side] - 2 * own!.box[side]) <= 1);
  });

  it('leaves out what is smaller than wanted', () => {
    const mask = thresholdPicture(drawPage({ writing: [{ text: '42', x: 200, y: 100, height: 100 }], seed: 1 }));
    assert.equal(extractDigits(mask).length, 2);
    assert.deepEqual(extractDigits(mask, { minimumSize: 0.3 }), []);
  });

  it('works from a mask alone', () => {
    const { data, width, height } = thresholdPicture(
      drawPage({ writing: [{ text: '35', x: 200, y: 100, height: 150 }], seed: 1 }),
    );
    assert.equal(extractDigits({ data, width, height, channels: 1, mask: true }).length, 2);
  });

  it('refuses what is no mask', () => {
    const rgb: RawPicture = { data: new Uint8Array(300), width: 10, height: 10, channels: 3 };
    assert.throws(() => extractDigits(rgb as never), /expected a mask of 1 channel, got 3/);
    assert.throws(
      () =>
        extractDigits({
          data: new Uint8Array(100),
          width: 10,
          height: 10,
          channels: 1,
          mask: true,
          ink: new Uint8Array(7),
        }),
      /expected 100 bytes as the ink of a mask of 10 × 10, got 7/,
    );
  });
});

describe('readingOrder', () => {
  const at = (x: number, y: number, size = 40): Box => ({ x, y, width: size * 0.6, height: size });

  it('reads rows from top to bottom and each from left to right, whatever order they come in', () => {
    assert.deepEqual(readingOrder([at(300, 104), at(100, 100), at(200, 97), at(120, 200), at(20, 203)]), [
      [1, 2, 0],
      [4, 3],
    ]);
  });

  it('follows lines that climb or fall', () => {
    for (const slope of [-0.25, 0.25]) {
      const boxes = [0, 1].flatMap((row) =>
        [0, 1, 2, 3, 4, 5].map((i) => at(50 + 60 * i, 300 + 75 * row + slope * 60 * i)),
      );
      assert.deepEqual(readingOrder(boxes), [
        [0, 1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10, 11],
      ]);
    }
  });

  it('keeps a small and a large digit of one line together', () => {
    assert.deepEqual(readingOrder([at(100, 100, 90), at(180, 130, 45), at(240, 105, 80)]), [[0, 1, 2]]);
  });

  it('has no line where there is nothing', () => {
    assert.deepEqual(readingOrder([]), []);
  });
});
