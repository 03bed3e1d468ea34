import assert from 'node:assert/strict';
import type { CameraError } from '../../lib/camera/errors';
import { frameLength, type Size } from '../../lib/camera/frame-size';
import type { LumaFrame } from '../../lib/camera/luma-splitter';
import { LumaStream } from '../../lib/camera/luma-stream';
import { StreamLog } from '../../lib/camera/stream-log';

const configured = (streams: string): string =>
  `[0:01:02.4] [1234]  INFO Camera camera.cpp:1197 configuring streams: ${streams}\n`;
const yuv = ({ width, height }: Size): string =>
  configured(`(0) ${width}x${height}-YUV420/sYCC (1) 1640x1232-SBGGR10_CSI2P/RAW`);
const announced = (bytes: number): string => `FileOutput: output buffer 0x7f8a2c000000 size ${bytes}\n`;

/** What a stream makes of what it is given. */
class Reading {
  readonly frames: LumaFrame[] = [];
  misfit: { error: CameraError; size: Size | undefined } | undefined;
  readonly stream = new LumaStream(
    {
      keepChroma: () => false,
      onMisfit: (error, size) => {
        this.misfit = { error, size };
      },
    },
    (frame) => {
      this.frames.push(frame);
    },
  );

  /** Pushes the bytes chunk by chunk, `turn` of the event loop or not in between. */
  async push(bytes: Buffer, chunk: number, turn = false): Promise<void> {
    for (let from = 0; from < bytes.length; from += chunk) {
      this.stream.push(bytes.subarray(from, from + chunk));
      if (turn) await rounds();
    }
    await rounds();
  }

  /** Pixels at the beginning of the rows 0 and 1, and at the end. */
  get pixels(): number[][] {
    return this.frames.map(({ picture: { data, width } }) => [data[0]!, data[width]!, data[data.length - 1]!]);
  }
}

/** Longer than the stream waits for its log. */
async function rounds(): Promise<void> {
  for (let i = 0; i < 4; i++)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

/** Frames whose luma is 1, 2, 3, … and whose chroma is 0. */
function frames(size: Size, count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => Buffer.alloc(frameLength(size)).fill(i + 1, 0, size.width * size.height)),
  );
}

describe('luma stream', () => {
  const size = { width: 640, height: 480 };
  const log = yuv(size) + announced(frameLength(size));

  for (const chunk of [60_000, 65_536, 4096, 10_000_000]) {
    for (const turn of [false, true]) {
      it(`cuts frames apart that come in chunks of ${chunk} bytes, with${turn ? '' : 'out'} pauses inside them`, async () => {
        const reading = new Reading();
        reading.stream.text(log);
        await reading.push(frames(size, 5), chunk, turn);
        assert.deepEqual(
          reading.pixels,
          [1, 2, 3, 4, 5].map((i) => [i, i, i]),
        );
        assert.equal(reading.misfit, undefined);
      });
    }
  }

  it('has read the log before it looks at what came with it, in whatever order', async () => {
    const reading = new Reading();
    reading.stream.push(frames(size, 2));
    reading.stream.text(log.slice(0, 90));
    setImmediate(() => {
      reading.stream.text(log.slice(90));
    });
    await rounds();
    assert.equal(reading.frames.length, 2);
  });

  it('cuts the last frames when the program has ended, and knows whether it stands inside of one', async () => {
    const reading = new Reading();
    const bytes = frames(size, 2);
    reading.stream.text(log);
    await reading.push(bytes.subarray(0, 100), 100);
    assert.equal(reading.stream.isInside, true);
    reading.stream.push(bytes.subarray(100, bytes.length - 1));
    reading.stream.end();
    assert.deepEqual([reading.frames.length, reading.stream.isInside], [1, true]);
  });

  const MISFITS: [what: string, log: string, bytes: number, error: RegExp, size: Size | undefined][] = [
    [
      'rows of 1296 pixels in 1344 bytes',
      yuv({ width: 1296, height: 972 }) + announced(1344 * 972 * 1.5),
      1344 * 972 * 1.5 * 62,
      /^expected 1889568 bytes for a raw frame of 1296 × 972 pixels, got 1959552\. If this stays/,
      { width: 1296, height: 972 },
    ],
    [
      'a width that may be padded, and no word about it',
      yuv({ width: 820, height: 616 }),
      2e6,
      /^raw frames of 820 × 616 pixels may have padded rows/,
      { width: 820, height: 616 },
    ],
    ['a frame without a size', announced(frameLength(size)), 2e6, /^the camera program did not say which/, undefined],
    [
      'the size of a raw stream only',
      configured('(0) 640x480-SBGGR10_CSI2P'),
      2e6,
      /^the camera program did not say/,
      undefined,
    ],
    [
      'an odd size',
      yuv({ width: 639, height: 480 }),
      2e6,
      /^expected raw frames of an even size, got 639/,
      { width: 639, height: 480 },
    ],
  ];
  for (const [what, text, bytes, message, has] of MISFITS) {
    it(`gives up with a word, and sends nothing: ${what}`, async () => {
      const reading = new Reading();
      reading.stream.text(text);
      await reading.push(Buffer.alloc(bytes), 65_536);
      assert.deepEqual(
        [reading.frames.length, reading.misfit?.error.code, reading.misfit?.size],
        [0, 'bad-frames', has],
      );
      assert.match(reading.misfit?.error.message ?? '', message);
    });
  }

  it('gives up with a word where size or bytes change', async () => {
    for (const [text, message] of [
      [yuv({ width: 1280, height: 960 }), /changed the size of its frames from 640 × 480 to 1280 × 960/],
      [announced(500_000), /got 500000/],
    ] as const) {
      const reading = new Reading();
      reading.stream.text(log);
      await reading.push(frames(size, 2), 65_536);
      reading.stream.text(text);
      await reading.push(frames(size, 2), 65_536);
      assert.equal(reading.frames.length, 2);
      assert.match(reading.misfit?.error.message ?? '', message);
    }
  });

  it('believes the bytes of a frame more than a rule about widths', async () => {
    const odd = { width: 820, height: 616 };
    const reading = new Reading();
    reading.stream.text(yuv(odd) + announced(frameLength(odd)));
    await reading.push(frames(odd, 3), 65_536);
    assert.equal(reading.frames.length, 3);
  });
});

describe('log of a stream', () => {
  it('tells the size of the stream that is written, not that of raw ones, wherever it is cut', () => {
    const text = [
      configured('(0) 640x480-SBGGR10_CSI2P'),
      'Mode selection for 820:616:12:P\n',
      yuv({ width: 820, height: 616 }),
      announced(794_304),
    ].join('');
    for (let cut = 0; cut < text.length; cut++) {
      const log = new StreamLog();
      for (const piece of [text.slice(0, cut), text.slice(cut)]) log.push(piece);
      assert.deepEqual([log.size, log.frameBytes], [{ width: 820, height: 616 }, 794_304]);
    }
  });

  it('reads the lines of older and newer libraries', () => {
    for (const streams of [
      '(0) 640x480-YUV420',
      '(0) 640x480-YUV420/sYCC/None/601/Full',
      '(0) 1640x1232-SRGGB10_CSI2P/RAW (1) 640x480-YUV420/sYCC',
    ]) {
      const log = new StreamLog();
      log.push(configured(streams));
      assert.deepEqual(log.size, { width: 640, height: 480 });
    }
  });

  it('passes over what another thread wrote into a line, and lines without end', () => {
    const log = new StreamLog();
    log.push('FileOutput: output buffer 0x7f size [0:01:02] INFO\n460800\n');
    log.push('FileOutput: output buffer 0x7f size 46 [0:01:02.3] INFO\n');
    for (let i = 0; i < 100; i++) log.push('x'.repeat(100_000));
    assert.deepEqual([log.size, log.frameBytes], [undefined, undefined]);
  });

  it('is not kept back by the settings of a log', () => {
    process.env.LIBCAMERA_LOG_LEVELS = '*:ERROR';
    try {
      assert.deepEqual(
        [StreamLog.environment.LIBCAMERA_LOG_LEVELS, StreamLog.environment.PATH],
        [undefined, process.env.PATH],
      );
    } finally {
      delete process.env.LIBCAMERA_LOG_LEVELS;
    }
  });
});
