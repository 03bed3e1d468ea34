import { strict as assert } from 'node:assert';
import { blockMeans, blocksBelow } from '../../lib/pictures/blocks';
import { close, dilate, erode } from '../../lib/pictures/morphology';
import { blur, crop, pad, shrink, type Plane } from '../../lib/pictures/planes';
import { Random } from '../../support/drawing/random';

function randomPlane(width: number, height: number, seed = 1): Plane {
  const random = new Random(seed);
  return { data: Uint8Array.from({ length: width * height }, () => random.between(0, 256)), width, height };
}

/** Applies `pick` to every square neighbourhood, cut at the border, the slow and obvious way. */
function bySquares({ data, width, height }: Plane, radius: number, pick: (values: number[]) => number): number[] {
  return Array.from(data, (_, at) => {
    const x = at % width;
    const y = Math.floor(at / width);
    const values: number[] = [];
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++)
        values.push(data[v * width + u]!);
    }
    return pick(values);
  });
}

describe('planes', () => {
  for (const [width, height] of [
    [1, 1],
    [7, 3],
    [16, 16],
    [31, 5],
  ] as const) {
    for (const radius of [1, 2, 5]) {
      const plane = randomPlane(width, height, width * 10 + radius);
      it(`dilates and erodes ${width}×${height} by ${radius} as the definition says`, () => {
        assert.deepEqual(
          Array.from(dilate(plane, radius).data),
          bySquares(plane, radius, (values) => Math.max(...values)),
        );
        assert.deepEqual(
          Array.from(erode(plane, radius).data),
          bySquares(plane, radius, (values) => Math.min(...values)),
        );
      });

      it(`blurs ${width}×${height} by ${radius} to the mean`, () => {
        const expected = bySquares(plane, radius, (values) => values.reduce((a, b) => a + b) / values.length);
        blur(plane, radius).data.forEach((value, i) => {
          assert.ok(Math.abs(value - expected[i]!) <= 0.51);
        });
      });
    }
  }

  it('closes dark lines and keeps dark areas', () => {
    const width = 40;
    const data = new Uint8Array(1600).fill(200);
    for (let y = 0; y < 40; y++) data[y * width + 5] = 20;
    for (let y = 10; y < 30; y++) data.fill(20, y * width + 15, y * width + 35);
    const closed = close({ data, width, height: 40 }, 3).data;
    assert.equal(closed[20 * width + 5], 200);
    assert.equal(closed[20 * width + 25], 20);
  });

  it('takes means of blocks, with smaller ones at the border', () => {
    const plane = { data: Uint8Array.of(1, 3, 10, 5, 7, 20, 9, 9, 30), width: 3, height: 3 };
    assert.deepEqual(shrink(plane, 2), { data: Uint8Array.of(4, 15, 9, 30), width: 2, height: 2 });
  });

  it('takes the same means of four pixels at once', () => {
    const plane = randomPlane(48, 20);
    assert.deepEqual(blockMeans(plane, 4), shrink(plane, 4));
    const [odd, even] = [randomPlane(49, 21), randomPlane(48, 21)];
    for (const other of [odd, even]) assert.deepEqual(blockMeans(other, 4), shrink(other, 4));
  });

  for (const [width, height, factor] of [
    [48, 24, 4],
    [50, 22, 4],
    [21, 10, 3],
  ] as const) {
    it(`finds the blocks of ${width}×${height} by ${factor} with a pixel below their limit, also in the negative`, () => {
      const plane = randomPlane(width, height);
      const across = Math.ceil(width / factor);
      const limits = randomPlane(across, Math.ceil(height / factor), 2).data.map((value, i) =>
        i % 3 === 0 ? value >> 4 : i % 3 === 1 ? 128 + (value & 1) : value,
      );
      for (const inverse of [false, true]) {
        const expected = new Uint8Array(limits.length);
        plane.data.forEach((value, i) => {
          const block = Math.floor(Math.floor(i / width) / factor) * across + Math.floor((i % width) / factor);
          if ((inverse ? 255 - value : value) < limits[block]!) expected[block] = 1;
        });
        assert.deepEqual(blocksBelow(plane, factor, limits, inverse), expected);
      }
    });
  }

  it('repeats the border when padding, and crops it again', () => {
    const plane = randomPlane(5, 4);
    const padded = pad(plane, 3);
    assert.equal(padded.data[0], plane.data[0]);
    assert.equal(padded.data.at(-1), plane.data.at(-1));
    assert.deepEqual(crop(padded, 3), plane);
  });
});
