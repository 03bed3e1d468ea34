import assert from 'node:assert/strict';
import filter from '../../nodes/digits-filter/digits-filter';
import { NodeUnderTest } from './runtime';

const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-filter', filter, settings);

/** One digit as "classify digits" sends it. */
function digit(shares: Partial<Record<number, number>>): object {
  const probabilities = Array.from({ length: 10 }, (_, i) => shares[i] ?? 0);
  const confidence = Math.max(...probabilities);
  return {
    digit: probabilities.indexOf(confidence),
    confidence,
    probabilities,
    box: { x: 10, y: 10, width: 30, height: 50 },
    line: 0,
  };
}

describe('digits-filter', () => {
  NodeUnderTest.inRuntime();

  it('sends an accepted reading to output 1, unchanged', async () => {
    const digits = [{ digit: 7 }];
    const { output, msg } = await (
      await load()
    ).send({ payload: '7', confidence: 0.9, digits, topic: 'door', reason: 'of an earlier filter' });
    assert.equal(output, 1);
    const { _msgid, ...rest } = msg;
    assert.match(_msgid ?? '', /./);
    assert.deepEqual(rest, { payload: '7', confidence: 0.9, digits, topic: 'door', accepted: true });
  });

  it('sends a rejected reading to output 2, with the reason', async () => {
    const { output, msg } = await (await load()).send({ payload: '7', confidence: 0.5, digits: [] });
    assert.equal(output, 2);
    assert.deepEqual([msg.payload, msg.accepted, msg.reason], ['7', false, 'confidence 0.5 is below 0.8']);
  });

  it('rejects an empty reading', async () => {
    const { output, msg } = await (await load()).send({ payload: '', confidence: 0, digits: [] });
    assert.deepEqual([output, msg.accepted, msg.reason], [2, false, 'nothing found']);
  });

  it('takes its settings as the editor stores them', async () => {
    const node = await load({ minimumConfidence: '0.3', inARow: '2', onlyOnChange: true });
    const outputs = [];
    for (let i = 0; i < 3; i++) outputs.push((await node.send({ payload: '7', confidence: 0.4 })).output);
    assert.deepEqual(outputs, [2, 1, 2]);
  });

  it('says between which digits it is unsure, and tells other writing', async () => {
    const node = await load();
    const { output, msg } = await node.send({ payload: '4', confidence: 0.6, digits: [digit({ 4: 0.6, 9: 0.4 })] });
    assert.deepEqual([output, msg.reason, msg.confidence], [2, 'unsure between 4 and 9', 0.6]);
    assert.equal(
      (await node.send({ payload: '', confidence: 0, digits: [], otherWriting: true })).msg.reason,
      'looks like other writing',
    );
  });

  it('combines frames: the reading becomes surer than each of them', async () => {
    const node = await load({ inARow: 3, onlyOnChange: true });
    const outcomes = [];
    for (const p of [0.76, 0.78, 0.77, 0.78])
      outcomes.push(await node.send({ payload: '4', confidence: p, digits: [digit({ 4: p, 9: 1 - p })] }));
    assert.deepEqual(
      outcomes.map(({ output, msg }) => [output, msg.reason]),
      [
        [2, 'reading 1 of 3'],
        [2, 'reading 2 of 3'],
        [1, undefined],
        [2, 'unchanged'],
      ],
    );
    assert.ok((outcomes[2]!.msg.confidence as number) > 0.8);
    for (const reason of ['nothing found', 'nothing found', 'gone: 4', 'nothing found']) {
      assert.equal((await node.send({ payload: '', confidence: 0, digits: [] })).msg.reason, reason);
    }
  });

  it('keeps cameras and topics apart', async () => {
    const node = await load({ onlyOnChange: true });
    const seven = { payload: '7', confidence: 1 };
    const outputs = [];
    for (const origin of [
      {},
      { topic: 'door' },
      { topic: 'gate' },
      { frame: { source: 'door' } },
      { frame: { source: 'gate' } },
      { topic: 'door' },
      { frame: { source: 'gate' } },
      { topic: {} },
    ]) {
      outputs.push((await node.send({ ...seven, ...origin })).output);
    }
    assert.deepEqual(outputs, [1, 1, 1, 1, 1, 2, 2, 2]);
  });

  it('takes the frames of a live stream together, whatever they show', async () => {
    const node = await load({ onlyOnChange: true });
    const outputs = [];
    for (const [payload, source, stream] of [
      ['7', '1.jpg', 'a'],
      ['7', '2.jpg', 'a'],
      ['4', '1.jpg', 'a'],
      ['7', '1.jpg', 'a'],
      ['7', '1.jpg', 'b'],
    ]) {
      outputs.push((await node.send({ payload, confidence: 1, frame: { source, stream } })).output);
    }
    assert.deepEqual(outputs, [1, 2, 1, 1, 1]);
  });

  it('forgets what came before at a message with reset, and sends nothing', async () => {
    const node = await load({ onlyOnChange: true });
    const seven = { payload: '7', confidence: 1 };
    assert.deepEqual([(await node.send({ ...seven })).output, (await node.send({ ...seven })).output], [1, 2]);
    node.node.receive({ payload: '', topic: 'of a button', reset: true });
    assert.deepEqual(await node.send({ ...seven, _msgid: 'after' }), {
      output: 1,
      msg: { ...seven, _msgid: 'after', accepted: true },
    });
  });

  for (const [what, msg, came] of [
    ['a number', { payload: 7, confidence: 0.9 }, 'the number 7 and the number 0.9'],
    ['a picture', { payload: Buffer.alloc(9) }, 'a Buffer of 9 bytes and undefined'],
    ['a text of no digits', { payload: 'seven', confidence: 0.9 }, 'the string "seven" and the number 0.9'],
    ['a text without a confidence', { payload: '7' }, 'the string "7" and undefined'],
    ['a confidence above 1', { payload: '7', confidence: 98 }, 'the string "7" and the number 98'],
    ['a confidence that is no number', { payload: '7', confidence: NaN }, 'the string "7" and the number NaN'],
  ] as const) {
    it(`fails on ${what} and goes on`, async () => {
      const node = await load();
      const { error } = await node.send(msg);
      assert.match(error ?? '', /expected what "classify digits" sends/);
      assert.ok(error?.endsWith(`got ${came}`), error);
      assert.equal((await node.send({ payload: '7', confidence: 1 })).output, 1);
    });
  }

  it('fails on a setting that makes no sense', async () => {
    const { error } = await (await load({ inARow: '0' })).send({ payload: '7', confidence: 1 });
    assert.match(error ?? '', /expected the number of equal readings to be a whole number above 0, got 0/);
  });
});
