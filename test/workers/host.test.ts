import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { PictureError } from '../../lib/pictures/picture';
import { WorkerError, WorkerHost, type WorkerHostOptions } from '../../lib/workers/host';
import { Shared } from '../../lib/workers/shared';
import { until } from '../../support/until';
import type { FixtureMethods } from './fixture-worker';

const script = join(__dirname, 'fixture-worker.js');

describe('WorkerHost', () => {
  let host: WorkerHost<FixtureMethods>;
  const workers: Worker[] = [];
  const noteWorker = (worker: Worker): void => {
    workers.push(worker);
  };
  const make = (options: Partial<WorkerHostOptions> = {}): WorkerHost<FixtureMethods> =>
    new WorkerHost({ name: 'the test worker', script, ...options });
  before(() => {
    process.on('worker', noteWorker);
  });
  after(() => {
    process.off('worker', noteWorker);
  });
  beforeEach(() => {
    workers.length = 0;
    host = make({ maxQueued: 3 });
  });
  afterEach(() => host.close());

  it('answers requests in their order, all from one worker', async () => {
    assert.deepEqual(
      await Promise.all([host.exec('count', []), host.exec('wait', [20]), host.exec('count', [])]),
      [1, 20, 2],
    );
  });

  it('moves buffers there and back', async () => {
    const values = Float32Array.of(1, 2, 3);
    assert.deepEqual(await host.exec('double', [values], { transfer: [values.buffer] }), Float32Array.of(2, 4, 6));
    assert.equal(values.length, 0);
  });

  it('gives its data to every worker that it starts', async () => {
    let starts = 0;
    host = make({ data: () => ({ start: ++starts }) });
    assert.deepEqual(await host.exec('data', []), { start: 1 });
    await assert.rejects(host.exec('exit', []));
    assert.deepEqual(await host.exec('data', []), { start: 2 });
  });

  it('passes on what the worker throws, and goes on', async () => {
    await assert.rejects(
      host.exec('fail', ['no such digit']),
      (error: Error) => error instanceof RangeError && error.message === 'no such digit',
    );
    assert.equal(await host.exec('count', []), 1);
  });

  it('keeps the class, the properties and the cause of errors that it knows, and the name of others', async () => {
    host = make({ errors: [PictureError] });
    await assert.rejects(
      host.exec('failAs', ['picture']),
      (error: Error) =>
        error instanceof PictureError &&
        error.code === 'too-large' &&
        error.message === 'no such picture' &&
        error.stack?.includes('fixture-worker') === true,
    );
    await assert.rejects(
      host.exec('failAs', ['model']),
      (error: Error & { status?: string }) =>
        !(error instanceof PictureError) &&
        error.name === 'ModelError' &&
        error.status === 'model unreadable' &&
        error.cause instanceof RangeError,
    );
  });

  it('fails a request that holds what cannot be copied, and goes on with those behind it', async () => {
    const outcomes = [
      host.exec('count', []),
      host.exec('double', [{ border: () => 0 } as unknown as Float32Array]),
      host.exec('count', []),
    ];
    await assert.rejects(outcomes[1]!, {
      name: 'WorkerError',
      code: 'not-sendable',
      message: /^the test worker was given something that cannot be sent to it: .*could not be cloned/,
    });
    assert.deepEqual(await Promise.all([outcomes[0], outcomes[2]]), [1, 2]);
    await assert.rejects(host.exec('giveFunction', []), { message: /could not be cloned/ });
    assert.equal(await host.exec('count', []), 3);
  });

  it('fails the running request when the worker exits, and answers the waiting ones from a new worker', async () => {
    assert.equal(await host.exec('count', []), 1);
    const dying = host.exec('exit', []);
    const waiting = host.exec('count', []);
    await assert.rejects(
      dying,
      (error) =>
        error instanceof WorkerError &&
        error.code === 'crashed' &&
        error.message.startsWith('the test worker stopped unexpectedly'),
    );
    assert.equal(await waiting, 1);
  });

  it('names the error that the worker died of', async () => {
    await assert.rejects(host.exec('throwLater', ['out of ink']), {
      code: 'crashed',
      message: /stopped unexpectedly: out of ink/,
    });
  });

  it('starts a new worker without a word where the old one died idle, be it only just now', async () => {
    await host.exec('count', []);
    const ended = once(workers[0]!, 'exit');
    await host.exec('exitLater', []);
    await ended;
    assert.equal(await host.exec('count', []), 1);
    const ending = once(workers[1]!, 'exit');
    void workers[1]!.terminate();
    // The host has not been told yet.
    assert.equal(await host.exec('count', []), 1);
    await ending;
    assert.equal(workers.length, 3);
  });

  it('refuses more requests than may wait', async () => {
    const accepted = [host.exec('wait', [50]), host.exec('count', []), host.exec('count', []), host.exec('count', [])];
    await assert.rejects(host.exec('count', []), {
      code: 'full',
      message: 'the test worker is too busy: 3 requests are waiting already',
    });
    assert.deepEqual(await Promise.all(accepted), [50, 1, 2, 3]);
  });

  it('ends a worker that does not answer within the deadline, and goes on with a new one', async () => {
    host = make({ deadline: 1000 });
    const stuck = host.exec('hang', []);
    const waiting = host.exec('count', []);
    await assert.rejects(stuck, {
      name: 'WorkerError',
      code: 'late',
      message: 'the test worker did not answer within 1 s and was stopped; the next request starts it again',
    });
    assert.equal(await waiting, 1);
    assert.equal(workers.length, 2);
    assert.equal(workers[0]?.threadId, -1, 'the stuck worker has ended');
  });

  it('has others go on meanwhile, by a second worker, once a request takes longer than its timeout', async () => {
    host = make({ timeout: 500, deadline: 600_000 });
    assert.equal(await host.exec('count', []), 1);
    const stuck = host.exec('hang', []);
    const outcome = Promise.allSettled([stuck]);
    // Both have to wait for the timeout, which is far shorter than the deadline.
    assert.deepEqual(await Promise.all([host.exec('count', []), host.exec('count', [])]), [1, 2]);
    assert.equal(workers.length, 2);
    await host.close();
    assert.deepEqual(
      (await outcome).map(({ status }) => status),
      ['rejected'],
    );
    assert.deepEqual(
      workers.map(({ threadId }) => threadId),
      [-1, -1],
    );
  });

  it('takes a late answer for good, and ends the worker that has been replaced', async () => {
    host = make({ timeout: 1500, deadline: 600_000 });
    await host.exec('count', []);
    const ended = once(workers[0]!, 'exit');
    const late = host.exec('work', [6000]);
    const waiting = host.exec('count', []);
    assert.equal(await waiting, 1);
    assert.equal(await late, 6000);
    await ended;
    assert.equal(await host.exec('count', []), 2);
    assert.equal(workers.length, 2);
  });

  it('tries a request again in a second worker where the first is stuck and nobody waits', async () => {
    let started = 0;
    host = make({ timeout: 1000, deadline: 600_000, data: () => ++started });
    assert.equal(await host.exec('count', []), 1);
    const ended = once(workers[0]!, 'exit');
    assert.equal(await host.exec('hangInFirst', []), 2);
    await ended;
    assert.equal(await host.exec('count', []), 1);
    assert.equal(workers.length, 2);
  });

  it('goes on with the first worker where that was only slow, and is more patient from then on', async () => {
    host = make({ timeout: 1000, deadline: 600_000 });
    assert.equal(await host.exec('count', []), 1);
    assert.equal(await host.exec('work', [3000]), 3000);
    assert.equal(await host.exec('count', []), 2, 'the first worker has answered');
    assert.equal(workers.length, 2);
    assert.equal(await host.exec('work', [2000]), 2000);
    assert.equal(workers.length, 2, 'what was too slow before is now waited for');
  });

  it('leaves a request that is stuck in two workers to one, and has others go on', async () => {
    host = make({ timeout: 1000, deadline: 600_000 });
    await host.exec('count', []);
    const stuck = host.exec('hang', []);
    const outcome = Promise.allSettled([stuck]);
    await until(() => workers.length === 2);
    assert.deepEqual(await Promise.all([host.exec('count', []), host.exec('count', [])]), [1, 2]);
    assert.equal(workers.length, 3);
    await host.close();
    assert.deepEqual(
      (await outcome).map(({ status }) => status),
      ['rejected'],
    );
    assert.deepEqual(
      workers.map(({ threadId }) => threadId),
      [-1, -1, -1],
    );
  });

  it('holds a request that is tried twice to one deadline', async () => {
    host = make({ timeout: 1000, deadline: 3000 });
    await host.exec('count', []);
    await assert.rejects(host.exec('hang', []), { code: 'late', message: /did not answer within 3 s/ });
    assert.equal(await host.exec('count', []), 1);
    assert.deepEqual(
      workers.map(({ threadId }) => threadId === -1),
      [true, true, false],
    );
  });

  it('passes on news, each of which is a sign of life, and asks to stop', async () => {
    const deadline = 2000;
    const stop = new AbortController();
    const news: unknown[] = [];
    host = make({ deadline });
    const began = performance.now();
    const counted = await host.exec('countUntilStopped', [10], {
      signal: stop.signal,
      onEvent: (event) => {
        news.push(event);
        if (performance.now() - began > 2 * deadline) stop.abort();
      },
    });
    assert.deepEqual(
      news,
      Array.from({ length: counted }, (_, i) => i + 1),
    );
    assert.equal(workers.length, 1, 'it has outlived its deadline');
  });

  it('does not take a busy host for a stuck worker', async () => {
    host = make({ deadline: 2500, timeout: 1500 });
    await host.exec('count', []);
    const answer = host.exec('count', []);
    const waiting = host.exec('count', []);
    for (const began = performance.now(); performance.now() - began < 4000;);
    assert.deepEqual([await answer, await waiting], [2, 3]);
    assert.equal(workers.length, 1);
  });

  it('withdraws a request that waits', async () => {
    const stop = new AbortController();
    const running = host.exec('wait', [50]);
    const withdrawn = host.exec('exit', [], { signal: stop.signal });
    stop.abort();
    await assert.rejects(withdrawn, { code: 'closed' });
    assert.equal(await running, 50);
    assert.equal(await host.exec('count', []), 1);
    await assert.rejects(host.exec('count', [], { signal: stop.signal }), { code: 'closed' });
  });

  it('fails what is running and waiting when it is closed, and everything after', async () => {
    const requests = [host.exec('wait', [60_000]), host.exec('count', [])];
    const outcomes = Promise.allSettled(requests);
    await host.close();
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, 'rejected');
      assert.equal((outcome.reason as WorkerError).code, 'closed');
    }
    await assert.rejects(host.exec('count', []), { message: 'the test worker has been closed' });
  });

  it('closes without ever having started', async () => {
    await host.close();
  });

  it('reports a script that does not load', async () => {
    const broken = make({ script: join(__dirname, 'no-such-worker.js') });
    await assert.rejects(broken.exec('count', []), { code: 'crashed', message: /no-such-worker/ });
    await broken.close();
  });

  describe('in a process', () => {
    beforeEach(() => {
      host = make({ kind: 'process', errors: [PictureError], deadline: 5000 });
    });

    it('answers, passes on errors and news, and moves nothing', async () => {
      assert.notEqual(await host.exec('process', []), process.pid);
      const values = Float32Array.of(1, 2, 3);
      assert.deepEqual(await host.exec('double', [values]), Float32Array.of(2, 4, 6));
      await assert.rejects(host.exec('failAs', ['picture']), PictureError);
      const stop = new AbortController();
      const news: unknown[] = [];
      await host.exec('countUntilStopped', [1], {
        signal: stop.signal,
        onEvent: (event) => {
          if (news.push(event) === 3) stop.abort();
        },
      });
      assert.deepEqual(news.slice(0, 3), [1, 2, 3]);
    });

    it('tells how it ended, and starts a new one', async () => {
      const first = await host.exec('process', []);
      await assert.rejects(host.exec('exit', []), {
        code: 'crashed',
        message:
          'the test worker stopped unexpectedly: its process ended with exit code 3; the next request starts it again',
      });
      assert.notEqual(await host.exec('process', []), first);
    });

    it('kills one that hangs, and leaves none behind', async () => {
      const pid = await host.exec('process', []);
      await assert.rejects(host.exec('hang', []), { code: 'late' });
      const next = await host.exec('process', []);
      await host.close();
      for (const each of [pid, next]) assert.throws(() => process.kill(each, 0), { code: 'ESRCH' });
    });
  });
});

describe('Shared', () => {
  it('makes one thing for each key, and closes it with its last user', async () => {
    const closed: string[] = [];
    const shared = new Shared<{ close(): Promise<void> }>();
    const create = (name: string) => () => ({
      close: () => {
        closed.push(name);
        return Promise.resolve();
      },
    });
    const first = shared.acquire('a', create('a'));
    const second = shared.acquire('a', create('another a'));
    const other = shared.acquire('b', create('b'));
    assert.equal(first.value, second.value);
    assert.notEqual(first.value, other.value);
    await first.release();
    await first.release();
    assert.deepEqual(closed, []);
    await second.release();
    assert.deepEqual(closed, ['a']);
    await shared.acquire('a', create('a new a')).release();
    assert.deepEqual(closed, ['a', 'a new a']);
    await other.release();
  });
});
