import assert from 'node:assert/strict';
import { LumaMeasure } from '../../lib/camera/luma-measure';
import { frameLength, layoutsFor, LumaSplitter, type LumaLayout } from '../../lib/camera/luma-splitter';
import { Random } from '../../scripts/drawing/random';

/** A frame with its picture's pixels and, in the padding, 1. */
function frame({ width, height, stride, rows }: LumaLayout, random: Random): { bytes: Buffer; luma: Buffer; chroma: Buffer } {
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => 2 + Math.floor(random.next() * 254)));
  const luma = noise(width * height), chroma = noise((width * height) / 2), bytes = Buffer.alloc((stride * rows * 3) / 2, 1);
  for (let y = 0; y < height; y++) luma.copy(bytes, y * stride, y * width, (y + 1) * width);
  for (let plane = 0; plane < 2; plane++) {
    for (let y = 0; y < height / 2; y++) {
      const from = (plane * height) / 2 + y;
      chroma.copy(bytes, stride * rows + plane * ((stride * rows) / 4) + (y * stride) / 2, (from * width) / 2, ((from + 1) * width) / 2);
    }
  }
  return { bytes, luma, chroma };
}

describe('luma splitter', () => {
  it('takes the padding out, wherever the stream is cut into chunks', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed), even = (most: number): number => 2 + 2 * Math.floor(random.next() * most);
      const width = even(30), height = even(20), keep = seed % 2 === 0;
      const layout = { width, height, stride: width + (seed % 3 === 0 ? 0 : even(10)), rows: height + (seed % 4 === 0 ? even(4) : 0) };
      const frames = Array.from({ length: 4 }, () => frame(layout, random)), stream = Buffer.concat(frames.map(({ bytes }) => bytes));
      const splitter = new LumaSplitter(layout, () => keep);
      const found = [];
      for (let from = 0; from < stream.length;) {
        const to = from + 1 + Math.floor(random.next() ** 3 * 2 * frameLength(layout));
        found.push(...splitter.push(stream.subarray(from, to), 5));
        from = to;
      }
      assert.deepEqual(found, frames.map(({ luma, chroma }) => ({ picture: { data: luma, width, height, channels: 1 }, chroma: keep ? chroma : undefined, at: 5 })), `seed ${seed}`);
      assert.equal(splitter.isInside, false);
    }
  });
});

describe('luma measure', () => {
  it('finds the padding out at a pause, whatever came until then', () => {
    for (const [width, height] of [[640, 480], [200, 100], [1000, 700], [1920, 1080]]) {
      for (const layout of layoutsFor(width, height)) {
        const measure = new LumaMeasure(width, height);
        measure.add(frameLength(layout));
        assert.deepEqual(measure.pause(), layout);
      }
    }
  });

  it('is not misled by a pause in the middle of a frame', () => {
    const [layout] = layoutsFor(640, 480), measure = new LumaMeasure(640, 480);
    measure.add(100_000);
    assert.equal(measure.pause(), undefined);
    measure.add(frameLength(layout) - 100_000);
    assert.deepEqual(measure.pause(), layout);
  });

  it('gives up where no length fits, and takes the likeliest where there is no pause', () => {
    const measure = new LumaMeasure(640, 480);
    const answers = Array.from({ length: 12 }, () => {
      measure.add(12_345);
      return measure.pause();
    });
    assert.deepEqual([answers[10], answers[11]], [undefined, 'unknown']);
    assert.deepEqual(new LumaMeasure(640, 480).add(100e6), { width: 640, height: 480, stride: 640, rows: 480 });
  });
});
