import assert from 'node:assert/strict';
import fs, { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { makeFolder, moveFile, removeAbandoned, writeFileWhole } from '../lib/write-file';

describe('writing a file whole', () => {
  let folder: string;
  let done: string[];
  /** What the disk says when a folder is to be seen onto it. */
  let refusal: string | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whole '));
    done = [];
    refusal = undefined;
    const { open, rename } = fs;
    const nameOf = (path: string): string => (relative(folder, path) || '.').replace(/\.[0-9a-f]{8}\.tmp$/, '.tmp');
    mock.method(fs, 'rename', async (from: string, to: string) => {
      for (let i = 0; i < 5; i++) await setImmediate();
      await rename(from, to);
      done.push(`rename ${nameOf(from)} ${nameOf(to)}`);
    });
    mock.method(fs, 'open', async (path: string, flags: string) => {
      if (flags === 'r' && refusal !== undefined) throw Object.assign(new Error('refused'), { code: refusal });
      const file: FileHandle = await open(path, flags);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await sync();
        // A disk takes its time.
        for (let i = 0; i < 5; i++) await setImmediate();
        done.push(`sync ${nameOf(path)}`);
      };
      return file;
    });
  });
  afterEach(async () => {
    mock.restoreAll();
    await rm(folder, { recursive: true, force: true });
  });

  it('sees the bytes onto the disk, then the name', async () => {
    await writeFileWhole(join(folder, 'a.txt'), 'new');
    assert.deepEqual(done, ['sync a.txt.tmp', 'rename a.txt.tmp a.txt', 'sync .']);
    assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'new');
    assert.deepEqual(await readdir(folder), ['a.txt']);
  });

  for (const code of ['EPERM', 'EISDIR', 'EACCES', 'EINVAL']) {
    it(`writes where folders cannot be seen onto the disk: ${code}`, async () => {
      refusal = code;
      await writeFileWhole(join(folder, 'a.txt'), 'new');
      assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'new');
    });
  }

  it('says so where the disk fails', async () => {
    refusal = 'EIO';
    await assert.rejects(writeFileWhole(join(folder, 'a.txt'), 'new'), { code: 'EIO' });
  });

  it('leaves nothing behind where the file cannot take its place', async () => {
    await mkdir(join(folder, 'a.txt', 'full'), { recursive: true });
    await assert.rejects(writeFileWhole(join(folder, 'a.txt'), 'new'));
    assert.deepEqual(await readdir(folder), ['a.txt']);
  });

  it('removes what killed writers have left for hours, of its own files only', async () => {
    const old = new Date(Date.now() - 2 * 3_600_000);
    const left = ['a.txt.0123abcd.tmp', 'other.txt.0123abcd.tmp', 'a.txt.tmp', 'a.txt'];
    for (const name of left) {
      await writeFile(join(folder, name), '');
      await utimes(join(folder, name), old, old);
    }
    await writeFile(join(folder, 'a.txt.89abcdef.tmp'), '');
    await mkdir(join(folder, 'a.txt.00000000.tmp'));
    await utimes(join(folder, 'a.txt.00000000.tmp'), old, old);
    await removeAbandoned(folder, (name) => name === 'a.txt');
    assert.deepEqual(
      (await readdir(folder)).sort(),
      [...left.slice(1), 'a.txt.89abcdef.tmp', 'a.txt.00000000.tmp'].sort(),
    );
    await removeAbandoned(join(folder, 'none'), () => true);
  });

  it('sees new folders onto the disk, each in the one that it is in, and both ends of a move', async () => {
    await makeFolder(join(folder, 'a', 'b', 'c'));
    assert.deepEqual(done, ['sync .', 'sync a', `sync ${join('a', 'b')}`]);
    done = [];
    await makeFolder(join(folder, 'a', 'b'));
    assert.deepEqual(done, []);
    await writeFileWhole(join(folder, 'x'), '');
    done = [];
    await moveFile(join(folder, 'x'), join(folder, 'a', 'x'));
    assert.deepEqual(done, [`rename x ${join('a', 'x')}`, 'sync a', 'sync .']);
  });
});
