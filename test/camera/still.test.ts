import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { runProgram } from '../../lib/camera/run';
import type { CameraSettings } from '../../lib/camera/settings';
import type { CapturedPicture } from '../../lib/camera/source';
import { StillCamera, timeLimit, type StillCameraOptions } from '../../lib/camera/still';
import { FakeProgram } from '../../support/fake-camera';

const NEVER = new AbortController().signal;
const SMALL: CameraSettings = { width: 64, height: 48, settle: 0 };

const capture = (
  settings: CameraSettings = {},
  options: StillCameraOptions = {},
  signal = NEVER,
): Promise<CapturedPicture> => new StillCamera(options).capture({ ...SMALL, ...settings }, signal);

describe('still camera', () => {
  let fake: FakeProgram;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(() => {
    fake.remove();
  });

  it('takes a JPEG straight from stdout', async () => {
    const before = Date.now();
    const { image, source, width, height, at } = await capture();
    assert.deepEqual([source, width, height], ['camera 0', 64, 48]);
    const { format, ...size } = await sharp(image).metadata();
    assert.deepEqual([format, size.width, size.height], ['jpeg', 64, 48]);
    assert.ok(at >= before && at <= Date.now());
    assert.deepEqual(fake.alive, []);
  });

  it('takes a PNG', async () => {
    const { image } = await capture({ encoding: 'png' });
    assert.equal((await sharp(image).metadata()).format, 'png');
  });

  it('tells the size that the picture has, not the one that was asked for', async () => {
    const { width, height } = await capture({ width: 16384, height: 48 });
    assert.deepEqual([width, height], [1640, 48]);
  });

  // The fake's picture has a black corner at the top left.
  const TURNS: [settings: CameraSettings, width: number, corner: [left: number, top: number]][] = [
    [{}, 64, [0, 0]],
    [{ hflip: true }, 64, [1, 0]],
    [{ vflip: true }, 64, [0, 1]],
    [{ rotation: 90 }, 48, [1, 0]],
    [{ rotation: 180 }, 64, [1, 1]],
    [{ rotation: 270 }, 48, [0, 1]],
    [{ rotation: 90, hflip: true }, 48, [1, 1]],
  ];
  for (const [settings, width, corner] of TURNS) {
    it(`turns and flips by ${JSON.stringify(settings)}`, async () => {
      const picture = await capture(settings);
      assert.deepEqual([picture.width, picture.height], [width, 112 - width]);
      const { data, info } = await sharp(picture.image).greyscale().raw().toBuffer({ resolveWithObject: true });
      const corners = [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const;
      const black = corners.filter(
        ([x, y]) => data[(2 + y * (info.height - 5)) * info.width + 2 + x * (info.width - 5)]! < 64,
      );
      assert.deepEqual([info.width, black], [width, [corner]]);
    });
  }

  const FAILURES: [mode: string, code: string, status: string, message: RegExp][] = [
    [
      'no camera',
      'no-camera',
      'no camera found',
      /^no camera was found \(rpicam-still: no cameras available\)\. .*cable.*--list-cameras.*video.*\/run\/udev/,
    ],
    ['no media subsystem', 'no-media', 'no camera system', /camera support did not start .*code 19/],
    ['disk full', 'write-failed', 'picture not written', /could not hand its picture over/],
    ['no memory', 'no-memory', 'no camera memory', /dmaHeap allocation failure.*smaller pictures.*\/dev\/dma_heap/],
    [
      'unknown option',
      'bad-option',
      'setting refused',
      /refused a setting \(rpicam-still: unrecognised option '--foo'\)/,
    ],
    ['invalid value', 'bad-option', 'setting refused', /for option '--width' is invalid/],
    ['transpose', 'bad-option', 'setting refused', /transforms requiring transpose not supported/],
    ['illegal rotation', 'bad-option', 'setting refused', /illegal rotation value/],
    [
      'unknown failure',
      'failed',
      'camera failed',
      /^rpicam-still failed with exit code 255: failed to generate capture configuration/,
    ],
    ['killed', 'killed', 'camera program died', /^rpicam-still was ended by SIGKILL/],
    ['nothing', 'no-picture', 'no picture', /^rpicam-still ended without a picture/],
    ['text', 'damaged', 'no picture', /^expected a jpg picture from rpicam-still, got 33 bytes of something else/],
    ['half', 'damaged', 'picture cut off', /^the picture from rpicam-still is cut off after \d+ bytes/],
  ];
  for (const [mode, code, status, message] of FAILURES) {
    it(`explains: ${mode}`, async () => {
      fake.mode = mode;
      await assert.rejects(capture(), { name: 'CameraError', code, status, message });
      fake.mode = 'picture';
      assert.equal((await capture()).width, 64);
    });
  }

  it('explains: half a PNG', async () => {
    fake.mode = 'half';
    await assert.rejects(capture({ encoding: 'png' }), { code: 'damaged', status: 'picture cut off' });
  });

  it('explains: a camera that another program holds', async () => {
    writeFileSync(join(fake.folder, 'lock'), String(process.pid));
    await assert.rejects(capture(), {
      code: 'in-use',
      status: 'camera in use',
      message:
        /^the camera is in use by another program \(rpicam-still: failed to acquire camera .*End the other program/,
    });
  });

  it('explains: no camera with this number', async () => {
    await assert.rejects(capture({}, { camera: 3 }), { code: 'no-such-camera', message: /no camera with this number/ });
    await assert.rejects(capture({}, { camera: 'front' }), { code: 'bad-setting' });
  });

  it('takes text on stderr for no failure, however much', async () => {
    fake.mode = 'chatter';
    assert.equal((await capture()).width, 64);
  });

  it('ends a program that hangs', async () => {
    fake.mode = 'hang';
    await assert.rejects(capture({ timeout: 700 }), {
      code: 'hung',
      status: 'camera hangs',
      message: /^rpicam-still did not finish in 0.7 s and was ended/,
    });
    assert.deepEqual(fake.alive, []);
  });

  it('kills a program that takes no notice of SIGTERM', async () => {
    fake.mode = 'deaf';
    const controller = new AbortController();
    const captured = capture({}, {}, controller.signal);
    await fake.started();
    while (!fake.log.includes('deaf'))
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    controller.abort();
    await assert.rejects(captured, { code: 'closed' });
    assert.ok(fake.log.includes('SIGTERM'));
    assert.deepEqual(fake.alive, []);
  });

  it('allows for settling and a long exposure', () => {
    assert.equal(timeLimit({}), 15_500);
    assert.equal(timeLimit({ settle: 2000, shutter: 1_000_000, timeout: 100 }), 6100);
  });

  it('ends a program that writes without end', async () => {
    fake.mode = 'endless';
    await assert.rejects(capture(), { code: 'too-large', status: 'picture too large' });
    assert.deepEqual(fake.alive, []);
  });

  it('does not wait for what the program left behind', async () => {
    fake.mode = 'heir';
    try {
      assert.equal((await capture()).width, 64);
    } finally {
      process.kill(Number(readFileSync(join(fake.folder, 'heir'), 'utf8')), 'SIGKILL');
    }
  });

  it('ends the program when aborted', async () => {
    fake.mode = 'hang';
    const controller = new AbortController();
    const captured = capture({}, {}, controller.signal);
    await fake.started();
    controller.abort();
    await assert.rejects(captured, { code: 'closed' });
    assert.deepEqual(fake.alive, []);
  });

  it('keeps only the end of stderr', async () => {
    fake.mode = 'chatter';
    const { stderr, code } = await runProgram('rpicam-still', ['--immediate', '--width=64', '--height=48'], {
      timeout: 15_000,
      maxBytes: 1e6,
      signal: NEVER,
    });
    assert.deepEqual([code, stderr.length], [0, 8192]);
    assert.match(stderr, /line 49999 /);
  });

  describe('program', () => {
    it('is libcamera-still where there is no rpicam-still', async () => {
      fake.remove();
      fake = new FakeProgram('libcamera-still');
      fake.mode = 'unknown failure';
      await assert.rejects(capture(), /^CameraError: libcamera-still failed/);
      fake.mode = 'picture';
      assert.equal((await capture()).width, 64);
    });

    it('is the one that is set, by its path', async () => {
      const { folder } = fake;
      process.env.PATH = '';
      assert.equal((await capture({}, { program: ` ${join(folder, 'rpicam-still')} ` })).width, 64);
    });

    it('is missing', async () => {
      process.env.PATH = '';
      await assert.rejects(capture(), {
        code: 'no-program',
        status: 'no camera program',
        message: /looked for rpicam-still and libcamera-still.*apt install rpicam-apps/,
      });
      await assert.rejects(capture({}, { program: '/nowhere/rpicam-still' }), {
        code: 'no-program',
        message: /looked for \/nowhere\/rpicam-still/,
      });
    });

    it('is a folder, no program, or a name that no file can have', async () => {
      writeFileSync(join(fake.folder, 'notes'), 'text');
      await assert.rejects(capture({}, { program: fake.folder }), {
        code: 'not-startable',
        status: 'cannot start it',
        message: /permission denied/,
      });
      await assert.rejects(capture({}, { program: join(fake.folder, 'notes') }), { code: 'not-startable' });
      await assert.rejects(capture({}, { program: 'a\0b' }), { code: 'not-startable' });
    });
  });
});
