import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkerError, WorkerHost } from '../../lib/workers/host';
import { Shared } from '../../lib/workers/shared';
import type { FixtureMethods } from './fixture-worker';

const script = join(__dirname, 'fixture-worker.js');

describe('WorkerHost', () => {
  let host: WorkerHost<FixtureMethods>;
  beforeEach(() => { host = new WorkerHost({ name: 'the test worker', script, maxWaiting: 3 }); });
  afterEach(() => host.close());

  it('answers requests in their order, all from one worker', async () => {
    assert.deepEqual(await Promise.all([host.exec('count', []), host.exec('wait', [20]), host.exec('count', [])]), [1, 20, 2]);
  });

  it('moves buffers there and back', async () => {
    const values = Float32Array.of(1, 2, 3);
    assert.deepEqual(await host.exec('double', [values], [values.buffer]), Float32Array.of(2, 4, 6));
    assert.equal(values.length, 0);
  });

  it('passes on what the worker throws, and goes on', async () => {
    await assert.rejects(host.exec('fail', ['no such digit']), { message: 'no such digit' });
    assert.equal(await host.exec('count', []), 1);
  });

  it('fails the running request when the worker exits, and answers the waiting ones from a new worker', async () => {
    assert.equal(await host.exec('count', []), 1);
    const dying = host.exec('exit', []);
    const waiting = host.exec('count', []);
    await assert.rejects(dying, (error) => error instanceof WorkerError && error.reason === 'crashed' && error.message.startsWith('the test worker stopped unexpectedly'));
    assert.equal(await waiting, 1);
  });

  it('names the error that the worker died of', async () => {
    await assert.rejects(host.exec('throwLater', ['out of ink']), { reason: 'crashed', message: /stopped unexpectedly: out of ink/ });
  });

  it('starts a new worker without a word where the old one died idle', async () => {
    await host.exec('count', []);
    await host.exec('exitLater', []);
    await delay(100);
    assert.equal(await host.exec('count', []), 1);
  });

  it('refuses more requests than may wait', async () => {
    const accepted = [host.exec('wait', [50]), host.exec('count', []), host.exec('count', []), host.exec('count', [])];
    await assert.rejects(host.exec('count', []), { reason: 'full', message: 'the test worker is too busy: 3 requests are waiting already' });
    assert.deepEqual(await Promise.all(accepted), [50, 1, 2, 3]);
  });

  it('fails what is running and waiting when it is closed, and everything after', async () => {
    const requests = [host.exec('wait', [60_000]), host.exec('count', [])];
    const outcomes = Promise.allSettled(requests);
    await host.close();
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, 'rejected');
      assert.equal((outcome.reason as WorkerError).reason, 'closed');
    }
    await assert.rejects(host.exec('count', []), { message: 'the test worker has been closed' });
  });

  it('closes without ever having started', async () => {
    await host.close();
  });

  it('reports a script that does not load', async () => {
    const broken = new WorkerHost<FixtureMethods>({ name: 'the broken worker', script: join(__dirname, 'no-such-worker.js') });
    await assert.rejects(broken.exec('count', []), { reason: 'crashed', message: /no-such-worker/ });
    await broken.close();
  });
});

describe('Shared', () => {
  it('makes one thing for each key, and closes it with its last user', async () => {
    const closed: string[] = [];
    const shared = new Shared<{ close(): Promise<void> }>();
    const create = (name: string) => () => ({ close: () => { closed.push(name); return Promise.resolve(); } });
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
