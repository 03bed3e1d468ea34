import assert from 'node:assert/strict';
import { frameLength, isUnpadded, unpaddedAround, unpaddedInside } from '../../lib/camera/frame-size';
import { LumaSplitter } from '../../lib/camera/luma-splitter';
import { Random } from '../../support/drawing/random';

describe('luma splitter', () => {
  it('finds the same frames wherever the stream is cut into chunks', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const even = (most: number): number => 2 + 2 * Math.floor(random.next() * most);
      const size = { width: even(30), height: even(20) };
      const keep = seed % 2 === 0;
      const pixels = size.width * size.height;
      const frames = Array.from({ length: 4 }, () =>
        Buffer.from(Array.from({ length: frameLength(size) }, () => Math.floor(random.next() * 256))),
      );
      const stream = Buffer.concat(frames);
      const splitter = new LumaSplitter(size, () => keep);
      const found = [];
      for (let from = 0; from < stream.length;) {
        const to = from + 1 + Math.floor(random.next() ** 3 * 2 * frameLength(size));
        found.push(...splitter.push(stream.subarray(from, to), 5));
        from = to;
      }
      const expected = frames.map((frame) => ({
        picture: { data: frame.subarray(0, pixels), ...size, channels: 1 },
        chroma: keep ? frame.subarray(pixels) : undefined,
        at: 5,
      }));
      assert.deepEqual(found, expected, `seed ${seed}`);
      assert.equal(splitter.isInside, false);
    }
  });
});

describe('size of raw frames', () => {
  const SIZES: [wanted: string, around: string, inside: string | undefined][] = [
    ['640x480', '640x480', '640x480'],
    ['820x616', '896x674', '768x576'],
    ['1296x972', '1408x1056', '1280x960'],
    ['1640x1232', '1664x1250', '1536x1154'],
    ['1920x1080', '1920x1080', '1920x1080'],
    ['16x16', '128x128', undefined],
    ['200x100', '256x128', '128x64'],
    ['16384x16', '16384x16', '16384x16'],
    ['3000x16', '3072x16', '2944x16'],
  ];
  const size = (text: string): { width: number; height: number } => {
    const [width = NaN, height = NaN] = text.split('x').map(Number);
    return { width, height };
  };
  for (const [wanted, around, inside] of SIZES) {
    it(`without padding around ${wanted} is ${around}, inside it ${inside ?? 'none'}`, () => {
      assert.deepEqual(unpaddedAround(size(wanted)), size(around));
      assert.deepEqual(unpaddedInside(size(wanted)), inside === undefined ? undefined : size(inside));
    });
  }

  it('around any that can be set covers it, has its shape, and rows without padding', () => {
    const random = new Random(1);
    for (let i = 0; i < 1000; i++) {
      const width = 2 * Math.floor(random.between(8, 2000));
      const height = 2 * Math.floor(random.between(8, 2000));
      const around = unpaddedAround({ width, height });
      assert.ok(
        isUnpadded(around) && around.width >= width && around.height >= height && around.height % 2 === 0,
        `${width} × ${height}`,
      );
      assert.ok(Math.abs(around.height - (height * around.width) / width) <= 1, `${width} × ${height}`);
    }
  });
});
