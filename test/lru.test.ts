import assert from 'node:assert/strict';
import { Lru } from '../lib/lru';

describe('Lru', () => {
  it('keeps what was set last', () => {
    const lru = new Lru<string, number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.set('a', 3);
    lru.set('c', 4);
    assert.deepEqual([lru.get('a'), lru.get('b'), lru.get('c')], [3, undefined, 4]);
    lru.clear();
    lru.set('b', 5);
    lru.set('c', 6);
    assert.deepEqual([lru.get('a'), lru.get('b'), lru.get('c')], [undefined, 5, 6]);
  });

  it('keeps as much as may be together, by size', () => {
    const lru = new Lru<number, string>(5, ({ length }) => length);
    lru.set(1, 'ab');
    lru.set(2, 'cd');
    lru.set(3, 'ef');
    assert.deepEqual([lru.get(1), lru.get(2), lru.get(3)], [undefined, 'cd', 'ef']);
    lru.delete(2);
    lru.set(4, 'ghi');
    assert.deepEqual([lru.get(3), lru.get(4)], ['ef', 'ghi']);
    lru.set(5, 'longer');
    assert.deepEqual([lru.get(3), lru.get(4), lru.get(5)], [undefined, undefined, undefined]);
  });
});
