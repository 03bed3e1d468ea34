import assert from 'node:assert/strict';
import sharp from 'sharp';
import { JpegSplitter } from '../../lib/camera/jpeg-splitter';
import { Random } from '../../support/drawing/random';

const SIZE = { width: 160, height: 120 };

/** Noise, so that the data holds stuffed bytes. */
async function jpeg(seed: number, size = SIZE, options: sharp.JpegOptions = {}): Promise<Buffer> {
  const random = new Random(seed);
  const data = Buffer.from(Array.from({ length: size.width * size.height * 3 }, () => Math.floor(random.next() * 256)));
  return sharp(data, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 95, ...options })
    .toBuffer();
}

/** An APP1 segment of EXIF whose thumbnail is a JPEG, after SOI. */
function withThumbnail(picture: Buffer, thumbnail: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(0xffe1);
  head.writeUInt16BE(thumbnail.length + 8, 2);
  head.write('Exif\0\0', 4, 'latin1');
  return Buffer.concat([picture.subarray(0, 2), head, thumbnail, picture.subarray(2)]);
}

function* chunksOf(bytes: Buffer, random: Random, longest = 3000): Generator<Buffer> {
  for (let from = 0; from < bytes.length;) {
    const to = from + 1 + Math.floor(random.next() ** 3 * longest);
    yield bytes.subarray(from, to);
    from = to;
  }
}

function split(splitter: JpegSplitter, chunks: Iterable<Buffer>): Buffer[] {
  return [...chunks].flatMap((chunk) => splitter.push(chunk, 1)).map(({ image }) => image);
}

describe('JPEG splitter', () => {
  let frames: Buffer[];
  before(async () => {
    const thumbnail = await jpeg(100, { width: 16, height: 8 });
    frames = await Promise.all(
      Array.from({ length: 12 }, (_, seed) =>
        jpeg(seed, SIZE, [{}, { progressive: true }, { chromaSubsampling: '4:4:4' }][seed % 3]),
      ),
    );
    frames = frames.map((frame, i) => (i % 4 === 1 ? withThumbnail(frame, thumbnail) : frame));
  });

  it('finds the same frames wherever the stream is cut into chunks, with garbage between them', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      const splitter = new JpegSplitter();
      const garbage = (): Buffer =>
        Buffer.from(Array.from({ length: random.next() * 60 }, () => Math.floor(random.next() * 255)));
      const stream = Buffer.concat(frames.flatMap((frame) => [seed % 2 ? garbage() : Buffer.alloc(0), frame]));
      const found = split(splitter, chunksOf(stream, random));
      assert.equal(Buffer.concat(found).equals(Buffer.concat(frames)), true, `seed ${seed}`);
      assert.deepEqual([found.length, splitter.dropped], [frames.length, 0]);
    }
  });

  it('tells size and time', () => {
    const [first, rest] = [frames[0]!.subarray(0, 500), frames[0]!.subarray(500)];
    const splitter = new JpegSplitter();
    assert.deepEqual(splitter.push(first, 7), []);
    assert.deepEqual(splitter.push(rest, 9), [{ image: frames[0], ...SIZE, at: 7 }]);
  });

  it('hands each frame out with its last byte, not with the next frame', () => {
    const splitter = new JpegSplitter();
    for (const frame of frames) assert.equal(splitter.push(frame, 0).length, 1);
  });

  it('loses no more than a frame that was cut, and what begins less than a segment after that', () => {
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(seed);
      const splitter = new JpegSplitter();
      const victim = 1 + Math.floor(random.next() * (frames.length - 3));
      const cut = 4 + Math.floor(random.next() * (frames[victim]!.length - 4));
      // Cut inside a segment's length, it may seem to be a long one: then it takes 64 KB more until that is noticed.
      const stream = Buffer.concat([
        ...frames.map((frame, i) => (i === victim ? frame.subarray(0, cut) : frame)),
        ...frames,
        ...frames,
      ]);
      const found = split(splitter, chunksOf(stream, random));
      for (let i = 0, place = 0; i < frames.length; i++) {
        const isNear =
          i >= victim && place <= frames.slice(0, victim).reduce((sum, { length }) => sum + length, cut) + 65536;
        if (!isNear)
          assert.ok(
            found.some((each) => each.equals(frames[i]!)),
            `seed ${seed}: frame ${i} of a stream whose frame ${victim} was cut after ${cut} bytes`,
          );
        place += i === victim ? cut : frames[i]!.length;
      }
      assert.ok(found.length >= 3 * frames.length - 4, `seed ${seed}: ${found.length}`);
      assert.ok(
        found.every((each) => each.length > 1000),
        'a thumbnail is no frame',
      );
      // None, where the frame was cut inside a segment that the next frame then fills: these two become one.
      assert.ok(splitter.dropped < 20, `${splitter.dropped} dropped, seed ${seed}, cut ${cut}`);
    }
  });

  it('finds its way again after any damage', () => {
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(seed);
      const splitter = new JpegSplitter();
      const damaged = Buffer.concat(frames);
      for (let i = 0; i < 1 + (seed % 40); i++)
        damaged[Math.floor(random.next() * damaged.length)] =
          random.next() < 0.5 ? 0xff : Math.floor(random.next() * 256);
      // What lies about its length may take up to a segment of what follows.
      const after = Buffer.concat([...frames, ...frames, ...frames]);
      split(splitter, chunksOf(damaged, random));
      const found = split(splitter, chunksOf(after, random));
      assert.ok(found.at(-1)?.equals(frames.at(-1) as Buffer), `seed ${seed}`);
      assert.ok(found.length > frames.length * 2, `seed ${seed}: ${found.length}`);
    }
  });

  it('takes pure noise, and starts without end, for no frame', () => {
    const random = new Random(1);
    const splitter = new JpegSplitter();
    const noise = Buffer.from(Array.from({ length: 1e6 }, () => Math.floor(random.next() * 256)));
    for (const bytes of [
      noise,
      Buffer.alloc(1e6, 0xff),
      Buffer.from('ffd8ff'.repeat(300_000), 'hex'),
      Buffer.from('ffd8ffe1ffff'.repeat(200_000), 'hex'),
      Buffer.alloc(1e6),
    ]) {
      assert.deepEqual(split(splitter, chunksOf(bytes, random, 65536)), []);
    }
    assert.equal(
      split(splitter, chunksOf(Buffer.concat([...frames, ...frames]), random))
        .at(-1)
        ?.equals(frames.at(-1) as Buffer),
      true,
    );
  });

  it('drops a frame that is too long, with bounded memory, and goes on', () => {
    const splitter = new JpegSplitter();
    const scan = frames[0]!.subarray(0, 700);
    const filling = Buffer.alloc(65536, 0x55);
    splitter.push(scan, 0);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let bytes = 0; bytes < 50e6; bytes += filling.length) {
      assert.deepEqual(splitter.push(filling, 0), []);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    assert.deepEqual(split(splitter, frames).length, frames.length);
    assert.equal(splitter.dropped, 1);
    assert.ok(most < 150e6, `${most} bytes`);
  });

  it('passes over one frame of another size, and follows a camera that has changed', async () => {
    const splitter = new JpegSplitter();
    const [other, next] = await Promise.all([1, 2].map((seed) => jpeg(seed, { width: 64, height: 64 })));
    assert.ok(other && next);
    assert.deepEqual(split(splitter, [frames[0]!, other, frames[2]!]), [frames[0], frames[2]]);
    assert.deepEqual(split(splitter, [other, next, other]), [next, other]);
    assert.equal(splitter.dropped, 2);
  });
});
