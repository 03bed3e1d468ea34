import assert from 'node:assert/strict';
import sharp from 'sharp';
import { VideoCamera } from '../../lib/camera/video';
import type { SourceFrame, StreamRequest } from '../../lib/camera/source';
import type { GreyPicture } from '../../lib/pictures/picture';
import { FakeProgram } from './fake';
import { stampOf } from './stamp';

interface Run { frames: SourceFrame[]; dropped: number; error: Error | undefined }

/** Lets it run until it has sent so many frames or ends by itself. */
async function film(request: Partial<StreamRequest> = {}, until = 8, options = {}): Promise<Run> {
  const run: Run = { frames: [], dropped: 0, error: undefined }, controller = new AbortController();
  await new VideoCamera(options).play({ settings: { width: 320, height: 240 }, kind: 'jpeg', framerate: 60, keepChroma: () => false, ...request }, {
    frame: (frame) => {
      run.frames.push(frame);
      if (run.frames.length >= until) controller.abort();
    },
    dropped: (count) => { run.dropped += count; },
  }, controller.signal).catch((error: unknown) => { run.error = error as Error; });
  return run;
}

const luma = (frame: SourceFrame): GreyPicture => frame.image as GreyPicture;

describe('video camera', () => {
  let fake: FakeProgram;
  beforeEach(() => { fake = new FakeProgram(); });
  afterEach(() => { fake.remove(); });

  it('is asked for JPEGs, flushed, without preview and without end', async () => {
    await film({ settings: { width: 320, height: 240, hflip: true, gain: 2, settle: 100, timeout: 900, autofocusOnCapture: true, encoding: 'png' } }, 1, { camera: '0' });
    assert.deepEqual(fake.runs[0].argv, [
      '-t', '0', '-o', '-', '--codec', 'mjpeg', '--flush', '-n', '--camera', '0', '--framerate=60', '--width=320', '--height=240', '--hflip', '--gain=2',
    ]);
  });

  it('sends each JPEG whole, with its size, and the program has gone at the end', async () => {
    const { frames, error, dropped } = await film();
    assert.match(error?.message ?? '', /closed/);
    assert.equal(dropped, 0);
    assert.deepEqual(frames.slice(0, 8).map(({ image }) => stampOf(image as Buffer).number), [0, 1, 2, 3, 4, 5, 6, 7]);
    const { width, height, source, image } = frames[0], metadata = await sharp(image as Buffer).metadata();
    assert.deepEqual([width, height, source], [metadata.width, metadata.height, 'camera 0']);
    assert.deepEqual(fake.alive, []);
  });

  it('sends luma as raw pictures, with or without colours', async () => {
    for (const keepChroma of [false, true]) {
      const { frames } = await film({ kind: 'luma', keepChroma: () => keepChroma });
      assert.deepEqual(frames.slice(0, 8).map((frame) => stampOf(luma(frame)).number), [0, 1, 2, 3, 4, 5, 6, 7]);
      for (const frame of frames) {
        const { data, width, height, channels } = luma(frame);
        assert.deepEqual([width, height, channels, data.length], [320, 240, 1, 320 * 240]);
        assert.deepEqual([data[320 + 160], data[320 * 240 - 1]], [128, 64 + Math.floor((128 * 319) / 320)]);
        assert.deepEqual(frame.chroma && [frame.chroma.length, frame.chroma[0], frame.chroma.at(-1)], keepChroma ? [320 * 120, 110, 160] : undefined);
      }
    }
  });

  it('takes the padding of rows out', async () => {
    fake.mode = 'padded';
    const { frames } = await film({ kind: 'luma', settings: { width: 200, height: 100 }, keepChroma: () => true });
    assert.deepEqual(frames.slice(0, 8).map((frame) => stampOf(luma(frame)).number), [0, 1, 2, 3, 4, 5, 6, 7]);
    for (const frame of frames) {
      assert.deepEqual([...luma(frame).data.subarray(200, 400)], Array.from({ length: 200 }, (_, x) => 64 + Math.floor((128 * x) / 200)));
      assert.deepEqual([frame.chroma?.length, frame.chroma?.every((value, i) => value === (i < 5000 ? 110 : 160))], [10_000, true]);
    }
  });

  it('follows a size that the program has adjusted', async () => {
    const { frames } = await film({ kind: 'luma', settings: { width: 4000, height: 240 } }, 2);
    assert.deepEqual([frames[0].width, frames[0].height], [1640, 240]);
  });

  const ENDS: [mode: string, frames: number, dropped: number, error: RegExp][] = [
    ['exit', 5, 0, /^rpicam-vid ended by itself/],
    ['failure', 5, 0, /^rpicam-vid failed with exit code 255: Camera frontend has timed out!/],
    ['aborted', 5, 0, /^rpicam-vid was ended by SIGABRT/],
    ['killed', 5, 0, /^rpicam-vid was ended by SIGKILL/],
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
    assert.deepEqual((await film()).frames.slice(0, 4).map(({ image }) => stampOf(image as Buffer).number), [0, 1, 2, 3]);
    fake.mode = 'half frames';
    const { frames, dropped } = await film();
    assert.deepEqual(frames.slice(0, 4).map(({ image }) => stampOf(image as Buffer).number), [0, 2, 4, 6]);
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
    const controller = new AbortController(), sink = { frame: () => undefined, dropped: () => undefined };
    const over = new VideoCamera().play({ settings: {}, kind: 'jpeg', framerate: 30, keepChroma: () => false }, sink, controller.signal);
    while (!fake.log.includes('deaf')) await new Promise((resolve) => { setTimeout(resolve, 10); });
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
    assert.ok((await film({}, 8, { program: file })).frames.length >= 8);
    assert.match((await film()).error?.message ?? '', /looked for rpicam-vid and libcamera-vid/);
  });

  it('ends when its reader has gone', async () => {
    const { spawn } = await import('node:child_process');
    const reader = spawn(process.execPath, ['-e', `require('child_process').spawn(${JSON.stringify(fake.file.replace('still', 'vid'))}, ['-t', '0', '--codec', 'mjpeg'], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.resume()`]);
    await fake.started();
    reader.kill('SIGKILL');
    while (fake.alive.length > 0) await new Promise((resolve) => { setTimeout(resolve, 20); });
  });
});
