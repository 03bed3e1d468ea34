import assert from 'node:assert/strict';
import { CameraError } from '../../lib/camera/errors';
import type { LivePicture } from '../../lib/camera/live-frame';
import type { StreamReport } from '../../lib/camera/reconnect';
import type { CameraSettings } from '../../lib/camera/settings';
import type { FrameSink, FrameSource, StreamRequest } from '../../lib/camera/source';
import { Stream } from '../../lib/camera/stream';
import type { SubscriberListener } from '../../lib/camera/subscriber';
import type { GreyPicture } from '../../lib/pictures/picture';
import { ManualClock, settled } from './manual-clock';

const SIZE = { width: 64, height: 32 };

/** A camera whose frames come when the test sends them. */
class ManualCamera implements FrameSource {
  readonly isCamera = true;
  readonly runs: { request: StreamRequest; sink: FrameSink; end: (error: Error) => void }[] = [];

  play(request: StreamRequest, sink: FrameSink, signal: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => {
      this.runs.push({ request, sink, end: reject });
      signal.addEventListener('abort', () => {
        reject(new CameraError('closed', 'ended', { status: 'closed' }));
      });
    });
  }

  get last(): ManualCamera['runs'][number] {
    return this.runs[this.runs.length - 1]!;
  }

  send(data: Buffer): void {
    const chroma = this.last.request.keepChroma() ? Buffer.alloc(64 * 16, 128) : undefined;
    this.last.sink.frame({ image: { data, ...SIZE, channels: 1 }, chroma, ...SIZE, source: 'camera 0', at: 1 });
  }
}

/** Keeps what it is told; throws what it is given to throw. */
class Listener implements SubscriberListener {
  readonly pictures: LivePicture[] = [];
  readonly states: string[] = [];
  readonly errors: unknown[] = [];
  dropped = 0;
  private waiting: () => void = () => undefined;

  constructor(private readonly throwing: { frame?: Error; report?: Error } = {}) {}

  onFrame(picture: LivePicture, dropped: number): void {
    this.pictures.push(picture);
    this.dropped = dropped;
    this.waiting();
    if (this.throwing.frame) throw this.throwing.frame;
  }

  onReport({ state }: StreamReport): void {
    this.states.push(state);
    if (this.throwing.report) throw this.throwing.report;
  }

  onError(error: unknown): void {
    this.errors.push(error);
  }

  async until(count: number): Promise<void> {
    while (this.pictures.length < count)
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
  }
}

describe('stream', () => {
  let camera: ManualCamera;
  let clock: ManualClock;
  let stream: Stream;
  beforeEach(() => {
    camera = new ManualCamera();
    clock = new ManualClock();
    stream = new Stream(camera, clock);
  });
  afterEach(() => stream.close());

  const add = async (settings: CameraSettings, listener = new Listener()): Promise<Listener> => {
    stream.add({ ...SIZE, ...settings }, listener);
    await settled();
    return listener;
  };
  const send = async (grey: number): Promise<void> => {
    camera.send(Buffer.alloc(64 * 32, grey));
    await clock.pass(200);
  };

  it('gives each one pixels of its own', async () => {
    const one = await add({ kind: 'luma' });
    const other = await add({ kind: 'luma' });
    await send(100);
    await Promise.all([one.until(1), other.until(1)]);
    const [mine, yours] = [one, other].map(({ pictures }) => (pictures[0]!.image as GreyPicture).data);
    mine!.fill(0);
    assert.ok(yours!.every((value) => value === 100));
  });

  it('tells a listener what it throws itself, counts no frame as lost for that, and serves the others', async () => {
    const frame = new Error('frame');
    const report = new Error('report');
    const bad = await add({ kind: 'luma' }, new Listener({ frame, report }));
    const good = await add({ kind: 'luma' });
    for (let i = 1; i <= 3; i++) {
      await send(i);
      await Promise.all([bad.until(i), good.until(i)]);
    }
    await settled();
    assert.deepEqual([bad.dropped, good.dropped], [0, 0]);
    assert.deepEqual(bad.errors, [report, report, frame, frame, frame]);
    assert.deepEqual([good.errors, good.states, stream.state], [[], ['live'], 'live']);
  });

  describe('quality of JPEGs', () => {
    const refused = {
      code: 'other-stream',
      message: /live already with another setting of quality\. .*JPEG frames the same quality/,
    };

    it('that differs is refused, whoever was first', async () => {
      for (const [one, other] of [
        [50, 90],
        [90, 50],
      ] as const) {
        await add({ quality: one });
        await assert.rejects(add({ quality: other }), refused);
        await add({ quality: one });
        await stream.close();
      }
    });

    it('is that of the one who wants one, where the others take any', async () => {
      await add({});
      assert.equal(camera.last.request.settings.quality, undefined);
      await add({ quality: 90 });
      assert.deepEqual([camera.runs.length, camera.last.request.settings.quality], [2, 90]);
      await add({});
      await add({ kind: 'luma', quality: 10 });
      assert.deepEqual([camera.runs.length, camera.last.request.settings.quality], [3, 90]);
      await assert.rejects(add({ quality: 91 }), refused);
    });

    it('may be changed by the one who set it', async () => {
      const listener = new Listener();
      const viewer = stream.add({ ...SIZE, quality: 50 }, listener);
      await settled();
      stream.add({ ...SIZE, quality: 60 }, listener, viewer);
      await settled();
      assert.deepEqual([camera.runs.length, camera.last.request.settings.quality], [2, 60]);
    });

    it('of a still is its own, where JPEGs are made of luma, and otherwise no frame will do', async () => {
      await add({ quality: 50 });
      assert.deepEqual(
        [undefined, 50, 93].map((quality) => stream.covers({ ...SIZE, ...(quality && { quality }) })),
        [true, true, false],
      );
      await add({ kind: 'luma' });
      assert.equal(stream.covers({ ...SIZE, quality: 93 }), true);
      const taken = [10, 100].map((quality) => stream.shot(1000, quality));
      const data = Buffer.from(Array.from({ length: 2048 }, (_, i) => (i * 7919) % 256));
      camera.send(data);
      await clock.pass(200);
      const [low, high] = await Promise.all(taken);
      assert.ok(low && high);
      assert.ok(2 * low.image.length < high.image.length, `${low.image.length} ${high.image.length}`);
    });
  });
});
