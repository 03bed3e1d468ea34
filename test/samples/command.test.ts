import assert from 'node:assert/strict';
import { parseCommand } from '../../lib/samples/command';

describe('a command to the samples', () => {
  it('counts, lists, relabels or deletes', () => {
    const commands: [payload: unknown, command: object][] = [
      ['count', { kind: 'count' }],
      ['list', { kind: 'list', label: undefined, limit: 100 }],
      [{ list: true }, { kind: 'list', label: undefined, limit: 100 }],
      [
        { list: 'all', limit: 1 },
        { kind: 'list', label: undefined, limit: 1 },
      ],
      [{ list: 4 }, { kind: 'list', label: '4', limit: 100 }],
      [
        { relabel: 'a', label: '7' },
        { kind: 'relabel', ids: ['a'], label: '7' },
      ],
      [
        { relabel: ['a', 'b'], label: 7 },
        { kind: 'relabel', ids: ['a', 'b'], label: '7' },
      ],
      [{ delete: ['a', 'b'] }, { kind: 'delete', ids: ['a', 'b'] }],
    ];
    for (const [payload, command] of commands) assert.deepEqual(parseCommand(payload), command);
  });

  it('is none in anything else', () => {
    for (const payload of ['counts', 5, null, undefined, {}, { label: '7' }, []])
      assert.equal(parseCommand(payload), undefined);
  });

  it('is refused where a part of it makes no sense', () => {
    for (const limit of [0, -1, 1.5, '5', null])
      assert.throws(() => parseCommand({ list: 'all', limit }), { name: 'SamplesError', code: 'bad-request' });
    for (const ids of [5, ['a', 5], [null]]) {
      assert.throws(() => parseCommand({ delete: ids }), { name: 'SamplesError', code: 'bad-request' });
      assert.throws(() => parseCommand({ relabel: ids, label: '7' }), { name: 'SamplesError', code: 'bad-request' });
    }
    for (const label of ['x', undefined, 10])
      assert.throws(() => parseCommand({ relabel: 'a', label }), { name: 'SamplesError', code: 'bad-label' });
  });
});
