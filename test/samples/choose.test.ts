import assert from 'node:assert/strict';
import { chooseLabels } from '../../lib/samples/choose';
import { parseCommand } from '../../lib/samples/command';
import { parseLabel } from '../../lib/samples/labels';

const digits = [{ digit: 4 }, { digit: 7 }];
const labelsOf = (...args: Parameters<typeof chooseLabels>): unknown[] =>
  chooseLabels(...args).map((chosen) => chosen && `${chosen.label}${chosen.given ? ' given' : ''}`);

describe('which label a digit is kept under', () => {
  it('is the one that is given, whatever else', () => {
    for (const keep of ['labelled', 'unsure', 'all'] as const) {
      assert.deepEqual(labelsOf({ digits, label: '9', accepted: false, reason: 'unchanged' }, keep), [
        '9 given',
        '9 given',
      ]);
      assert.deepEqual(labelsOf({ digits, label: [null, 0] }, keep), [undefined, '0 given']);
    }
  });

  it('is "unsure" for what was rejected, and what was read for the rest, as far as that is to be kept', () => {
    assert.deepEqual(labelsOf({ digits, accepted: false, reason: 'unsure between 4 and 9 at digit 1' }, 'unsure'), [
      'unsure',
      'unsure',
    ]);
    assert.deepEqual(labelsOf({ digits, accepted: false }, 'labelled'), [undefined, undefined]);
    assert.deepEqual(labelsOf({ digits, accepted: true }, 'unsure'), [undefined, undefined]);
    assert.deepEqual(labelsOf({ digits, accepted: true }, 'all'), ['4', '7']);
    assert.deepEqual(labelsOf({ digits }, 'all'), ['4', '7']);
  });

  for (const reason of ['reading 1 of 3', 'unchanged', 'gone: 407']) {
    it(`is none where it was rejected as "${reason}"`, () => {
      assert.deepEqual(labelsOf({ digits, accepted: false, reason }, 'all'), [undefined, undefined]);
    });
  }

  it('must fit the digits', () => {
    assert.throws(
      () => chooseLabels({ digits, label: [4] }, 'all'),
      /expected a label for each of 2 digits, got an array of 1/,
    );
  });

  for (const label of ['10', '-1', 4.5, '../4', '4/..', '', ' 4', 'four', {}, true, '__proto__']) {
    it(`cannot be ${JSON.stringify(label)}`, () => {
      assert.throws(() => parseLabel(label), {
        name: 'SamplesError',
        code: 'bad-label',
        message: /^expected a label from 0 to 9, "not-a-digit" or "unsure", got /,
      });
    });
  }
});

describe('a command to the samples', () => {
  it('is read from the payload, which else is none', () => {
    assert.deepEqual(parseCommand('count'), { kind: 'count' });
    assert.deepEqual(parseCommand('list'), { kind: 'list', label: undefined, limit: 100 });
    assert.deepEqual(parseCommand({ list: 4, limit: 5 }), { kind: 'list', label: '4', limit: 5 });
    assert.deepEqual(parseCommand({ relabel: 'a', label: 'unsure' }), { kind: 'relabel', ids: ['a'], label: 'unsure' });
    assert.deepEqual(parseCommand({ delete: ['a', 'b'] }), { kind: 'delete', ids: ['a', 'b'] });
    for (const payload of ['407', '', 7, undefined, null, [], Buffer.alloc(1), { text: 'list' }])
      assert.equal(parseCommand(payload), undefined);
  });

  it('must be complete', () => {
    assert.throws(() => parseCommand({ relabel: 'a' }), /expected a label .*got undefined/);
    assert.throws(() => parseCommand({ relabel: 7, label: 4 }), /whose id is a string, got the number 7/);
    assert.throws(() => parseCommand({ list: '../..' }), /expected a label/);
    assert.throws(
      () => parseCommand({ list: 'all', limit: -1 }),
      /whose limit is a whole number above 0, got the number -1/,
    );
  });
});
