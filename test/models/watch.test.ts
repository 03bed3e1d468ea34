import assert from 'node:assert/strict';
import fs from 'node:fs';
import { appendFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ModelWatch } from '../../lib/models/watch';
import { temporaryFolder } from '../classify/models';

/** Long and short, of a clock that stands still: the test says when a time is up. */
const POLL = 3_600_000;
const SETTLE = 1000;

/** The one timer of a watch. */
interface Timer {
  callback: () => void;
  milliseconds: number;
  unref: () => Timer;
}

describe('ModelWatch', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  let watch: ModelWatch | undefined;
  let timer: Timer | undefined;
  let changes: number;

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'digits.keras');
    changes = 0;
    timer = undefined;
    mock.method(
      globalThis,
      'setTimeout',
      (callback: () => void, milliseconds: number) => (timer = { callback, milliseconds, unref: () => timer as Timer }),
    );
    mock.method(globalThis, 'clearTimeout', (cleared: unknown) => {
      if (cleared === timer) timer = undefined;
    });
  });
  afterEach(() => {
    watch?.close();
    mock.restoreAll();
    return folder.remove();
  });

  /** What the system, or a look at the files, leads to; mocha's own timeout is the limit. */
  const until = async (there: () => boolean): Promise<void> => {
    while (!there()) await setImmediate();
  };
  const begin = async (at = path): Promise<void> => {
    watch = new ModelWatch(
      at,
      () => {
        changes++;
      },
      { debounce: SETTLE, poll: POLL },
    );
    await until(() => timer !== undefined);
  };
  /** The time of the timer is up: the watch looks, and sets it again. */
  const look = async (): Promise<void> => {
    const due = timer;
    timer = undefined;
    due?.callback();
    await until(() => timer !== undefined);
  };
  /** The system has told of something. */
  const told = (): Promise<void> => until(() => timer?.milliseconds === SETTLE);
  /** Looks until the files are known as they are now, and says whether that was a change. */
  const settled = async (): Promise<boolean> => {
    const before = changes;
    do await look();
    while (timer?.milliseconds === SETTLE);
    return changes > before;
  };
  /** In one go: there is no moment at which half of it is there. */
  const put = async (text: string, at = path): Promise<void> => {
    await writeFile(`${at}.0123abcd.tmp`, text);
    await rename(`${at}.0123abcd.tmp`, at);
  };

  it('tells of a .keras file that is written over, replaced, and put back with its old date', async () => {
    await put('old');
    await begin();
    await writeFile(path, 'new');
    await told();
    assert.equal(await settled(), true);
    await put('newer');
    await told();
    assert.equal(await settled(), true);
    await writeFile(path, 'older');
    await utimes(path, 0, 0);
    await told();
    assert.equal(await settled(), true);
    assert.equal(await settled(), false);
  });

  it('waits until a file that is being copied has stopped growing', async () => {
    // Where the system tells of nothing, there is one look at a time, and the test knows of each.
    mock.method(fs, 'watch', () => {
      throw new Error('no such thing');
    });
    await begin();
    for (let i = 0; i < 20; i++) {
      await appendFile(path, 'more');
      await look();
      assert.equal(changes, 0, 'told of half a file');
    }
    await look();
    assert.equal(changes, 1);
  });

  it("tells of a folder's weights that come after model.json", async () => {
    path = join(folder.path, 'digits');
    await mkdir(path);
    await begin();
    for (const [name, text] of [
      ['model.json', '{}'],
      ['weights.bin', '0123'],
    ] as const) {
      await put(text, join(path, name));
      await told();
      assert.equal(await settled(), true);
    }
  });

  it('watches the folder of a model.json', async () => {
    path = join(folder.path, 'model.json');
    await put('{}');
    await begin();
    await put('0123', join(folder.path, 'weights.bin'));
    await told();
    assert.equal(await settled(), true);
  });

  it('does not care about what else lies there, nor about a model that is taken away', async () => {
    await put('old');
    await begin();
    await writeFile(join(folder.path, 'notes.txt'), 'not ours');
    assert.equal(await settled(), false);
    await rm(path);
    assert.equal(await settled(), false);
    assert.equal(await settled(), false);
  });

  it('finds by polling what nobody tells of: a folder that was not there, or that is another one now', async () => {
    path = join(folder.path, 'not yet', 'digits');
    await begin();
    assert.equal(timer?.milliseconds, POLL);
    await mkdir(path, { recursive: true });
    await put('{}', join(path, 'model.json'));
    assert.equal(await settled(), true);
    await rename(path, `${path} before`);
    await mkdir(path);
    await put('{"another":1}', join(path, 'model.json'));
    assert.equal(await settled(), true);
  });

  it('says nothing any more once it is closed, and waits for nothing', async () => {
    await begin();
    const due = timer;
    watch?.close();
    assert.equal(timer, undefined);
    await put('new');
    // One that was due already.
    due?.callback();
    for (let i = 0; i < 100; i++) await setImmediate();
    assert.deepEqual([changes, timer], [0, undefined]);
  });
});
