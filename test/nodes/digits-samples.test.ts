import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import sharp from 'sharp';
import samples from '../../nodes/digits-samples/digits-samples';
import { photograph } from '../../support/drawn-pictures';
import { digitOf } from '../samples/digits';
import { NodeUnderTest, type Message } from './runtime';

interface Counts {
  total: number;
  unsure: number;
  counts: Record<string, number>;
  kept?: number;
  duplicate?: number;
  relabelled?: number;
  full?: number;
}

const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-samples', samples, settings);
const digit = (number: number, read = 4): object => ({
  image: digitOf(number),
  digit: read,
  box: { x: 80, y: 170, width: 90, height: 140 },
  line: 0,
});
const tallyOf = (msg: Message): (number | undefined)[] => {
  const { total, unsure, kept, duplicate, relabelled, full } = msg.samples as Counts;
  return [total, unsure, kept, duplicate, relabelled, full];
};

describe('digits-samples', () => {
  let folder: string;

  NodeUnderTest.inRuntime();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkcam-samples-'));
    helper.settings({ userDir: folder });
  });

  afterEach(async () => {
    await helper.unload();
    helper.settings({});
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps digits under the label of the message, and passes the message on', async () => {
    const node = await load({ keep: 'labelled' });
    const msg = await node.answer({ payload: '47', digits: [digit(1), digit(2, 7)], label: ['9', 7], topic: 'door' });
    assert.deepEqual([msg.payload, msg.topic, tallyOf(msg)], ['47', 'door', [2, 0, 2, 0, 0, 0]]);
    const { sample } = (msg.digits as { sample: string }[])[0]!;
    assert.deepEqual(await readdir(join(folder, 'digits/samples/9')), [`${sample}.png`]);
    assert.equal((await readdir(join(folder, 'digits/samples'))).length, 2);
    assert.deepEqual(tallyOf(await node.answer({ payload: '4', digits: [digit(3)] })), [2, 0, 0, 0, 0, 0]);
  });

  it('keeps what was rejected as unsure, and by a later word of a person under its label', async () => {
    const node = await load();
    const rejected = await node.answer({
      payload: '4',
      digits: [digit(1)],
      accepted: false,
      reason: 'unsure between 4 and 9',
    });
    assert.deepEqual(tallyOf(rejected), [0, 1, 1, 0, 0, 0]);
    assert.deepEqual(
      tallyOf(await node.answer({ payload: '4', digits: [digit(1)], accepted: false })),
      [0, 1, 0, 1, 0, 0],
    );
    assert.deepEqual(tallyOf(await node.answer({ payload: '4', digits: [digit(1)], label: 9 })), [1, 0, 0, 0, 1, 0]);
  });

  it('lists, relabels, deletes and counts', async () => {
    const node = await load({ keep: 'all' });
    const began = Date.now();
    const { digits } = await node.answer({ payload: '4', digits: [digit(1)], accepted: true });
    const { sample } = (digits as { sample: string }[])[0]!;
    const [listed] = (await node.answer({ payload: 'list' })).payload as {
      id: string;
      label: string;
      at: number;
      path: string;
    }[];
    assert.ok(listed);
    assert.deepEqual(
      [listed.id, listed.label, listed.path],
      [sample, '4', join(folder, 'digits/samples/4', `${sample}.png`)],
    );
    assert.ok(listed.at >= began && listed.at <= Date.now());
    assert.deepEqual((await node.answer({ payload: { relabel: sample, label: 'not-a-digit' } })).payload, [sample]);
    assert.equal(((await node.answer({ payload: 'count' })).payload as Counts).counts['not-a-digit'], 1);
    assert.deepEqual(tallyOf(await node.answer({ payload: { delete: sample } })).slice(0, 2), [0, 0]);
    assert.deepEqual(await readdir(join(folder, 'digits/samples/not-a-digit')), []);
  });

  it('keeps the digit as the camera saw it where it is asked to', async () => {
    const frame = { id: 'x', at: 1, source: 'camera', width: 640, height: 480, image: await photograph('7') };
    const { digits } = await (
      await load({ frameCrops: true })
    ).answer({ payload: '7', digits: [digit(1)], frame, label: 7 });
    const { sample } = (digits as { sample: string }[])[0]!;
    const { width, height } = await sharp(join(folder, 'digits/sample-crops', `${sample}.png`)).metadata();
    assert.deepEqual([width, height], [160, 210]);
  });

  it('obeys its limits, and goes on with an empty reading', async () => {
    const node = await load({ perLabel: '1', inAll: '10' });
    await node.answer({ payload: '', digits: [], label: 4 });
    await node.answer({ payload: '4', digits: [digit(1)], label: 4 });
    const { error, code } = await node.send({ payload: '4', digits: [digit(2)], label: 4 });
    assert.deepEqual([/no room for another sample/.test(error ?? ''), code], [true, 'full']);
  });

  for (const [what, msg, wanted] of [
    [
      'a label that is no digit',
      { digits: [digit(1)], label: 'four' },
      /expected a label from 0 to 9, .*got the string "four"/,
    ],
    ['a path as the label', { digits: [digit(1)], label: '../../../etc' }, /expected a label from 0 to 9/],
    ['a path as a sample', { payload: { delete: '../../flows' } }, /there is no sample/],
    ['no digits', { payload: '407' }, /expected digits .*got the string "407"/],
    [
      'digits without pictures',
      { digits: [{ digit: 4 }] },
      /expected digits with an image of 784 bytes, got an object with digit at position 0/,
    ],
  ] as const) {
    it(`fails on ${what} and goes on`, async () => {
      const node = await load();
      assert.match((await node.send({ payload: '', ...msg })).error ?? '', wanted);
      await node.answer({ payload: 'count' });
    });
  }

  for (const [setting, wanted] of [
    [{ keep: 'everything' }, /expected what is kept to be labelled or unsure or all, got the string "everything"/],
    [{ inAll: '0' }, /expected inAll to be a whole number above 0, got 0/],
  ] as const) {
    it(`fails on ${JSON.stringify(setting)}`, async () => {
      assert.match((await (await load(setting)).send({ payload: 'count' })).error ?? '', wanted);
    });
  }
});
