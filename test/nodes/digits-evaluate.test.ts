import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import helper from 'node-red-node-test-helper';
import sharp from 'sharp';
import type { Classifier } from '../../lib/engine/classifier';
import { DataSet } from '../../lib/data/data-set';
import type { Evaluation } from '../../lib/evaluate/evaluate';
import dataset from '../../nodes/digits-dataset/digits-dataset';
import evaluate from '../../nodes/digits-evaluate/digits-evaluate';
import model from '../../nodes/digits-model/digits-model';
import { photograph } from '../../support/drawn-pictures';
import { NodeUnderTest } from './runtime';

const load = (settings = {}, nodes: Record<string, unknown>[] = []): Promise<NodeUnderTest> =>
  NodeUnderTest.load('digits-evaluate', evaluate, settings, { modules: [model, dataset], nodes });
const isPng = async (picture: unknown): Promise<boolean> =>
  (await sharp(picture as Buffer).metadata()).format === 'png';

describe('digits-evaluate', () => {
  let folder: string;
  NodeUnderTest.inRuntime();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evaluate '));
    // The last one says 9, and shows a 4.
    for (const [name, text] of [
      ['2', '2'],
      ['7', '7'],
      ['7-b', '7'],
      ['9', '4'],
    ] as const)
      await writeFile(join(folder, `${name}.jpg`), await photograph(text));
  });
  after(() => rm(folder, { recursive: true }));

  /** As a flow has them: an evaluation behind a data set of photographs. */
  const loadFlow = (settings = {}): Promise<NodeUnderTest> =>
    load({ precision: 1, ...settings }, [
      { id: 'data', z: 'tab', type: 'digits-dataset', source: 'pictures', folder, wires: [['node']] },
    ]);
  const all = (): void => {
    helper.getNode('data').receive({ payload: 'all', topic: 'kept' });
  };

  it('tells how good a model is on a data set', async () => {
    const node = await loadFlow();
    all();
    const { error, msg } = await node.next();
    assert.equal(error, undefined);
    const { n, accuracy, confusion, mistakes, threshold, digitsPerSecond, model: about } = msg.payload as Evaluation;
    assert.deepEqual([n, accuracy, confusion[7]![7], confusion[9]![4], msg.topic], [4, 0.75, 2, 1, 'kept']);
    assert.deepEqual(
      mistakes.map(({ index, label, read }) => ({ index, label, read })),
      [{ index: 3, label: 9, read: 4 }],
    );
    assert.equal(threshold.wanted, 1);
    assert.ok(digitsPerSecond > 0 && about.name);
    assert.ok((await isPng(msg.confusionPicture)) && (await isPng(msg.mistakesPicture)));
  });

  it('gives a number for the filter', async () => {
    const node = await loadFlow({ precision: '0.7' });
    all();
    const { threshold } = (await node.next()).msg.payload as Evaluation;
    assert.deepEqual(threshold, { wanted: 0.7, minimumConfidence: 0, precision: 0.75, coverage: 1 });
  });

  it('takes labelled digits that a flow has made', async () => {
    const images = Buffer.alloc(2 * 784);
    for (let y = 5; y < 23; y++) images.fill(255, y * 28 + 13, y * 28 + 16);
    const { n, confusion } = (await (await load()).answer({ payload: { images, labels: Buffer.of(1, 10) } }))
      .payload as Evaluation;
    assert.deepEqual([n, confusion.length, confusion[1]![1]], [2, 11, 1]);
  });

  it('stops when it is closed, and lets go of the model', async () => {
    const seen = { asked: 0, released: false };
    let second: () => void = () => undefined;
    const working = new Promise<void>((resolve) => {
      second = resolve;
    });
    const prediction = { digit: 0, confidence: 1, probabilities: [1], notDigit: 0 };
    const classifier: Pick<Classifier, 'describe' | 'classify' | 'release'> = {
      describe: () =>
        Promise.resolve({
          path: '',
          temperature: 1,
          classes: 10,
          inputShape: [784],
          parameters: 1,
          checksum: '0123456789ab',
        }),
      classify: async (images) => {
        if (++seen.asked === 2) second();
        await new Promise(setImmediate);
        return images.map(() => prediction);
      },
      release: () => {
        seen.released = true;
        return Promise.resolve();
      },
    };
    const fakeModel = (RED: NodeAPI): void => {
      RED.nodes.registerType(
        'digits-model',
        function (this: Node & { classifier: () => typeof classifier }, settings: NodeDef) {
          RED.nodes.createNode(this, settings);
          this.classifier = () => classifier;
        },
      );
    };
    const node = await NodeUnderTest.load(
      'digits-evaluate',
      evaluate,
      { model: 'fake' },
      { modules: [fakeModel], nodes: [{ id: 'fake', type: 'digits-model' }] },
    );
    node.node.receive({
      payload: new DataSet('zeros', { images: new Uint8Array(20_000 * 784), labels: new Uint8Array(20_000) }),
    });
    await working;
    await helper.unload();
    const { asked } = seen;
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    assert.ok(seen.released && seen.asked === asked && asked < 300, `${asked} batches`);
  });

  for (const [what, settings, payload, error] of [
    ['no data set', {}, 'all', /expected labelled digits \(\{ images, labels \}.*got the string "all"/],
    [
      'a model that is not there',
      { model: 'lost' },
      { images: Buffer.alloc(784), labels: Buffer.of(1) },
      /no-such-model/,
    ],
    [
      'a precision that is none',
      { precision: '99' },
      { images: Buffer.alloc(784), labels: Buffer.of(1) },
      /expected the wanted precision to be a number from 0 to 1, got 99/,
    ],
  ] as const) {
    it(`fails on ${what}`, async () => {
      const node = await load(settings, [{ id: 'lost', type: 'digits-model', path: 'no-such-model' }]);
      for (let i = 0; i < 2; i++) assert.match((await node.send({ payload })).error ?? '', error);
    });
  }
});
