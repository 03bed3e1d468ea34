import assert from 'node:assert/strict';
import { NewestOnly } from '../../lib/camera/newest-only';
import { FrameRateLimiter } from '../../lib/camera/frame-rate';
import { Random } from '../../support/drawing/random';
import { ManualClock } from './manual-clock';

const frame = (at: number): { at: number } => ({ at });

describe('pace', () => {
  for (const [camera, wanted, expected] of [
    [30, 30, 300],
    [30, 10, 100],
    [30, 7, 70],
    [10_000, 30, 300],
    [30, 0.5, 5],
    [5, 30, 50],
  ] as const) {
    it(`sends ${expected} frames in 10 s, at ${wanted} a second of a camera with ${camera}, which comes unevenly`, () => {
      const pace = new FrameRateLimiter({ framerate: wanted, asked: false });
      const random = new Random(1);
      let sent = 0;
      for (let i = 0; i < camera * 10; i++) {
        const now = (i * 1000) / camera + random.between(0, Math.min(6, 300 / camera));
        if (pace.push(frame(now), now)) sent++;
      }
      assert.ok(Math.abs(sent - expected) <= 1, String(sent));
    });
  }

  it('does not make up for a pause', () => {
    const pace = new FrameRateLimiter({ framerate: 10, asked: false });
    assert.ok(pace.push(frame(0), 0));
    const sent = Array.from({ length: 20 }, (_, i) => 5000 + i).filter((now) => pace.push(frame(now), now));
    assert.ok(sent.length <= 2, String(sent));
  });

  it('sends the first frame, then one for each time it is asked, the newest', () => {
    const pace = new FrameRateLimiter({ framerate: 100, asked: true });
    assert.deepEqual(
      [0, 30, 60].map((now) => pace.push(frame(now), now)),
      [true, false, false],
    );
    assert.deepEqual(pace.ask(70), { at: 60 });
    assert.equal(pace.ask(80), undefined);
    assert.deepEqual(
      [90, 120].map((now) => pace.push(frame(now), now)),
      [true, false],
    );
  });

  it('does not send a frame that is no longer new, but waits for the next', () => {
    const pace = new FrameRateLimiter({ framerate: 100, asked: true });
    pace.push(frame(0), 0);
    pace.push(frame(30), 30);
    assert.equal(pace.ask(2000), undefined);
    assert.ok(pace.push(frame(2010), 2010));
  });

  it('goes on by itself where a message was lost', () => {
    const pace = new FrameRateLimiter({ framerate: 100, asked: true });
    assert.deepEqual(
      [0, 9000, 10_100, 10_200].map((now) => pace.push(frame(now), now)),
      [true, false, true, false],
    );
  });
});

describe('newest', () => {
  let clock: ManualClock;
  let passed: number[];
  let dropped: number;
  let newest: NewestOnly<number>;
  beforeEach(() => {
    clock = new ManualClock();
    passed = [];
    dropped = 0;
    newest = new NewestOnly(
      clock,
      33,
      (n) => passed.push(n),
      () => dropped++,
    );
  });
  afterEach(() => {
    newest.close();
    assert.equal(clock.waiting, 0);
  });

  it('lets frames through as they come', async () => {
    for (let i = 0; i < 5; i++) {
      newest.push(i);
      await clock.pass(33);
    }
    assert.deepEqual([passed, dropped], [[0, 1, 2, 3, 4], 0]);
  });

  it('lets only the last one of a burst through', async () => {
    newest.push(0);
    await clock.pass(500);
    for (let i = 1; i <= 17; i++) {
      newest.push(i);
      await clock.pass(3);
    }
    await clock.pass(33);
    newest.push(18);
    await clock.pass(33);
    assert.deepEqual([passed, dropped], [[0, 17, 18], 16]);
  });

  it('keeps no frame back for long, should the burst not end', async () => {
    newest.push(0);
    await clock.pass(500);
    for (let i = 1; i <= 1000; i++) {
      newest.push(i);
      await clock.pass(1);
    }
    assert.ok(passed.length > 500, String(passed.length));
    assert.ok(passed[1]! >= 290 && passed[1]! <= 310, String(passed[1]));
  });
});
