import assert from 'node:assert/strict';
import { appendFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModelWatch } from '../../lib/models/watch';
import { temporaryFolder } from '../classify/models';

describe('ModelWatch', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let watch: ModelWatch | undefined;
  let changes = 0, told: () => void = () => undefined;
  beforeEach(async () => {
    folder = await temporaryFolder();
    changes = 0;
  });
  afterEach(() => {
    watch?.close();
    return folder.remove();
  });

  const begin = async (path: string, poll: number, settle = 60): Promise<void> => {
    watch = new ModelWatch(path, () => {
      changes++;
      told();
    }, { settle, poll });
    // So that it has seen what is there now.
    await sleep(100);
  };
  const change = async (): Promise<void> => {
    while (changes === 0) await new Promise<void>((resolve) => { told = resolve; });
    // Where the machine is slow, one change may look like two.
    await sleep(200);
    changes = 0;
  };

  const hour = 3_600_000;

  it('tells of a .keras file that is written over, replaced, and put back with its old date', async () => {
    const path = join(folder.path, 'digits.keras');
    await writeFile(path, 'old');
    await begin(path, hour);
    await writeFile(path, 'new');
    await change();
    await writeFile(`${path}.0123abcd.tmp`, 'newer');
    await rename(`${path}.0123abcd.tmp`, path);
    await change();
    await writeFile(path, 'older');
    await utimes(path, 0, 0);
    await change();
  });

  it('waits until a file that is being copied has stopped growing', async () => {
    const path = join(folder.path, 'digits.keras');
    await begin(path, hour, 300);
    for (let i = 0; i < 60; i++) {
      await appendFile(path, 'more');
      await sleep(20);
      assert.equal(changes, 0, 'told of half a file');
    }
    await change();
  });

  it('tells of a folder\'s weights that come after model.json', async () => {
    const path = join(folder.path, 'digits');
    await mkdir(path);
    await begin(path, hour);
    await writeFile(join(path, 'model.json'), '{}');
    await change();
    await writeFile(join(path, 'weights.bin'), '0123');
    await change();
  });

  it('watches the folder of a model.json', async () => {
    const path = join(folder.path, 'model.json');
    await writeFile(path, '{}');
    await begin(path, hour);
    await writeFile(join(folder.path, 'weights.bin'), '0123');
    await change();
  });

  it('does not care about what else lies there, nor about a model that is taken away', async () => {
    const path = join(folder.path, 'digits.keras');
    await writeFile(path, 'old');
    await begin(path, 20);
    await writeFile(join(folder.path, 'notes.txt'), 'not ours');
    await rm(path);
    await sleep(300);
    assert.equal(changes, 0);
  });

  it('finds by polling what nobody tells of: a folder that was not there, or that is another one now', async () => {
    const path = join(folder.path, 'not yet', 'digits');
    await begin(path, 20);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'model.json'), '{}');
    await change();
    await rename(path, `${path} before`);
    await mkdir(path);
    await writeFile(join(path, 'model.json'), '{}');
    await change();
  });

  it('says nothing any more once it is closed', async () => {
    const path = join(folder.path, 'digits.keras');
    await begin(path, 20);
    watch?.close();
    await writeFile(path, 'new');
    await sleep(300);
    assert.equal(changes, 0);
  });
});
