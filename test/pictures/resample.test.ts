import assert from 'node:assert/strict';
import { toGrey } from '../../lib/pictures/grey';
import { resample } from '../../lib/pictures/resample';
import { Random } from '../../support/drawing/random';

/** One target pixel as the definition says: the weighted mean under a triangle about its middle, along one side. */
function tent(values: readonly number[], to: number, place: number): number {
  const ratio = values.length / to;
  const support = Math.max(1, ratio);
  const weights = values.map((_, i) => Math.max(0, 1 - Math.abs(i + 0.5 - (place + 0.5) * ratio) / support));
  return values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / weights.reduce((a, b) => a + b);
}

describe('resample', () => {
  const sizes: [from: [number, number], to: [number, number]][] = [
    [
      [12, 9],
      [5, 4],
    ],
    [
      [5, 4],
      [12, 9],
    ],
    [
      [7, 30],
      [20, 3],
    ],
    [
      [6, 5],
      [6, 5],
    ],
    [
      [1, 1],
      [3, 2],
    ],
  ];
  for (const [[width, height], [toWidth, toHeight]] of sizes) {
    it(`makes ${width} × ${height} to ${toWidth} × ${toHeight} as the definition says`, () => {
      const random = new Random(width * toWidth);
      const rows = Array.from({ length: height }, () =>
        Array.from({ length: width }, () => Math.floor(random.between(0, 256))),
      );
      const scaled = resample(Uint8Array.from(rows.flat()), width, height, toWidth, toHeight);
      assert.equal(scaled.length, toWidth * toHeight);
      const between = rows.map((row) => Array.from({ length: toWidth }, (_, x) => tent(row, toWidth, x)));
      scaled.forEach((value, i) => {
        const column = between.map((row) => row[i % toWidth]!);
        const expected = tent(column, toHeight, Math.floor(i / toWidth));
        assert.ok(Math.abs(value - expected) <= 0.51, `${value}, expected ${expected}`);
      });
    });
  }
});

describe('toGrey', () => {
  const grey = (channels: number, ...data: number[]): number[] => [
    ...toGrey({ data: Uint8Array.from(data), width: data.length / channels, height: 1, channels }).data,
  ];

  it('weighs colours as the eye does, and leaves grey as it is', () => {
    const [red, green, blue, white, black, same] = grey(
      3,
      ...[255, 0, 0],
      ...[0, 255, 0],
      ...[0, 0, 255],
      ...[255, 255, 255],
      ...[0, 0, 0],
      ...[90, 90, 90],
    );
    assert.ok(red !== undefined && green !== undefined && blue !== undefined);
    assert.ok(Math.abs(red - 76) <= 1 && Math.abs(green - 150) <= 1 && Math.abs(blue - 29) <= 1);
    assert.deepEqual([white, black, same], [255, 0, 90]);
    assert.deepEqual(grey(1, 7, 200), [7, 200]);
  });

  it('takes what is transparent for white paper', () => {
    assert.deepEqual(grey(2, 40, 255, 40, 0, 0, 102), [40, 255, 153]);
    assert.deepEqual(grey(4, ...[60, 60, 60, 255], ...[60, 60, 60, 0], ...[0, 0, 0, 102]), [60, 255, 153]);
  });
});
