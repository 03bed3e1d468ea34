import assert from 'node:assert/strict';
import { JobQueue } from '../../lib/fleet/job-queue';
import type { BrokerSettings } from '../../lib/fleet/link';
import { JobPublisher } from '../../lib/fleet/job-publisher';

const BROKER: BrokerSettings = { url: 'mqtt://127.0.0.1:1', prefix: 'digits' };
const ignore = {
  onState: () => undefined,
  onJob: () => undefined,
  onReading: () => undefined,
  onError: () => undefined,
};
const sender = (options: object, broker: object = {}): JobPublisher =>
  new JobPublisher({ ...BROKER, ...broker }, { camera: 'hall', ...options }, ignore);
const queue = (options: object, broker: object = {}): JobQueue =>
  new JobQueue({ ...BROKER, ...broker }, options, ignore);

describe('settings of cameras and readers', () => {
  for (const [name, range, values] of [
    ['window', '1 to 1000', [0, -1, 1.5, 1001, NaN, Infinity, '16', null]],
    ['queue', '1 to 100000', [0, 1e6, NaN]],
    ['timeout', '100 to 3600000', [0, 99, -15_000, 3_600_001, NaN]],
    ['expiry', '1 to 86400', [0, 0.5, 86_401, NaN]],
  ] as const) {
    it(`refuse ${name} outside ${range}`, () => {
      for (const value of values)
        assert.throws(
          () => sender({ [name]: value }),
          new RegExp(`expected ${name} to be a whole number from ${range} .*got ${String(value)}`),
        );
    });
  }

  it('refuse what a reader cannot take at a time, nor wait for', () => {
    for (const inFlight of [0, 101, 2.5, NaN, '8'])
      assert.throws(() => queue({ inFlight }), /expected inFlight to be a whole number from 1 to 100 \(jobs\)/);
    for (const timeout of [0, NaN]) assert.throws(() => queue({ timeout }), /expected timeout/);
  });

  it('refuse what is no name', () => {
    for (const group of ['', 'a/b', '#', 'x'.repeat(101), 5]) assert.throws(() => queue({ group }), /name of a group/);
    for (const prefix of ['', 'a/', '#', 5, undefined])
      for (const make of [sender, queue]) assert.throws(() => make({}, { prefix }), /expected topics/);
    assert.throws(() => sender({ camera: '' }), /name of a camera/);
  });

  it('refuse what is no address, and keep the password in it to themselves', () => {
    for (const url of [
      '',
      'broker',
      'http://127.0.0.1',
      'mqtt://',
      'mqtt://127.0.0.1:0',
      'mqtt://127.0.0.1:65536',
      'mqtt://127.0.0.1:x',
      'mqtt://user:geheim@127.0.0.1:99999',
      undefined,
      5,
    ]) {
      for (const make of [sender, queue]) {
        assert.throws(
          () => make({}, { url }),
          (error: Error) =>
            /expected the address of a broker such as .* got /.test(error.message) && !error.message.includes('geheim'),
        );
      }
    }
  });

  it('accept the ends of their ranges', async () => {
    for (const options of [
      { window: 1, queue: 1, timeout: 100, expiry: 1 },
      { window: 1000, queue: 100_000, timeout: 3_600_000, expiry: 86_400 },
    ])
      await sender(options).close();
    for (const inFlight of [1, 100]) await queue({ inFlight }).close();
  });
});
