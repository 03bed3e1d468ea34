import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { CameraError } from '../../lib/camera/errors';
import { VideoCamera } from '../../lib/camera/video';
import type { SourceFrame, StreamRequest } from '../../lib/camera/source';
import type { GreyPicture } from '../../lib/pictures/picture';
import { FakeProgram } from '../../support/fake-camera';
import { stampOf } from '../../support/stamp';

interface Run {
  frames: SourceFrame[];
  dropped: number;
  error: Error | undefined;
}

/** Lets it run until it has sent so many frames or ends by itself. */
async function film(request: Partial<StreamRequest> = {}, until = 8, camera = new VideoCamera()): Promise<Run> {
  const run: Run = { frames: [], dropped: 0, error: undefined };
  const controller = new AbortController();
  await camera
    .play(
      { settings: { width: 320, height: 240 }, kind: 'jpeg', framerate: 60, keepChroma: () => false, ...request },
      {
        frame: (frame) => {
          run.frames.push(frame);
          if (run.frames.length >= until) controller.abort();
        },
        dropped: (count) => {
          run.dropped += count;
        },
      },
      controller.signal,
    )
    .catch((error: unknown) => {
      run.error = error as Error;
    });
  return run;
}

const luma = (frame: SourceFrame): GreyPicture => frame.image as GreyPicture;

/** So many frames have come, each pixel is that of the fake's picture, and they are one after another. */
function assertRight(all: SourceFrame[], width: number, height: number, count = 8): void {
  const frames = all.slice(0, count);
  assert.equal(frames.length, count);
  const row = Buffer.from(Array.from({ length: width }, (_, x) => 64 + Math.floor((128 * x) / width)));
  const expected = Buffer.concat(Array.from({ length: height }, () => row)).subarray(16);
  for (const [i, frame] of frames.entries()) {
    const { data, channels, ...size } = luma(frame);
    assert.deepEqual([size, channels, stampOf(luma(frame)).number], [{ width, height }, 1, i]);
    assert.ok(expected.equals(data.subarray(16)), `frame ${i}`);
  }
}

describe('video camera', () => {
  let fake: FakeProgram;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(() => {
    fake.remove();
  });

  it('is asked for JPEGs, flushed, without preview and without end', async () => {
    const more = {
      hflip: true,
      gain: 2,
      settle: 100,
      timeout: 900,
      autofocusOnCapture: true,
      encoding: 'png' as const,
    };
    await film({ settings: { width: 320, height: 240, ...more } }, 1, new VideoCamera({ camera: '0' }));
    assert.deepEqual(fake.runs[0]?.argv, [
      '-t',
      '0',
      '-o',
      '-',
      '--codec',
      'mjpeg',
      '--flush',
      '-n',
      '--camera',
      '0',
      '--framerate=60',
      '--width=320',
      '--height=240',
      '--hflip',
      '--gain=2',
    ]);
  });

  it('sends each JPEG whole, with its size, and the program has gone at the end', async () => {
    const { frames, error, dropped } = await film();
    assert.match(error?.message ?? '', /closed/);
    assert.equal(dropped, 0);
    assert.deepEqual(
      frames.slice(0, 8).map(({ image }) => stampOf(image as Buffer).number),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
    const { width, height, source, image } = frames[0]!;
    const metadata = await sharp(image as Buffer).metadata();
    assert.deepEqual([width, height, source], [metadata.width, metadata.height, 'camera 0']);
    assert.deepEqual(fake.alive, []);
  });

  it('is asked for luma of a size whose rows have no padding, and to tell how long its frames are', async () => {
    await film({ kind: 'luma', settings: { width: 200, height: 100, quality: 30 } }, 1);
    assert.deepEqual(fake.runs[0]?.argv.slice(4, 9), ['--codec', 'yuv420', '--flush', '--verbose', '-n']);
    assert.deepEqual(fake.runs[0].argv.slice(12, 14), ['--width=256', '--height=128']);
  });

  it('sends luma as raw pictures, with or without colours', async () => {
    for (const keepChroma of [false, true]) {
      const { frames } = await film({
        kind: 'luma',
        settings: { width: 640, height: 480 },
        keepChroma: () => keepChroma,
      });
      assertRight(frames, 640, 480);
      for (const { chroma, scale } of frames) {
        assert.equal(scale, undefined);
        assert.deepEqual(
          chroma && [chroma.length, chroma[0], chroma.at(-1)],
          keepChroma ? [640 * 240, 110, 160] : undefined,
        );
      }
    }
  });

  it('sends luma of a size that covers the wanted one, and says to which it is to be scaled', async () => {
    const { frames } = await film({ kind: 'luma', settings: { width: 820, height: 616 }, keepChroma: () => true });
    assertRight(frames, 896, 674);
    for (const { scale, chroma } of frames) {
      assert.deepEqual(scale, { width: 820, height: 616 });
      assert.deepEqual(
        [chroma?.length, chroma?.every((value, i) => value === (i < 448 * 337 ? 110 : 160))],
        [896 * 337, true],
      );
    }
  });

  for (const mode of ['pauses', 'raw streams first', 'pi 5', 'no frame sizes']) {
    it(`cuts luma apart right: ${mode}`, async () => {
      fake.mode = mode;
      for (const [width, height] of [
        [640, 480],
        [896, 674],
      ] as const) {
        const { frames, dropped } = await film({ kind: 'luma', settings: { width, height } });
        assertRight(frames, width, height);
        assert.equal(dropped, 0);
      }
    });
  }

  it('asks a camera for less that has less than it was asked for, with a word', async () => {
    fake.mode = 'small sensor';
    const camera = new VideoCamera();
    const request = { kind: 'luma' as const, settings: { width: 1640, height: 1232 } };
    const first = await film(request, 2, camera);
    assert.deepEqual([first.frames.length, (first.error as CameraError).code], [0, 'bad-frames']);
    assert.match(
      first.error?.message ?? '',
      /^expected 3030720 bytes for a raw frame of 1640 × 1232 pixels, got 3075072/,
    );
    const { frames } = await film(request, 2, camera);
    assertRight(frames, 1536, 1154, 2);
    assert.equal(frames[0]!.scale, undefined);
    assert.deepEqual(
      fake.runs.map(({ argv }) => argv.slice(12, 14).join(' ')),
      ['--width=1664 --height=1250', '--width=1536 --height=1154'],
    );
  });

  it('takes a camera as it is that has another size without padding', async () => {
    fake.mode = 'small sensor';
    const { frames } = await film({ kind: 'luma', settings: { width: 1280, height: 4000 } }, 2);
    assertRight(frames, 1280, 1232, 2);
    assert.equal(frames[0]!.scale, undefined);
  });

  it('gives luma up with a word where it does not fit, and sends none of it', async () => {
    for (const [mode, most, message] of [
      ['other padding', 0, /^expected 460800 bytes for a raw frame of 640 × 480 pixels, got 552960/],
      ['no size', 0, /^the camera program did not say which size its raw frames have/],
      ['other size', 5, /^the camera changed the size of its frames from 640 × 480 to 256 × 192/],
    ] as const) {
      fake.mode = mode;
      const { frames, error } = await film({ kind: 'luma', settings: { width: 640, height: 480 } }, 1000);
      // Of what came shortly before such a word, nothing is sent any more.
      assertRight(frames, 640, 480, frames.length);
      assert.deepEqual([frames.length <= most, (error as CameraError).code], [true, 'bad-frames']);
      assert.match(error?.message ?? '', message);
      assert.deepEqual(fake.alive, []);
    }
  });

  const ENDS: [mode: string, frames: number, dropped: number, error: RegExp][] = [
    ['exit', 5, 0, /^rpicam-vid ended by itself/],
    ['failure', 5, 0, /^rpicam-vid failed with exit code 255: Camera frontend has timed out!/],
    ['aborted', 5, 0, /^rpicam-vid was ended by SIGABRT/],
    ['killed', 5, 0, /^rpicam-vid was ended by SIGKILL\. Often this is the system running out of memory/],
    ['cut', 5, 1, /^rpicam-vid ended by itself/],
    ['no camera', 0, 0, /^no camera was found/],
    ['no media subsystem', 0, 0, /camera support did not start/],
    ['no memory', 0, 0, /dmaHeap allocation failure/],
    ['unknown option', 0, 0, /refused a setting \(rpicam-vid: unrecognised option '--foo'\)/],
    ['unknown failure', 0, 0, /^rpicam-vid failed with exit code 255: failed to generate/],
  ];
  for (const [mode, count, lost, message] of ENDS) {
    for (const kind of ['jpeg', 'luma'] as const) {
      it(`explains: ${mode} (${kind})`, async () => {
        fake.mode = mode;
        const { frames, dropped, error } = await film({ kind }, 1000);
        assert.match(error?.message ?? '', message);
        // What the system's pipe held when the program was killed is read, too.
        assert.deepEqual([frames.length, dropped], [count, lost]);
        assert.deepEqual(fake.alive, []);
      });
    }
  }

  it('passes over garbage between frames and counts half ones', async () => {
    fake.mode = 'garbage';
    assert.deepEqual(
      (await film()).frames.slice(0, 4).map(({ image }) => stampOf(image as Buffer).number),
      [0, 1, 2, 3],
    );
    fake.mode = 'half frames';
    const { frames, dropped } = await film();
    assert.deepEqual(
      frames.slice(0, 4).map(({ image }) => stampOf(image as Buffer).number),
      [0, 2, 4, 6],
    );
    assert.ok(dropped >= 3);
  });

  it('gets over a frame of 50 MB, and a log without end', async () => {
    fake.mode = 'huge';
    const { frames, dropped } = await film({}, 4);
    assert.deepEqual([frames.length, dropped], [4, 1]);
    fake.mode = 'chatter';
    assert.equal((await film()).frames.length >= 8, true);
  });

  it('kills a program that takes no notice of SIGTERM', async () => {
    fake.mode = 'deaf';
    const controller = new AbortController();
    const sink = { frame: () => undefined, dropped: () => undefined };
    const over = new VideoCamera().play(
      { settings: {}, kind: 'jpeg', framerate: 30, keepChroma: () => false },
      sink,
      controller.signal,
    );
    while (!fake.log.includes('deaf'))
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    controller.abort();
    await assert.rejects(over, { code: 'closed' });
    assert.ok(fake.log.includes('SIGTERM'));
    assert.deepEqual(fake.alive, []);
  });

  it('is libcamera-vid where there is no rpicam-vid, and stands beside a program that is set', async () => {
    fake.remove();
    fake = new FakeProgram('libcamera-still');
    assert.ok((await film()).frames.length >= 8);
    const { file } = fake;
    process.env.PATH = '';
    assert.ok((await film({}, 8, new VideoCamera({ program: file }))).frames.length >= 8);
    assert.match((await film()).error?.message ?? '', /looked for rpicam-vid and libcamera-vid/);
  });

  it('ends when its reader has gone', async () => {
    const { spawn } = await import('node:child_process');
    const reader = spawn(process.execPath, [
      '-e',
      `require('child_process').spawn(${JSON.stringify(fake.file.replace('still', 'vid'))}, ['-t', '0', '--codec', ` +
        "'mjpeg'], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.resume()",
    ]);
    await fake.started();
    reader.kill('SIGKILL');
    while (fake.alive.length > 0)
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
  });
});
