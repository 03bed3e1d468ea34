import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import helper from 'node-red-node-test-helper';
import sharp from 'sharp';
import type { TrainingResult } from '../../lib/train/start-training';
import train from '../../nodes/digits-train/digits-train';
import { drawnSet } from '../train/drawn-set';
import { writeAsMnist } from '../train/data-folders';
import { until } from '../../support/until';
import { NodeUnderTest, type Outcome } from './runtime';

describe('digits-train', () => {
  let folder: string;
  let models: string;
  NodeUnderTest.inRuntime();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'train node '));
    models = join(folder, 'digits', 'models');
    await writeAsMnist(join(folder, 'idx'), drawnSet(200, 1), drawnSet(50, 2));
    helper.settings({ userDir: folder });
  });
  after(async () => {
    helper.settings({});
    await rm(folder, { recursive: true, force: true });
  });

  const load = (settings = {}): Promise<NodeUnderTest> =>
    NodeUnderTest.load('digits-train', train, {
      mnist: 'idx',
      network: 'mlp',
      epochs: '2',
      batchSize: '32',
      engine: 'wasm',
      ...settings,
    });

  /** All that a message leads to, up to the model or an error. */
  const untilEnd = async (node: NodeUnderTest): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    do outcomes.push(await node.next());
    while (outcomes.at(-1)?.output === 1);
    return outcomes;
  };
  const running = async (node: NodeUnderTest): Promise<void> => {
    node.node.receive({ payload: { epochs: 1000, out: 'long' } });
    assert.equal((await node.next()).output, 1);
  };

  it('trains at a message, tells how far it is, and sends the model that it saved', async () => {
    const node = await load();
    const lines: string[] = [];
    node.node.log = (line: unknown) => {
      lines.push(String(line));
    };
    node.node.receive({ payload: 1_700_000_000, topic: 'kept' });
    const outcomes = await untilEnd(node);
    const { output, error, msg } = outcomes.at(-1) as Outcome;
    assert.equal(error, undefined);
    assert.deepEqual([output, msg.topic], [2, 'kept']);
    const { path, accuracy, epochs, card } = msg.payload as TrainingResult;
    assert.deepEqual([path, epochs], [join(models, 'trained'), 2]);
    assert.ok(accuracy >= 0 && accuracy <= 1 && card.startsWith('# trained'));
    assert.ok(existsSync(join(models, 'trained', 'model.json')));

    const ends = outcomes
      .map((outcome) => outcome.msg.payload as Record<string, unknown>)
      .filter(({ epochEnd }) => epochEnd === true);
    assert.deepEqual(
      ends.map(({ epoch, epochs: all, done }) => [epoch, all, done]),
      [
        [1, 2, 1],
        [2, 2, 2],
      ],
    );
    for (const name of [
      'loss',
      'accuracy',
      'validationLoss',
      'validationAccuracy',
      'samplesPerSecond',
      'secondsLeft',
    ]) {
      assert.ok(
        ends.every((end) => Number.isFinite(end[name])),
        name,
      );
    }
    assert.equal(
      lines.filter((line) =>
        /^Iteration [12] of 2 \| Loss = [\d.]+ \| Accuracy = [\d.]+ \| .*Time = [\d.]+ s/.test(line),
      ).length,
      2,
    );
    assert.match(
      lines.at(-1) ?? '',
      /Time per epoch = [\d.]+ s \| Total training time = [\d.]+ min \| Test accuracy = [\d.]+ \(50 pictures, MNIST\) \| Saved at /,
    );
  });

  it('takes other settings from the message', async () => {
    const node = await load({ epochs: '7' });
    node.node.receive({ payload: { epochs: 1, out: 'mine.keras', name: 'Mine' } });
    const { msg } = (await untilEnd(node)).at(-1) as Outcome;
    const { path, epochs } = msg.payload as TrainingResult;
    assert.deepEqual([path, epochs], [join(models, 'mine.keras'), 1]);
    assert.ok(existsSync(join(models, 'mine.keras')));
  });

  it('refuses a second training while one runs', async () => {
    const node = await load();
    await running(node);
    node.node.receive({ payload: {}, topic: 'second' });
    const { error, msg } = (await untilEnd(node)).at(-1) as Outcome;
    assert.match(error ?? '', /a training is running already/);
    assert.equal(msg.topic, 'second');
  });

  for (const payload of ['stop', { stop: true }]) {
    it(`stops at ${JSON.stringify(payload)}, and sends the best epoch so far`, async () => {
      const node = await load();
      await running(node);
      for (let ended = false; !ended;) ended = ((await node.next()).msg.payload as { epochEnd: boolean }).epochEnd;
      node.node.receive({ payload });
      const { output, msg } = (await untilEnd(node)).at(-1) as Outcome;
      assert.deepEqual([output, (msg.payload as TrainingResult).stopped], [2, true]);
    });
  }

  it('ends with the node, and leaves no thread behind', async () => {
    const node = await load({ network: 'cnn' });
    const ports = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = ports();
    await running(node);
    assert.ok(ports() > before);
    await helper.unload();
    await until(() => ports() === before);
  });

  it('shows what it trains with, as a picture', async () => {
    const { output, msg } = await (await load()).send({ payload: 'preview', topic: 'kept' });
    assert.deepEqual([output, msg.topic], [1, 'kept']);
    const { format, width, height } = await sharp(msg.payload as Buffer).metadata();
    assert.ok(format === 'png' && width > 500 && height > 500);
  });

  it('makes one such picture at a time, however many are asked for', async () => {
    const node = await load();
    let alive = 0;
    let most = 0;
    const count = (worker: Worker): void => {
      most = Math.max(most, ++alive);
      worker.once('exit', () => {
        alive--;
      });
    };
    process.on('worker', count);
    try {
      for (const payload of ['preview', 'preview', { preview: true }, 'preview']) node.node.receive({ payload });
      for (let i = 0; i < 4; i++) assert.equal((await node.next()).output, 1);
      assert.equal(most, 1);
    } finally {
      process.off('worker', count);
    }
  });

  for (const [what, payload, message] of [
    ['a text that is no command', 'go', /expected msg.payload to start a training .*got the string "go"/],
    ['a Buffer', Buffer.alloc(4), /got a Buffer of 4 bytes/],
    ['an unknown setting', { epoch: 4 }, /expected settings of a training \(.*\) in msg.payload, got epoch/],
    ['an unknown network', { network: 'rnn' }, /expected network to be cnn or mlp or existing, got the string "rnn"/],
    [
      'a number of epochs that makes no sense',
      { epochs: 0 },
      /expected epochs to be a whole number from 1 to 1000, got the number 0/,
    ],
    ['a path that leads out', { out: '../../elsewhere' }, /expected a path inside .*models, got \.\.\/\.\.\/elsewhere/],
    ['a full path elsewhere', { out: '/etc/model' }, /expected a path inside .*models, got \/etc\/model/],
    ['a model that is not there', { from: 'none' }, /there is no model at .*none/],
    ['a folder of samples that is not there', { data: 'samples', samples: 'none' }, /none/],
  ] as const) {
    it(`fails on ${what} and goes on`, async () => {
      const node = await load();
      const { error } = await node.send({ payload });
      assert.match(error ?? '', message);
      assert.equal((await node.send({ payload: 'preview' })).output, 1);
    });
  }
});
