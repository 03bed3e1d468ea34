import { strict as assert } from 'node:assert';
import { INK_SIZE, normaliseDigit, strokeWidth } from '../../lib/extract/normalise';
import { DIGIT_SIZE } from '../../lib/digit';

interface Shape {
  ink: Uint8Array;
  width: number;
  height: number;
}

/** A frame of strokes: four sides of the given width, the right one twice as strong in area. */
function frame(width: number, height: number, stroke: number): Shape {
  const ink = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (x < stroke || y < stroke || y >= height - stroke || x >= width - 2 * stroke) ink[y * width + x] = 200;
    }
  }
  return { ink, width, height };
}

function extent(image: Uint8Array): { width: number; height: number; x: number; y: number } {
  let left = DIGIT_SIZE;
  let right = 0;
  let top = DIGIT_SIZE;
  let bottom = 0;
  let mass = 0;
  let massX = 0;
  let massY = 0;
  image.forEach((value, i) => {
    const x = i % DIGIT_SIZE;
    const y = Math.floor(i / DIGIT_SIZE);
    if (value === 0) return;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
    mass += value;
    massX += value * (x + 0.5);
    massY += value * (y + 0.5);
  });
  return { width: right - left, height: bottom - top, x: massX / mass, y: massY / mass };
}

describe('normaliseDigit', () => {
  for (const [width, height, stroke] of [
    [100, 160, 14],
    [300, 200, 30],
    [12, 18, 2],
    [400, 640, 4],
    [40, 40, 15],
  ] as const) {
    it(`fits ${width}×${height} with strokes of ${stroke} into 20×20, its aspect ratio kept, centred by mass`, () => {
      const shape = frame(width, height, stroke);
      const image = normaliseDigit(shape.ink, width, height);
      const found = extent(image);
      assert.equal(image.length, DIGIT_SIZE * DIGIT_SIZE);
      assert.ok(Math.max(found.width, found.height) <= INK_SIZE && Math.max(found.width, found.height) >= INK_SIZE - 1);
      assert.ok(Math.abs(found.width / found.height - width / height) < 0.12, `${found.width}×${found.height}`);
      assert.ok(
        Math.abs(found.x - 14) <= 0.6 && Math.abs(found.y - 14) <= 0.6,
        `centre of mass ${found.x}, ${found.y}`,
      );
    });
  }

  it('makes the same picture of the same shape in any size and strength of ink', () => {
    const small = frame(60, 90, 9);
    const large = frame(240, 360, 36);
    const a = normaliseDigit(small.ink, small.width, small.height);
    const b = normaliseDigit(
      large.ink.map((value) => value / 3),
      large.width,
      large.height,
    );
    const difference = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
    assert.ok(difference < 6, `mean difference ${difference}`);
  });

  it('strengthens a hairline, unless told not to', () => {
    const { ink, width, height } = frame(200, 300, 4);
    const strong = normaliseDigit(ink, width, height);
    const thin = normaliseDigit(ink, width, height, { strengthen: false });
    assert.ok(strokeWidth(strong, DIGIT_SIZE, DIGIT_SIZE) > strokeWidth(thin, DIGIT_SIZE, DIGIT_SIZE) * 1.3);
  });

  it('does not care about empty space around the ink', () => {
    const { ink, width, height } = frame(50, 70, 8);
    const wide = new Uint8Array(90 * 100);
    for (let y = 0; y < height; y++) wide.set(ink.subarray(y * width, (y + 1) * width), (y + 20) * 90 + 15);
    assert.deepEqual(normaliseDigit(wide, 90, 100), normaliseDigit(ink, width, height));
  });

  it('makes nothing of nothing', () => {
    assert.ok(normaliseDigit(new Uint8Array(600), 20, 30).every((value) => value === 0));
  });
});

describe('strokeWidth', () => {
  it('is about the width of a long bar', () => {
    const data = new Uint8Array(100 * 20);
    for (let y = 2; y < 18; y++) data.fill(255, y * 100 + 40, y * 100 + 44);
    assert.ok(Math.abs(strokeWidth(data, 100, 20) - 3.2) < 0.4);
  });
});
