import assert from 'node:assert/strict';
import { CameraError, type CameraErrorCode } from '../../lib/camera/errors';
import { ReconnectSupervisor, type StreamReport } from '../../lib/camera/reconnect';
import { ManualClock, settled } from './manual-clock';

/** A stream whose frames and end are up to the test. */
class Attempts {
  readonly clock = new ManualClock();
  readonly reports: StreamReport[] = [];
  readonly begun: { frame: () => void; fail: (code?: CameraErrorCode) => void; signal: AbortSignal }[] = [];
  readonly recovery = new ReconnectSupervisor({
    clock: this.clock,
    timeouts: () => ({ first: 15_000, next: 2000 }),
    onReport: (report) => this.reports.push(report),
    run: (signal, frame) =>
      new Promise((_resolve, reject) => {
        const fail = (code: CameraErrorCode = 'killed'): void => {
          reject(new CameraError(code, code, { status: code }));
        };
        signal.addEventListener('abort', () => {
          fail('closed');
        });
        this.begun.push({ frame, fail, signal });
      }),
  });

  get last(): Attempts['begun'][number] {
    return this.begun[this.begun.length - 1]!;
  }

  get states(): string[] {
    return this.reports.map(({ state }) => state);
  }
}

describe('recovery', () => {
  let attempts: Attempts;
  beforeEach(async () => {
    attempts = new Attempts();
    attempts.recovery.start();
    await settled();
  });
  afterEach(async () => {
    await attempts.recovery.stop();
    assert.equal(attempts.clock.waiting, 0);
  });

  it('is live with the first frame', () => {
    attempts.last.frame();
    attempts.last.frame();
    assert.deepEqual(attempts.states, ['starting', 'live']);
  });

  it('waits 1, 2, 4, … and at most 30 s, and tells why', async () => {
    const waits = [];
    for (let i = 0; i < 8; i++) {
      attempts.last.fail('in-use');
      await settled();
      const report = attempts.reports.at(-1);
      assert.deepEqual([report?.state, report?.error?.code], ['waiting', 'in-use']);
      waits.push(report?.wait ?? 0);
      await attempts.clock.pass((report?.wait ?? 0) - 1);
      assert.equal(attempts.begun.length, i + 1);
      await attempts.clock.pass(1);
      assert.equal(attempts.begun.length, i + 2);
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('begins with short waits again after healthy frames, not after a few', async () => {
    const waits = [];
    for (const frames of [0, 0, 3, 10, 0]) {
      for (let i = 0; i < frames; i++) attempts.last.frame();
      attempts.last.fail();
      await settled();
      const wait = attempts.reports.at(-1)?.wait ?? 0;
      waits.push(wait);
      await attempts.clock.pass(wait);
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 1000, 2000]);
  });

  it('ends an attempt from which no frame comes, and goes on', async () => {
    await attempts.clock.pass(14_999);
    assert.equal(attempts.last.signal.aborted, false);
    await attempts.clock.pass(1);
    assert.ok(attempts.last.signal.aborted);
    assert.deepEqual([attempts.recovery.state, attempts.recovery.error?.code], ['waiting', 'stalled']);
    await attempts.clock.pass(1000);
    for (let i = 0; i < 10; i++) {
      attempts.last.frame();
      await attempts.clock.pass(1900);
    }
    assert.equal(attempts.last.signal.aborted, false);
    await attempts.clock.pass(100);
    assert.ok(attempts.last.signal.aborted);
    assert.match(attempts.recovery.error?.message ?? '', /^no frame came for 2 s/);
  });

  for (const code of ['bad-option', 'bad-setting', 'bad-address'] as const) {
    it(`does not try again after ${code}, until it is started again`, async () => {
      attempts.last.fail(code);
      await attempts.clock.pass(120_000);
      assert.deepEqual([attempts.begun.length, attempts.recovery.state], [1, 'refused']);
      attempts.recovery.restart();
      await settled();
      assert.equal(attempts.begun.length, 2);
    });
  }

  it('has ended where a replay is over', async () => {
    attempts.last.fail('replay-ended');
    await attempts.clock.pass(120_000);
    assert.deepEqual([attempts.begun.length, attempts.recovery.state], [1, 'ended']);
  });

  it('pauses: ends the attempt, waits until it has gone, and begins again at once', async () => {
    attempts.last.frame();
    await attempts.recovery.pause();
    await settled();
    assert.deepEqual([attempts.last.signal.aborted, attempts.recovery.state], [true, 'paused']);
    attempts.recovery.resume();
    await settled();
    assert.deepEqual([attempts.begun.length, attempts.recovery.state], [2, 'starting']);
  });

  it('pauses while it waits for the next attempt', async () => {
    attempts.last.fail();
    await settled();
    await attempts.recovery.pause();
    await attempts.clock.pass(60_000);
    assert.deepEqual([attempts.begun.length, attempts.recovery.state], [1, 'paused']);
    attempts.recovery.resume();
    await settled();
    assert.equal(attempts.begun.length, 2);
  });

  it('begins anew with other settings, at once', async () => {
    attempts.last.frame();
    attempts.recovery.restart();
    await settled();
    assert.deepEqual([attempts.begun.length, attempts.begun[0]!.signal.aborted], [2, true]);
  });

  it('stops for the one, though it is started for another meanwhile', async () => {
    attempts.last.frame();
    const stopped = attempts.recovery.stop();
    attempts.recovery.start();
    await stopped;
    await settled();
    assert.deepEqual(
      [attempts.begun.length, attempts.begun[0]!.signal.aborted, attempts.last.signal.aborted],
      [2, true, false],
    );
    assert.deepEqual(attempts.states, ['starting', 'live', 'starting']);
  });

  it('stops, and goes on, for one who does so when it is told of a wait', async () => {
    const { recovery, reports } = attempts;
    const push = reports.push.bind(reports);
    let stopped: Promise<void> | undefined;
    reports.push = (report) => {
      if (report.state === 'paused') recovery.resume();
      if (report.state === 'waiting') stopped = recovery.stop();
      return push(report);
    };
    await recovery.pause();
    await settled();
    assert.equal(recovery.state, 'starting');
    attempts.last.fail();
    await settled();
    await stopped;
    assert.deepEqual([recovery.state, attempts.begun.length], ['stopped', 2]);
  });

  it('stops, whatever it is doing', async () => {
    await attempts.recovery.stop();
    assert.equal(attempts.recovery.state, 'stopped');
    attempts.recovery.start();
    await settled();
    attempts.last.fail();
    await settled();
    await attempts.recovery.stop();
    await attempts.clock.pass(60_000);
    assert.equal(attempts.begun.length, 2);
  });
});
