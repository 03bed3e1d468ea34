import assert from 'node:assert/strict';
import { connectAsync, type MqttClient } from 'mqtt';
import type { FleetError } from '../../lib/fleet/errors';
import { encodeJob, type Job } from '../../lib/fleet/job';
import { JobQueue, type QueueOptions } from '../../lib/fleet/job-queue';
import type { FleetReading } from '../../lib/fleet/reading-message';
import { JobPublisher, type JobPublisherOptions } from '../../lib/fleet/job-publisher';
import { hasMosquitto, Mosquitto } from '../../support/fleet/mosquitto';
import { madeDigits, madeJob, madeReading } from './made';
import { Told } from './told';

/** No job is sent a second time while a test runs, and no error is held back for so long that it ends first. */
const PATIENT = { timeout: 3_600_000 };

describe(`cameras and readers among strangers${hasMosquitto ? '' : ' (mosquitto is not installed)'}`, () => {
  const broker = new Mosquitto();
  const closing: (() => Promise<unknown>)[] = [];
  let stranger: MqttClient;

  before(async function () {
    if (!hasMosquitto) this.skip();
    await broker.start();
    stranger = await connectAsync(broker.url, { protocolVersion: 5 });
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  after(async () => {
    await (stranger as MqttClient | undefined)?.endAsync();
    await broker.remove();
  });

  /** Each test has topics of its own. */
  let tests = 0;
  beforeEach(() => {
    tests++;
  });
  const settings = (): { url: string; prefix: string } => ({ url: broker.url, prefix: `test-${tests}` });
  const publish = (topic: string, payload: string | Buffer, options: object = {}): Promise<unknown> =>
    stranger.publishAsync(`test-${tests}/${topic}`, payload, { qos: 1, ...options });
  const publishReading = (reading: object, camera = 'hall'): Promise<unknown> =>
    publish(`readings/${camera}`, JSON.stringify(reading));

  const startSender = async (
    options: Partial<JobPublisherOptions> = {},
  ): Promise<{ sender: JobPublisher; readings: Told<FleetReading>; errors: Told<FleetError> }> => {
    const readings = new Told<FleetReading>();
    const errors = new Told<FleetError>();
    const states = new Told<string>();
    const sender = new JobPublisher(
      settings(),
      { camera: 'hall', ...PATIENT, ...options },
      {
        onState: ({ state }) => {
          states.add(state);
        },
        onReading: readings.add,
        onError: errors.add,
      },
    );
    closing.push(() => sender.close());
    await states.first((state) => state === 'connected');
    return { sender, readings, errors };
  };
  const startQueue = async (
    options: QueueOptions = {},
  ): Promise<{ queue: JobQueue; jobs: Told<Job>; errors: Told<FleetError> }> => {
    const jobs = new Told<Job>();
    const errors = new Told<FleetError>();
    const states = new Told<string>();
    const queue = new JobQueue(
      settings(),
      { ...PATIENT, ...options },
      {
        onState: ({ state }) => {
          states.add(state);
        },
        onJob: jobs.add,
        onError: errors.add,
      },
    );
    closing.push(() => queue.close());
    await states.first((state) => state === 'connected');
    return { queue, jobs, errors };
  };
  const answer = ({ queue, job }: { queue: JobQueue; job: Job }): Promise<FleetReading> =>
    queue.answer(job, madeReading(job));

  it('take no reading that is not that of the job, and the true one after it', async () => {
    const { sender, readings, errors } = await startSender();
    const job = madeJob();
    const reading = madeReading(job);
    sender.send(job, false);
    const forged: Partial<Record<keyof FleetReading, unknown>>[] = [
      { camera: 'door' },
      { run: 'b2' },
      { sequence: 4 },
      { id: 'frame-2' },
      { at: 1 },
      { text: '48' },
      { text: '999', confidence: 1 },
      { confidence: 7 },
      { confidence: '0.9' },
      { digits: [] },
      { digits: [{ ...reading.digits[0], box: { x: 1, y: 2, width: 3, height: 4 } }], text: '4' },
    ];
    for (const changes of forged) await publishReading({ ...reading, ...changes });
    await publish('readings/hall', JSON.stringify({ ...reading, text: '1' }), { retain: true });
    await publishReading(reading);
    assert.deepEqual(await readings.first(), reading);
    assert.deepEqual(
      [sender.counts.answered, sender.counts.refused + sender.counts.damaged, sender.counts.repeated, sender.open],
      [1, forged.length + 1, 0, 0],
    );
    await publishReading(reading);
    await publishReading(reading);
    // An answer to one more job tells that all before it have been looked at.
    const next = madeJob({ sequence: 4 });
    sender.send(next, false);
    await publishReading(madeReading(next));
    await readings.until(() => readings.all.length === 2);
    assert.equal(sender.counts.repeated, 2);
    assert.deepEqual(
      new Set(errors.all.map(({ status }) => status)),
      new Set(['no such job', 'wrong reading', 'no reading']),
    );
  });

  it('answer two cameras, two runs and two frames of the same id, each', async () => {
    const { queue, jobs } = await startQueue();
    const hall = await startSender();
    const door = await startSender({ camera: 'door' });
    const sent = [
      madeJob(),
      madeJob({ run: 'b2' }),
      madeJob({ sequence: 4, digits: madeDigits().slice(1) }),
      madeJob({ camera: 'door' }),
    ];
    for (const job of sent) (job.camera === 'door' ? door : hall).sender.send(job, false);
    await jobs.until(() => jobs.all.length === sent.length);
    for (const job of jobs.all) await answer({ queue, job });
    await hall.readings.until(() => hall.readings.all.length === 3);
    await door.readings.first();
    const known = ({ camera, run, sequence }: Job | FleetReading): string => [camera, run, sequence].join();
    assert.deepEqual([...hall.readings.all, ...door.readings.all].map(known).sort(), sent.map(known).sort());
    assert.deepEqual([hall.sender.counts.refused, door.sender.counts.refused, queue.counts.repeated], [0, 0, 0]);
  });

  it('read a job anew that is not the one that was answered under its name', async () => {
    const { queue, jobs } = await startQueue();
    const { sender, readings } = await startSender({ timeout: 200 });
    const job = madeJob();
    const forged = madeJob({
      digits: madeDigits()
        .slice(0, 1)
        .map((digit) => ({ ...digit, box: { ...digit.box, x: 99 } })),
    });
    await publish('jobs/hall', encodeJob(forged));
    await answer({ queue, job: await jobs.first() });
    sender.send(job, false);
    await jobs.until(() => jobs.all.length > 1);
    await answer({ queue, job: jobs.all[1]! });
    assert.deepEqual((await readings.first()).text, '47');
  });

  it('refuse an answer that does not fit, and take the one that does', async () => {
    const { queue, jobs } = await startQueue();
    await publish('jobs/hall', encodeJob(madeJob()));
    const job = await jobs.first();
    const reading = madeReading(job);
    for (const changes of [
      { text: 'seven' },
      { text: '4' },
      { confidence: NaN },
      { digits: [{}] },
      { digits: '47' },
      { accepted: 'yes' },
      { digits: reading.digits.toReversed(), text: '74' },
    ]) {
      await assert.rejects(queue.answer(job, { ...reading, ...changes } as FleetReading), /expected/);
    }
    await assert.rejects(queue.answer({ ...job, camera: 'door' }, reading), /there is no open job/);
    await assert.rejects(queue.answer({ ...job, sequence: '3' as unknown as number }, reading), /there is no open job/);
    assert.equal((await answer({ queue, job })).text, '47');
    await assert.rejects(answer({ queue, job }), /there is no open job/);
  });

  it('tell of a flood of damaged messages in a few lines, and count each', async () => {
    const reader = await startQueue();
    const camera = await startSender();
    await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        Promise.all([publish('jobs/hall', `hello ${i}`), publish('readings/hall', `{"text":${i}}`)]),
      ),
    );
    await publish('jobs/door', encodeJob(madeJob()));
    await publish('jobs/hall', encodeJob(madeJob()));
    await answer({ queue: reader.queue, job: await reader.jobs.first() });
    camera.sender.send(madeJob({ sequence: 9 }), false);
    await publishReading(madeReading(madeJob({ sequence: 9 })));
    await camera.readings.first();
    assert.equal(reader.queue.counts.damaged, 501);
    assert.equal(camera.sender.counts.damaged, 500);
    await Promise.all(closing.splice(0).map((close) => close()));
    const topic = `test-${tests}/jobs`;
    const expected = [
      `"${topic}/hall": expected a reading job, got a Buffer of`,
      `"${topic}/door": expected jobs of hall at ${topic}/hall`,
      `499 more since: the string "${topic}/hall": expected a reading job`,
    ];
    assert.equal(reader.errors.all.length, expected.length);
    for (const [i, text] of expected.entries())
      assert.ok(reader.errors.all[i]!.message.includes(text), reader.errors.all[i]!.message);
    assert.deepEqual(
      camera.errors.all.map(({ status }) => status),
      ['no reading', 'no such job', 'no reading'],
    );
  });

  it('never get a message that is too large from a broker that knows MQTT 5', async () => {
    const { jobs, errors, queue } = await startQueue();
    await publish('jobs/hall', Buffer.alloc(50e6));
    await publish('jobs/hall', encodeJob(madeJob()));
    await jobs.first();
    assert.deepEqual([errors.all, queue.counts.damaged], [[], 0]);
  });

  it('hold no more jobs than they may, whoever sends them', async () => {
    const { queue, errors } = await startQueue({ inFlight: 1 });
    // With QoS 0 nothing holds a broker back.
    for (let sequence = 0; sequence < 1200; sequence++)
      await publish('jobs/hall', encodeJob(madeJob({ sequence })), { qos: 0 });
    await errors.first(({ status }) => status === 'too many jobs');
    assert.ok(queue.counts.dropped > 0);
  });

  it('do not send what no reader would take', async () => {
    const { sender } = await startSender();
    for (const changes of [
      { width: 0, height: 0 },
      { width: NaN },
      { height: undefined },
      { id: '' },
      { at: NaN },
      { camera: 'door' },
    ]) {
      assert.throws(() => {
        sender.send({ ...madeJob(), ...changes } as Job, false);
      }, /expected/);
    }
    assert.deepEqual([sender.open, sender.counts.sent], [0, 0]);
    sender.send(madeJob(), false);
    assert.throws(() => {
      sender.send(madeJob(), false);
    }, /expected a new job/);
    assert.equal(sender.open, 1);
  });

  it('keep no more in memory than they may', async () => {
    const { sender } = await startSender({ window: 1, queue: 100_000 });
    const noise = Array.from({ length: 784 }, (_, i) => (i * 7919 * (i + 13)) % 256);
    const digits = Array.from({ length: 1000 }, (_, n) => ({
      image: Uint8Array.from(noise, (value, i) => value ^ ((n * 31 + ((i * n) % 251)) & 255)),
      box: { x: 0, y: 0, width: 1, height: 1 },
      line: 0,
    }));
    const bytes = encodeJob(madeJob({ digits })).length;
    let sequence = 0;
    assert.throws(() => {
      for (;;) sender.send(madeJob({ sequence: sequence++, digits }), false);
    }, /frames come faster/);
    assert.ok(bytes > 100_000 && sequence * bytes < 70e6, `${sequence} of ${bytes} bytes`);
  });

  it('count and tell what is lost when a camera stops', async () => {
    const { sender, errors } = await startSender({ window: 2 });
    for (let sequence = 0; sequence < 5; sequence++) sender.send(madeJob({ sequence }), false);
    await sender.close();
    assert.equal(sender.counts.lost, 5);
    assert.deepEqual(
      errors.all.map(({ message }) => message),
      ['stopped before the readers had answered; frames that are lost: 2 sent, 3 waiting'],
    );
    assert.throws(() => {
      sender.send(madeJob({ sequence: 9 }), false);
    }, /closed/);
  });

  it('tell in one line of many frames that nobody answers', async () => {
    const { sender, errors } = await startSender({ expiry: 1 });
    for (let sequence = 0; sequence < 10; sequence++) sender.send(madeJob({ sequence }), false);
    await errors.first(({ status }) => status === 'no answer');
    await sender.close();
    assert.equal(sender.counts.expired + sender.counts.lost, 10);
    assert.ok(errors.all.length <= 3, errors.all.map(({ message }) => message).join('\n'));
  });
});
