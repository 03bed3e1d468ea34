import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import sharp from 'sharp';
import { DataSet } from '../../lib/data/data-set';
import classify from '../../nodes/digits-classify/digits-classify';
import dataset from '../../nodes/digits-dataset/digits-dataset';
import { makeFiles } from '../../support/made-files';
import { Mirror } from '../data/mirrors';
import { photograph } from '../../support/drawn-pictures';
import { NodeUnderTest, type Message } from './runtime';

const OFFICIAL = join(process.env.DIGITS_DATA ?? join(__dirname, '../../../../shared/data'), 'mnist');
const { bytes } = makeFiles();
const isDigit = ({ payload }: Message): boolean => {
  const { data, width, height, channels } = payload as {
    data: Buffer;
    width: number;
    height: number;
    channels: number;
  };
  return data.length === 784 && width === 28 && height === 28 && channels === 1;
};

describe('digits-dataset', () => {
  let userDir: string;
  NodeUnderTest.inRuntime();
  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), 'user folder '));
    helper.settings({ userDir });
  });
  afterEach(async () => {
    await helper.unload();
    await rm(userDir, { recursive: true });
  });
  after(() => {
    helper.settings({});
  });

  const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-dataset', dataset, settings);

  /** Three digits: 7, 0, 3. */
  async function idxNode(): Promise<NodeUnderTest> {
    await mkdir(join(userDir, 'my digits'));
    for (const [name, content] of Object.entries(bytes)) await writeFile(join(userDir, 'my digits', name), content);
    return load({ source: 'idx', folder: 'my digits', part: 'test' });
  }

  it('sends the digit of a number with its label', async () => {
    const node = await idxNode();
    for (const [index, label] of [7, 0, 3].entries()) {
      const msg = await node.answer({ payload: index, topic: 'kept' });
      assert.deepEqual([msg.label, msg.index, msg.topic, isDigit(msg)], [label, index, 'kept', true]);
      assert.deepEqual(
        (msg.payload as { data: Buffer }).data,
        bytes['t10k-images-idx3-ubyte']!.subarray(16 + index * 784, 16 + (index + 1) * 784),
      );
    }
  });

  it('sends random ones, several in messages of their own', async () => {
    const node = await idxNode();
    const one = await node.answer({ payload: 'random' });
    assert.ok(isDigit(one) && !('parts' in one));
    node.node.receive({ payload: { random: 2 } });
    const [first, second] = [(await node.next()).msg, (await node.next()).msg];
    assert.notEqual(first.index, second.index);
    assert.deepEqual(
      [first, second].map(({ parts }) => ({ ...(parts as object), id: undefined })),
      [0, 1].map((index) => ({ id: undefined, type: 'array', index, count: 2 })),
    );
  });

  it('draws a contact sheet', async () => {
    const { payload, labels, indices } = await (await idxNode()).answer({ payload: { sheet: 2, from: 1 } });
    assert.equal((await sharp(payload as Buffer).metadata()).format, 'png');
    assert.deepEqual(
      [labels, indices],
      [
        [0, 3],
        [1, 2],
      ],
    );
  });

  it('sends the whole set, and tells of it', async () => {
    const node = await idxNode();
    const { payload } = await node.answer({ payload: 'all' });
    assert.ok(payload instanceof DataSet);
    assert.deepEqual([...payload.labels], [7, 0, 3]);
    const { payload: summary } = await node.answer({ payload: 'fetch' });
    assert.deepEqual(summary, JSON.parse(JSON.stringify(payload)));
  });

  it('reads pictures where digits-samples puts them, and again when asked to fetch', async () => {
    const samples = join(userDir, 'digits/samples');
    await mkdir(join(samples, '7'), { recursive: true });
    await writeFile(join(samples, '7/one.jpg'), await photograph('7'));
    const node = await load({ source: 'pictures', folder: '' });
    assert.deepEqual(
      [(await node.answer({ payload: 0 })).label, isDigit(await node.answer({ payload: 0 }))],
      [7, true],
    );
    await cp(join(samples, '7/one.jpg'), join(samples, '7/two.jpg'));
    assert.match((await node.send({ payload: 1 })).error ?? '', /from 0 to 0/);
    assert.equal(((await node.answer({ payload: 'fetch' })).payload as { digits: number }).digits, 2);
    assert.equal((await node.answer({ payload: 1 })).label, 7);
  });

  it('sends what classify reads', async function () {
    if (!(await readdir(OFFICIAL).catch(() => [])).length) this.skip();
    const { payload, label } = await (await load({ source: 'idx', folder: OFFICIAL })).answer({ payload: 1 });
    const node = await NodeUnderTest.load('digits-classify', classify);
    assert.equal((await node.answer({ payload })).payload, String(label));
  });

  it('fetches MNIST once, from its own mirror, into the user folder', async function () {
    if (!(await readdir(OFFICIAL).catch(() => [])).length) this.skip();
    const asked: string[] = [];
    const mirror = await Mirror.start(({ url = '' }, response) => {
      const name = url.split('/').pop() ?? '';
      asked.push(name);
      void readFile(join(OFFICIAL, name)).then((file) => response.end(file));
    });
    try {
      const node = await load({ source: 'mnist', part: 'test', mirror: mirror.address });
      assert.equal((await node.answer({ payload: 0 })).label, 7);
      assert.equal(((await node.answer({ payload: 'fetch' })).payload as { digits: number }).digits, 10_000);
      assert.equal(asked.length, 4);
      assert.deepEqual((await readdir(join(userDir, 'digits/mnist'))).sort(), asked.sort());
    } finally {
      await mirror.stop();
    }
  });

  it('ends the download when it is closed', async () => {
    let ended: () => void = () => undefined;
    const aborted = new Promise<void>((resolve) => {
      ended = resolve;
    });
    let started: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      started = resolve;
    });
    const mirror = await Mirror.start((_, response) => {
      response.on('close', ended);
      response.write('x');
      started();
    });
    try {
      const node = await load({ source: 'mnist', mirror: mirror.address });
      node.node.receive({ payload: 0 });
      await waiting;
      await helper.unload();
      await aborted;
      assert.deepEqual(await readdir(join(userDir, 'digits/mnist')), []);
    } finally {
      await mirror.stop();
    }
  });

  for (const [what, settings, payload, error] of [
    ['another request', {}, 'everything', /expected the number of a digit, "random".*got the string "everything"/],
    ['a number that there is not', {}, 3, /expected the number of a digit from 0 to 2 \(my digits, t10k\), got 3/],
    ['no folder', { source: 'idx', folder: ' ' }, 0, /no folder of IDX files is set/],
    ['a folder that is not there', { source: 'pictures', folder: 'none' }, 0, /user folder .*none does not exist/],
    ['a mirror that is no address', { source: 'mnist', mirror: 'ftp://x/' }, 0, /expected a mirror's address/],
  ] as const) {
    it(`fails on ${what}`, async () => {
      const node = 'source' in settings ? await load(settings) : await idxNode();
      for (let i = 0; i < 2; i++) assert.match((await node.send({ payload })).error ?? '', error);
    });
  }
});
