import assert from 'node:assert/strict';
import filter from '../../nodes/digits-filter/digits-filter';
import { NodeUnderTest } from './runtime';

const load = (settings = {}): Promise<NodeUnderTest> => NodeUnderTest.load('digits-filter', filter, settings);

describe('digits-filter', () => {
  NodeUnderTest.inRuntime();

  it('sends an accepted reading to output 1, unchanged', async () => {
    const digits = [{ digit: 7 }];
    const { output, msg } = await (await load()).send({ payload: '7', confidence: 0.9, digits, topic: 'door', reason: 'of an earlier filter' });
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

  for (const [what, msg, came] of [
    ['a number', { payload: 7, confidence: 0.9 }, 'the number 7 and the number 0.9'],
    ['a picture', { payload: Buffer.alloc(9) }, 'a Buffer of 9 bytes and undefined'],
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
