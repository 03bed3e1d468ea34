import assert from 'node:assert/strict';
import type { Plane } from '../../lib/pictures/planes';
import { factorOf, networkInput, padded, workingCopy } from '../../lib/segmentation/input';

const plane = (width: number, height: number, valueAt: (x: number, y: number) => number = () => 200): Plane => ({
  data: Uint8Array.from({ length: width * height }, (_, i) => valueAt(i % width, Math.floor(i / width))),
  width,
  height,
});

describe('what the network that tells writing sees', () => {
  it('is a copy of some 240 pixels on the shorter side, and of no more than that in all', () => {
    const factors: [width: number, height: number, factor: number][] = [
      [240, 180, 1],
      [640, 480, 2],
      [480, 640, 2],
      [1280, 960, 4],
      [100, 30, 1],
    ];
    for (const [width, height, factor] of factors) assert.equal(factorOf({ width, height }), factor, `${width}`);
    // A strip is made smaller yet.
    const strip = workingCopy(plane(4000, 400));
    assert.ok(
      strip.width * strip.height <= 4 * 240 ** 2 && strip.width > strip.height,
      `${strip.width} × ${strip.height}`,
    );
  });

  it('is continued to the right and below by what stands there', () => {
    const source = plane(18, 17, (x, y) => 10 * x + y);
    const { data, width, height } = padded(source);
    assert.deepEqual([width, height], [32, 32]);
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++) assert.equal(data[y * 32 + x], 10 * Math.min(x, 17) + Math.min(y, 16), `${x}, ${y}`);
    const fits = plane(32, 16);
    assert.equal(padded(fits).data, fits.data);
  });

  it('is brightness, and contrast with what is about it', () => {
    const flat = networkInput(plane(64, 64, () => 255));
    assert.equal(flat.length, 2 * 64 * 64);
    for (let i = 0; i < flat.length; i += 2) assert.deepEqual([flat[i], Math.abs(flat[i + 1]!)], [1, 0]);
    const at = (x: number, y: number, value: number): [number, number] => {
      const input = networkInput(plane(64, 64, (px, py) => (px === x && py === y ? value : 150)));
      return [input[2 * (y * 64 + x)]!, input[2 * (y * 64 + x) + 1]!];
    };
    const [dark, faint, light] = [at(32, 32, 20), at(32, 32, 120), at(32, 32, 250)];
    assert.ok(Math.abs(dark[0] - 20 / 255) < 1e-6);
    assert.ok(dark[1] < faint[1] && faint[1] < 0 && light[1] > 0);
    assert.ok(dark[1] > -1 && light[1] < 1);
    // Pencil, an eighth darker than the paper, is seen half as well as it can be.
    assert.ok(faint[1] < -0.4 && faint[1] > -0.65, String(faint[1]));
  });
});
