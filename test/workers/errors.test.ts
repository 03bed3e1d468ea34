import assert from 'node:assert/strict';
import { decodeError, encodeError } from '../../lib/workers/errors';

class OwnError extends Error {
  override name = 'OwnError';
}

const there = (error: unknown): Error => decodeError(structuredClone(encodeError(error)), [OwnError]);

describe('an error between threads', () => {
  it('keeps its class where that is known, its name else, and what it says', () => {
    for (const error of [new OwnError('a'), new RangeError('b')]) {
      const back = there(error);
      assert.ok(back instanceof error.constructor);
      assert.deepEqual([back.name, back.message, back.stack], [error.name, error.message, error.stack]);
    }
    const other = there(Object.assign(new Error('c'), { name: 'OtherError' }));
    assert.deepEqual([other.name, other.constructor], ['OtherError', Error]);
    assert.equal(there('only a text').message, 'only a text');
  });

  it('keeps texts, numbers and flags that it bears, and nothing else', () => {
    const back = there(Object.assign(new Error('a'), { code: 'E', count: 5, isOdd: false, call: () => 5, list: [1] }));
    assert.deepEqual(Object.fromEntries(Object.entries(back)), { code: 'E', count: 5, isOdd: false });
  });

  it('keeps its cause, and that of its cause, three deep', () => {
    let error = new Error('0');
    for (let i = 1; i <= 5; i++) error = new Error(String(i), { cause: error });
    const messages: string[] = [];
    for (let now: unknown = there(error); now instanceof Error; now = now.cause) messages.push(now.message);
    assert.deepEqual(messages, ['5', '4', '3', '2']);
    assert.ok(!('cause' in there(new Error('alone'))));
  });
});
