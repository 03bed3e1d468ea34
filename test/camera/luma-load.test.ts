import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Camera, type LiveView } from '../../lib/camera/camera';
import type { LivePicture } from '../../lib/camera/live-frame';
import { PiCamera } from '../../lib/camera/pi-camera';
import type { StreamReport } from '../../lib/camera/reconnect';
import type { GreyPicture } from '../../lib/pictures/picture';
import { FakeProgram } from '../../support/fake-camera';

/** Processes that compete for the processors, and for how long at most, should this one die, milliseconds. */
const BUSY = 8;
const LONGEST = 120_000;

/** Of each size. */
const FRAMES = 8;

const SIZES = [
  [640, 480],
  [820, 616],
  [1296, 972],
  [1640, 1232],
] as const;

/** Frames from the fake camera, until there are enough of them. */
async function look(width: number, height: number): Promise<{ pictures: LivePicture[]; reports: StreamReport[] }> {
  const camera = new Camera(new PiCamera());
  const pictures: LivePicture[] = [];
  const reports: StreamReport[] = [];
  let view: LiveView | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      view = camera.live(
        { width, height, kind: 'luma', framerate: 30 },
        {
          onFrame: (picture) => {
            if (pictures.push(picture) === FRAMES) resolve();
          },
          onReport: (report) => {
            reports.push(report);
          },
          onError: reject,
        },
      );
    });
  } finally {
    await view?.close();
    await camera.close();
  }
  return { pictures, reports };
}

/** How far a pixel is at most from what it must be, apart from the left upper corner, where the fake puts its stamp. */
function worst({ data, width, height }: GreyPicture): number {
  let most = 0;
  for (let y = 0; y < height; y++) {
    for (let x = y < 2 ? 32 : 0; x < width; x++)
      most = Math.max(most, Math.abs(data[y * width + x]! - (64 + (128 * (x + 0.5)) / width)));
  }
  return most;
}

describe('live luma of a camera with padded rows', function () {
  this.timeout(LONGEST);
  let fake: FakeProgram;
  let busy: ChildProcess[] = [];
  let spinning: NodeJS.Timeout | undefined;
  beforeEach(() => {
    fake = new FakeProgram();
  });
  afterEach(async () => {
    clearInterval(spinning);
    const ended = busy.map((child) => once(child, 'exit'));
    for (const child of busy.splice(0)) child.kill('SIGKILL');
    await Promise.all(ended);
    assert.deepEqual(fake.alive, []);
    fake.remove();
  });

  /** Eight processes that take all the time they get, and an event loop that is held up again and again. */
  async function keepBusy(): Promise<void> {
    const script = `console.log(1); const end = Date.now() + ${LONGEST}; while (Date.now() < end);`;
    busy = Array.from({ length: BUSY }, () =>
      spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    await Promise.all(busy.map((child) => once(child.stdout as NodeJS.ReadableStream, 'data')));
    spinning = setInterval(() => {
      for (const end = performance.now() + 25; performance.now() < end;);
    }, 50);
  }

  for (const [width, height] of SIZES) {
    for (const [mode, isBusy] of [
      ['frames', false],
      ['pi 5', false],
      ['frames', true],
    ] as const) {
      const where = `rows as on a Pi ${mode === 'pi 5' ? 5 : 4}${isBusy ? ', beside eight busy processes' : ''}`;
      it(`is right at ${width} × ${height}, ${where}`, async () => {
        fake.mode = mode;
        if (isBusy) await keepBusy();
        const { pictures, reports } = await look(width, height);
        assert.ok(pictures.length >= FRAMES);
        for (const { image, ...size } of pictures) {
          const picture = image as GreyPicture;
          assert.deepEqual([size.width, size.height, picture.width, picture.height], [width, height, width, height]);
          assert.equal(picture.data.length, width * height);
          // One grey for rounding, one for what scaling makes of the steps.
          assert.ok(worst(picture) <= 2, `off by ${worst(picture)}`);
        }
        const restarts = reports.filter(({ state }) => state !== 'starting' && state !== 'live' && state !== 'stopped');
        assert.ok(
          restarts.every(({ error }) => error !== undefined),
          'each restart has a reason',
        );
      });
    }
  }
});
