import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { JobQueue } from '../../lib/fleet/job-queue';
import type { LinkState } from '../../lib/fleet/link';
import { hasMosquitto, Mosquitto } from '../../support/fleet/mosquitto';
import { kill, sendFrames, startReader, type Outcome } from '../../support/fleet/run';

describe(`cameras and readers${hasMosquitto ? '' : ' (mosquitto is not installed)'}`, () => {
  let broker: Mosquitto;
  const readers: ChildProcess[] = [];

  before(function () {
    if (!hasMosquitto) this.skip();
  });
  beforeEach(async () => {
    broker = new Mosquitto();
    await broker.start();
  });
  afterEach(async () => {
    await Promise.all(readers.splice(0).map(kill));
    await broker.remove();
  });

  const assertAllRead = ({ readings }: Outcome, cameras: number, frames: number): void => {
    assert.equal(new Set(readings.map(({ camera, id }) => `${camera} ${id}`)).size, frames);
    assert.equal(readings.length, frames);
    assert.ok(readings.every(({ text }) => text === '4072'));
    const ofOne = readings
      .filter(({ camera }) => camera === 'room 0/+#')
      .map(({ sequence }) => sequence)
      .sort((a, b) => a - b);
    assert.deepEqual(
      ofOne,
      Array.from({ length: frames / cameras }, (_, i) => i),
    );
  };

  it('lose nothing when a reader is killed in the middle', async () => {
    readers.push(await startReader(broker.url), await startReader(broker.url));
    const killed: number[] = [];
    const outcome = await sendFrames(broker.url, 4, 400, (answered) => {
      if (killed.length > 0 || answered < 100) return;
      killed.push(answered);
      readers[0]!.kill('SIGKILL');
    });
    assert.equal(killed.length, 1);
    assertAllRead(outcome, 4, 400);
  });

  it('lose nothing when the broker is restarted in the middle', async () => {
    readers.push(await startReader(broker.url));
    let restarted: Promise<void> | undefined;
    const outcome = await sendFrames(broker.url, 4, 400, (answered) => {
      if (answered >= 100) restarted ??= broker.end().then(() => broker.start());
    });
    await restarted;
    assertAllRead(outcome, 4, 400);
  });

  it('say that the login is refused', async () => {
    await broker.end();
    await broker.start('allow_anonymous false');
    let queue: JobQueue | undefined;
    const state = await new Promise<LinkState>((resolve) => {
      queue = new JobQueue(
        { url: broker.url, prefix: 'digits', user: 'somebody', password: 'wrong' },
        {},
        {
          onState: (link) => {
            if (link.state === 'waiting') resolve(link);
          },
          onJob: () => undefined,
          onError: () => undefined,
        },
      );
    });
    await queue?.close();
    assert.match(state.state === 'waiting' ? state.error.message : '', /refuses the login/);
  });
});
