import assert from 'node:assert/strict';
import { Camera } from '../../lib/camera/camera';
import { CameraError } from '../../lib/camera/errors';
import type { CapturedPicture, FrameSink, PictureSource, StreamRequest } from '../../lib/camera/source';
import { StillCamera } from '../../lib/camera/still';
import { FakeProgram } from '../../support/fake-camera';

const picture = (source: string): CapturedPicture => ({ image: Buffer.alloc(1), source, width: 64, height: 48, at: 0 });

/** Takes a picture when told to. */
class ManualSource implements PictureSource {
  readonly begun: {
    quality: number | undefined;
    finish: () => void;
    fail: (error: Error) => void;
    signal: AbortSignal;
  }[] = [];

  capture({ quality }: { quality?: number }, signal: AbortSignal): Promise<CapturedPicture> {
    return new Promise((resolve, reject) => {
      this.begun.push({
        quality,
        finish: () => {
          resolve(picture(String(quality)));
        },
        fail: reject,
        signal,
      });
      signal.addEventListener('abort', () => {
        reject(new CameraError('closed', 'ended', { status: 'closed' }));
      });
    });
  }
}

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('camera', () => {
  it('takes one picture at a time, in order', async () => {
    const source = new ManualSource();
    const camera = new Camera(source);
    const order: string[] = [];
    const captures = [1, 2, 3].map((quality) => camera.capture({ quality }).then((taken) => order.push(taken.source)));
    for (let i = 0; i < 3; i++) {
      await settled();
      assert.equal(source.begun.length, i + 1);
      source.begun[i]!.finish();
    }
    await Promise.all(captures);
    assert.deepEqual(order, ['1', '2', '3']);
  });

  it('goes on after a failure', async () => {
    const source = new ManualSource();
    const camera = new Camera(source);
    const [first, second] = [camera.capture(), camera.capture()];
    await settled();
    source.begun[0]!.fail(new Error('broken'));
    await assert.rejects(first, /broken/);
    source.begun[1]!.finish();
    await second;
  });

  it('lets ten wait and fails each further one', async () => {
    const source = new ManualSource();
    const camera = new Camera(source);
    const captures = Array.from({ length: 11 }, () => camera.capture());
    await assert.rejects(camera.capture(), {
      code: 'busy',
      status: 'too many pictures',
      message: /10 are waiting already/,
    });
    const closed = Promise.allSettled(captures);
    await camera.close();
    assert.ok((await closed).every(({ status }) => status === 'rejected'));
  });

  it('refuses bad settings before it asks the source', async () => {
    const source = new ManualSource();
    await assert.rejects(new Camera(source).capture({ width: -1 }), { code: 'bad-setting' });
    assert.equal(source.begun.length, 0);
  });

  it('fails what waits and what is in work when it is closed, and takes no more', async () => {
    const source = new ManualSource();
    const camera = new Camera(source);
    const captures = Promise.allSettled([camera.capture(), camera.capture()]);
    await settled();
    await camera.close();
    assert.deepEqual(
      (await captures).map((result) => result.status === 'rejected' && (result.reason as CameraError).code),
      ['closed', 'closed'],
    );
    await assert.rejects(camera.capture(), { code: 'closed' });
    assert.equal(source.begun.length, 1);
  });

  it('ends a capture by its signal, whether it waits or is in work, and leaves the others', async () => {
    const source = new ManualSource();
    const camera = new Camera(source);
    const [inWork, waits] = [new AbortController(), new AbortController()];
    const [first, second, third] = [
      camera.capture({}, inWork.signal),
      camera.capture({}, waits.signal),
      camera.capture({ quality: 3 }),
    ];
    await settled();
    waits.abort();
    await assert.rejects(second, { code: 'closed' });
    assert.ok(!source.begun[0]!.signal.aborted);
    inWork.abort();
    await assert.rejects(first, { code: 'closed' });
    await settled();
    source.begun[1]!.finish();
    assert.equal((await third).source, '3');
    await assert.rejects(camera.capture({}, AbortSignal.abort()), { code: 'closed' });
  });

  it('takes a picture itself where the stream that was to give it ends', async () => {
    const play = (_request: StreamRequest, _sink: FrameSink, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    const source = Object.assign(new ManualSource(), { isCamera: true, play });
    const camera = new Camera(source);
    const settings = { width: 64, height: 48 };
    const view = camera.live(settings, {
      onFrame: () => undefined,
      onReport: () => undefined,
      onError: () => undefined,
    });
    await settled();
    const taken = camera.capture(settings);
    await settled();
    assert.equal(source.begun.length, 0);
    await view.close();
    await settled();
    assert.equal(source.begun.length, 1);
    source.begun[0]!.finish();
    await taken;
    await camera.close();
  });

  it('takes a picture that the stream cannot give only when the stream has let go of the camera', async () => {
    const steps: string[] = [];
    let letGo: () => void = () => undefined;
    const play = (_request: StreamRequest, _sink: FrameSink, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        steps.push('stream');
        letGo = resolve;
        signal.addEventListener('abort', () => steps.push('told to end'));
      });
    const source = Object.assign(new ManualSource(), { isCamera: true, play });
    const camera = new Camera(source);
    const ignore = (): void => undefined;
    camera.live({ width: 64, height: 48 }, { onFrame: ignore, onReport: ignore, onError: ignore });
    await settled();
    const taken = camera.capture({ width: 640, height: 480 });
    await settled();
    assert.deepEqual([steps, source.begun.length], [['stream', 'told to end'], 0]);
    letGo();
    await settled();
    assert.equal(source.begun.length, 1);
    // Nobody looks while it is being taken.
    assert.equal(steps.length, 2);
    source.begun[0]!.finish();
    await taken;
    await settled();
    assert.deepEqual(steps, ['stream', 'told to end', 'stream']);
    const closed = camera.close();
    letGo();
    await closed;
  });

  describe('with the camera program', () => {
    const settings = { width: 64, height: 48, settle: 0 };
    let fake: FakeProgram;
    beforeEach(() => {
      fake = new FakeProgram();
    });
    afterEach(() => {
      fake.remove();
    });

    it('never starts it twice at once', async () => {
      // The fake says that the camera is in use where another run holds it.
      const camera = new Camera(new StillCamera());
      const pictures = await Promise.all([1, 2, 3].map(() => camera.capture(settings)));
      assert.equal(pictures.length, 3);
      await camera.close();
    });

    it('has ended it when it is closed', async () => {
      fake.mode = 'hang';
      const camera = new Camera(new StillCamera());
      const captures = Promise.allSettled([camera.capture(settings), camera.capture(settings)]);
      await fake.started();
      await camera.close();
      assert.deepEqual(fake.alive, []);
      assert.ok((await captures).every(({ status }) => status === 'rejected'));
      assert.equal(fake.runs.length, 1);
    });
  });
});
