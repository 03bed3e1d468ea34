import assert from 'node:assert/strict';
import { codeOf } from '../../lib/file-errors';
import { checkMetadata, isRecord } from '../../lib/models/model';

describe('what a model says of itself', () => {
  it('may be nothing', () => {
    for (const inkcam of [undefined, null, 'text', [1]]) assert.deepEqual(checkMetadata('m', { inkcam }), {});
  });

  const FITS: [name: string, fit: unknown[], wrong: unknown[]][] = [
    ['temperature', [0.001, 1, 40], [0, -1, '1', null]],
    ['accuracy', [0, 0.5, 1], [-0.01, 1.01, '1', null]],
    ['name', ['', 'a', 'a'.repeat(200)], ['a'.repeat(201), 5]],
    ['version', ['1.0.0', 'a'.repeat(200)], ['a'.repeat(201), 5]],
    ['trainedAt', ['2026-01-01'], [5, {}]],
  ];
  for (const [name, fit, wrong] of FITS) {
    it(`has a ${name} that makes sense`, () => {
      for (const value of fit) assert.deepEqual(checkMetadata('m', { inkcam: { [name]: value } }), { [name]: value });
      for (const value of wrong)
        assert.throws(() => checkMetadata('a/model.json', { inkcam: { [name]: value } }), {
          name: 'ModelError',
          message: /^a\/model.json: expected /,
        });
    });
  }

  it('keeps what is not known', () => {
    assert.deepEqual(checkMetadata('m', { inkcam: { other: [1] } }), { other: [1] });
  });

  it('is a record: an object that is no list', () => {
    assert.deepEqual([{}, [], null, 'a', 5, undefined].map(isRecord), [true, false, false, false, false, false]);
  });

  it('has errors called as the file system calls them', () => {
    assert.equal(codeOf(Object.assign(new Error('gone'), { code: 'ENOENT' })), 'ENOENT');
    assert.equal(codeOf(new Error('gone')), 'Error: gone');
  });
});
