import assert from 'node:assert/strict';
import sharp from 'sharp';
import annotate from '../../nodes/digits-annotate/digits-annotate';
import { photograph } from '../../support/drawn-pictures';
import { NodeUnderTest } from './runtime';

const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-annotate', annotate, settings);
const frameOf = async (): Promise<object> => ({
  id: 'x',
  at: 1,
  source: 'camera',
  width: 640,
  height: 480,
  image: await photograph('7'),
});
const digits = [{ box: { x: 80, y: 170, width: 90, height: 140 }, digit: 7, confidence: 0.98, line: 0 }];
const sizeOf = async (image: unknown): Promise<unknown[]> => {
  const { format, width, height } = await sharp(image as Buffer).metadata();
  return [format, width, height];
};

describe('digits-annotate', () => {
  NodeUnderTest.inRuntime();

  it('turns a reading into its frame with the reading drawn on, and keeps the rest', async () => {
    const frame = await frameOf();
    const node = await load();
    const msg = await node.answer({ payload: '7', frame, digits, accepted: true, topic: 'door' });
    assert.deepEqual(await sizeOf(msg.payload), ['jpeg', 640, 480]);
    assert.deepEqual([msg.topic, msg.accepted, msg.frame], ['door', true, frame]);
    const rejected = await node.answer({ payload: '7', frame, digits, accepted: false });
    const plain = await node.answer({ payload: '7', frame });
    assert.notDeepEqual(msg.payload, rejected.payload);
    assert.notDeepEqual(rejected.payload, plain.payload);
  });

  it('does as it is set', async () => {
    const { payload } = await (
      await load({ format: 'png', longestSide: '320' })
    ).answer({ payload: '7', frame: await frameOf(), digits });
    assert.deepEqual(await sizeOf(payload), ['png', 320, 240]);
  });

  it('takes the picture in the payload where there is no frame', async () => {
    const { payload } = await (await load()).answer({ payload: await photograph('7'), digits });
    assert.deepEqual(await sizeOf(payload), ['jpeg', 640, 480]);
  });

  it('draws only as often as it is told, and counts the rest', async () => {
    const node = await load({ atMost: '0.001' });
    const frame = await frameOf();
    for (let i = 0; i < 5; i++) node.node.receive({ payload: String(i), frame, topic: `number ${i}` });
    assert.equal((await node.next()).msg.topic, 'number 0');
    // A bad one fails even where it would have been left out, which tells that those before have been handled.
    const { error } = await node.send({ payload: '7', frame, digits: 7 });
    assert.match(error ?? '', /expected msg.digits to be an array of digits, got the number 7/);
  });

  it('says in skipped how many were left out', async () => {
    const node = await load({ atMost: '20' });
    const frame = await frameOf();
    const clock = performance.now.bind(performance);
    let now = 1000;
    performance.now = () => now;
    try {
      assert.equal((await node.answer({ payload: '', frame })).skipped, undefined);
      now += 10;
      for (let i = 0; i < 3; i++) node.node.receive({ payload: '', frame });
      // A bad one fails when those before it have been handled.
      assert.ok((await node.send({ payload: '', frame, digits: 7 })).error);
      now += 50;
      assert.equal((await node.answer({ payload: '', frame })).skipped, 3);
    } finally {
      performance.now = clock;
    }
  });

  for (const [what, msg, wanted] of [
    ['a reading without a picture', { payload: '7', digits }, /expected a picture .*got the string "7"/],
    [
      'a frame without its image',
      { payload: '7', frame: { width: 640, height: 480 } },
      /expected a picture .*got undefined/,
    ],
    ['digits without boxes', { payload: Buffer.alloc(9), digits: [{ digit: 7 }] }, /expected digits with a box/],
  ] as const) {
    it(`fails on ${what} and goes on`, async () => {
      const node = await load();
      assert.match((await node.send(msg)).error ?? '', wanted);
      await node.answer({ payload: '7', frame: await frameOf(), digits });
    });
  }

  for (const [setting, wanted] of [
    [{ format: 'gif' }, /expected the format to be jpeg or png, got the string "gif"/],
    [{ longestSide: '5' }, /expected the longest side to be a whole number from 64 to 8192 pixels, got 5/],
    [{ atMost: 'often' }, /expected the most pictures a second to be a number from 0, got NaN/],
  ] as const) {
    it(`fails on ${JSON.stringify(setting)}`, async () => {
      assert.match((await (await load(setting)).send({ payload: '7', frame: await frameOf() })).error ?? '', wanted);
    });
  }
});
