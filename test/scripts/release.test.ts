import assert from 'node:assert/strict';
import { checkPacked, notesOf } from '../../scripts/release';

const CHANGELOG = `# Changes

## Unreleased

- something

## 0.2.0 – 2026-11-27

### Added

- This.

## 0.1.0 – soon

- That.
`;

describe('a release', () => {
  it('has the notes of its version', () => {
    assert.equal(notesOf(CHANGELOG, '0.2.0'), '### Added\n\n- This.');
  });

  it('is refused without a section, a date, or a word', () => {
    assert.throws(() => notesOf(CHANGELOG, '0.3.0'), /a section "## 0\.3\.0 – YYYY-MM-DD", found none/);
    assert.throws(() => notesOf(CHANGELOG, '0.1.0'), /expected a date/);
    assert.throws(() => notesOf('## 0.2.0 – 2026-11-27\n\n## 0.1.0', '0.2.0'), /expected notes for 0\.2\.0/);
  });

  const needed = ['package.json', 'README.md', 'LICENSE', 'THIRD_PARTY_NOTICES.txt', 'models/digits/model.json'];
  const packed = (...more: string[]): Parameters<typeof checkPacked>[0] => ({
    size: 1000,
    files: [...needed, ...more].map((path) => ({ path })),
  });

  it('holds what it needs and no sources, and is small', () => {
    checkPacked(packed('dist/lib/pipeline/reader.js'));
    assert.throws(() => {
      checkPacked({ ...packed(), files: [] });
    }, /to hold package\.json, README\.md/);
    for (const wrong of ['lib/random.ts', 'dist/lib/random.js.map', 'test/a.js']) {
      assert.throws(() => {
        checkPacked(packed(wrong));
      }, /no sources in the package/);
    }
    assert.throws(() => {
      checkPacked({ ...packed(), size: 5_000_000 });
    }, /at most 4000000 bytes, got 5000000/);
  });
});
