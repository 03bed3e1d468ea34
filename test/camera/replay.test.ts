import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { demoFolder, ReplayFolder, type ReplayOptions } from '../../lib/camera/replay';

const NEVER = new AbortController().signal;

async function jpeg(width: number): Promise<Buffer> {
  return sharp({ create: { width, height: 8, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer();
}

describe('replay folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replay-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const add = async (name: string, width = 16): Promise<void> => {
    writeFileSync(join(folder, name), await jpeg(width));
  };

  const replay = (options: ReplayOptions = {}): (() => Promise<string>) => {
    const source = new ReplayFolder({ folder, ...options });
    return async () => (await source.capture({}, NEVER)).source;
  };

  async function take(next: () => Promise<string>, times: number): Promise<string[]> {
    const names = [];
    for (let i = 0; i < times; i++) names.push(await next());
    return names;
  }

  it('shows its pictures in natural order, again and again', async () => {
    for (const name of ['10.jpg', '2.JPEG', '1.jpg']) await add(name);
    assert.deepEqual(await take(replay(), 5), ['1.jpg', '2.JPEG', '10.jpg', '1.jpg', '2.JPEG']);
  });

  it('passes over what is no picture', async () => {
    for (const name of ['.hidden.jpg', 'notes.txt', 'a.jpg']) await add(name);
    mkdirSync(join(folder, 'folder.jpg'));
    symlinkSync(join(folder, 'a.jpg'), join(folder, 'link.jpg'));
    assert.deepEqual(await take(replay(), 3), ['a.jpg', 'link.jpg', 'a.jpg']);
  });

  it('sends the bytes of the file and its upright size', async () => {
    const turned = await sharp(await jpeg(16))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    writeFileSync(join(folder, 'turned.jpg'), turned);
    const { image, source, width, height } = await new ReplayFolder({ folder }).capture(
      { width: 64, height: 64 },
      NEVER,
    );
    assert.deepEqual([source, width, height], ['turned.jpg', 8, 16]);
    assert.deepEqual(image, turned);
  });

  it('notices pictures that come and go', async () => {
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) await add(name);
    const next = replay();
    assert.equal(await next(), '1.jpg');
    rmSync(join(folder, '2.jpg'));
    await add('4.jpg');
    assert.deepEqual(await take(next, 4), ['3.jpg', '1.jpg', '3.jpg', '4.jpg']);
  });

  it('ends after one round, if it is not to repeat', async () => {
    for (const name of ['1.jpg', '2.jpg']) await add(name);
    const next = replay({ loop: false });
    await take(next, 2);
    await assert.rejects(next(), { code: 'replay-ended', status: 'end of replay' });
    await assert.rejects(next(), { code: 'replay-ended' });
  });

  it('names a file that is no picture, and goes on with the next', async () => {
    writeFileSync(join(folder, '1.jpg'), 'no picture');
    await add('2.jpg');
    const next = replay();
    await assert.rejects(next(), {
      code: 'damaged',
      status: 'picture damaged',
      message: /1\.jpg is no picture that can be read/,
    });
    assert.equal(await next(), '2.jpg');
  });

  it('says that the folder is missing, and goes on once it is back', async () => {
    await add('1.jpg');
    const next = replay();
    await next();
    rmSync(folder, { recursive: true });
    await assert.rejects(next(), { code: 'no-folder', status: 'no replay folder', message: /does not exist/ });
    mkdirSync(folder);
    await assert.rejects(next(), {
      code: 'no-pictures',
      status: 'no pictures',
      message: /there is no picture in the replay folder .*jpg, jpeg, png/,
    });
    await add('1.jpg');
    assert.equal(await next(), '1.jpg');
  });

  it('says that it is a file', async () => {
    await add('1.jpg');
    await assert.rejects(replay({ folder: join(folder, '1.jpg') })(), { code: 'no-folder', message: /is no folder/ });
  });

  it('shows the demo frames when no folder is chosen', async () => {
    const { image } = await new ReplayFolder().capture({}, NEVER);
    assert.equal((await sharp(image).metadata()).format, 'jpeg');
    assert.match(demoFolder(), /demo$/);
  });

  describe('as a stream', () => {
    /** Names of the pictures that came before it had sent so many. */
    async function play(options: ReplayOptions, frames: number): Promise<string[]> {
      const names: string[] = [];
      const controller = new AbortController();
      let dropped = 0;
      const sink = {
        frame: ({ source }: { source: string }) => {
          names.push(source);
          if (names.length === frames) controller.abort();
        },
        dropped: () => {
          if (++dropped > 100) controller.abort();
        },
      };
      await new ReplayFolder({ folder, ...options }).play({ framerate: 100 }, sink, controller.signal);
      return names;
    }

    it('shows its pictures one after another, each time from the first', async () => {
      for (const name of ['1.jpg', '2.jpg']) await add(name);
      assert.deepEqual(await play({}, 3), ['1.jpg', '2.jpg', '1.jpg']);
      assert.deepEqual(await play({}, 1), ['1.jpg']);
      await assert.rejects(play({ loop: false }, 9), { code: 'replay-ended' });
    });

    it('shows each for some time', async () => {
      for (const name of ['1.jpg', '2.jpg']) await add(name);
      assert.deepEqual(
        await play({ hold: 3600 }, 5),
        Array.from({ length: 5 }, () => '1.jpg'),
      );
      const names = await play({ hold: '0.02' }, 16);
      assert.ok(names.includes('2.jpg'), names.join(' '));
      await assert.rejects(play({ hold: 'long' }, 1), {
        code: 'bad-setting',
        message: /expected the seconds for each picture to be a number from 0 to 3600/,
      });
    });

    it('passes over what is no picture, even where there is nothing else', async () => {
      await add('1.jpg');
      writeFileSync(join(folder, '2.jpg'), 'no picture');
      assert.deepEqual(await play({}, 3), ['1.jpg', '1.jpg', '1.jpg']);
      rmSync(join(folder, '1.jpg'));
      assert.deepEqual(await play({}, 3), []);
    });
  });
});
