import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import sharp from 'sharp';
import { findLabelledPictures } from '../../lib/data/picture-labels';
import { SampleStore, type Limits, type NewSample, type Saved } from '../../lib/samples/sample-store';
import { anotherFrameOf, digitOf } from './digits';

const LIMITS: Limits = { perLabel: 100, inAll: 1000 };

/** Names begin with the time, and what is kept later is to be newer. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now;) await setImmediate();
}

describe('a folder of samples', () => {
  let folder: string;
  let store: SampleStore;
  const save = (number: number, label: string, more: Partial<NewSample> = {}, limits = LIMITS): Promise<Saved> =>
    store.save({ image: digitOf(number), label, given: true, ...more }, limits);
  const idOf = (saved: Saved): string => (saved.outcome === 'full' ? assert.fail('full') : saved.id);
  const files = async (label: string): Promise<string[]> => readdir(join(folder, 'samples', label)).catch(() => []);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkcam-samples-'));
    store = new SampleStore(join(folder, 'samples'), join(folder, 'crops'));
  });

  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps a digit as a grey PNG under its label, where trainings find it', async () => {
    const saved = await save(1, '4');
    assert.equal(saved.outcome, 'kept');
    assert.deepEqual(await files('4'), [`${idOf(saved)}.png`]);
    const image = sharp(join(folder, 'samples', '4', `${idOf(saved)}.png`));
    const { format, width, height, channels } = await image.metadata();
    assert.deepEqual([format, width, height, channels], ['png', 28, 28, 1]);
    assert.deepEqual(new Uint8Array(await image.toColourspace('b-w').raw().toBuffer()), digitOf(1));
    const { pictures, skipped } = await findLabelledPictures(join(folder, 'samples'));
    assert.deepEqual([pictures, skipped], [[{ file: join('4', `${idOf(saved)}.png`), label: 4 }], []]);
  });

  it('leaves out what is nearly the same, also of another label that was read', async () => {
    const first = await save(1, '4');
    for (const label of ['4', '9', 'unsure']) {
      assert.deepEqual(await store.save({ image: anotherFrameOf(digitOf(1)), label, given: false }, LIMITS), {
        outcome: 'duplicate',
        id: idOf(first),
      });
    }
    assert.deepEqual(await store.counts().then(({ total, unsure }) => [total, unsure]), [1, 0]);
  });

  it('moves it where a person says something else', async () => {
    const first = await save(1, 'unsure', { given: false });
    assert.deepEqual(await save(1, '9'), { outcome: 'relabelled', id: idOf(first) });
    assert.deepEqual([await files('unsure'), await files('9')], [[], [`${idOf(first)}.png`]]);
  });

  it('does as the last one says where two people press at once, and loses nothing', async () => {
    await Promise.all(['3', '8'].map((label) => save(5, label)));
    assert.deepEqual([(await files('3')).length, (await files('8')).length], [0, 1]);
    await Promise.all(Array.from({ length: 20 }, (_, i) => save(100 + i, String(i % 10))));
    assert.equal((await store.counts()).total, 21);
  });

  it('finds near-duplicates and counts anew after a restart', async () => {
    const first = await save(1, '4');
    await save(2, '4');
    store = new SampleStore(join(folder, 'samples'), join(folder, 'crops'));
    assert.equal((await store.counts()).counts['4'], 2);
    assert.deepEqual(await save(1, '4'), { outcome: 'duplicate', id: idOf(first) });
  });

  it('lets the oldest unsure ones go first, of all and of their label', async () => {
    const limits = { perLabel: 3, inAll: 4 };
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      ids.push(idOf(await save(i, 'unsure', { given: false }, limits)));
      await nextMillisecond();
    }
    assert.deepEqual(
      (await files('unsure')).sort(),
      ids
        .slice(1)
        .map((id) => `${id}.png`)
        .sort(),
    );
    for (let i = 4; i < 6; i++) await save(i, '7', {}, limits);
    assert.deepEqual(
      (await files('unsure')).sort(),
      ids
        .slice(2)
        .map((id) => `${id}.png`)
        .sort(),
    );
  });

  it('takes no more than the most: an error for a given label, left out otherwise', async () => {
    const limits = { perLabel: 2, inAll: 3 };
    for (let i = 0; i < 2; i++) await save(i, '7', {}, limits);
    await assert.rejects(save(2, '7', {}, limits), {
      name: 'SamplesError',
      code: 'full',
      message: /no room for another sample: there are 2 samples of "7", and the most is 2/,
    });
    assert.deepEqual(await save(2, '7', { given: false }, limits), { outcome: 'full' });
    await save(3, '8', {}, limits);
    await assert.rejects(save(4, '9', {}, limits), /there are 3 samples, and the most is 3/);
    assert.deepEqual(await save(4, 'unsure', { given: false }, limits), { outcome: 'full' });
    await assert.rejects(store.relabel(idOf(await save(3, '8', {}, limits)), '7', limits), /2 samples of "7"/);
  });

  it('relabels, deletes and lists the newest', async () => {
    const a = idOf(await save(1, '4'));
    await nextMillisecond();
    const b = idOf(await save(2, '4'));
    await store.relabel(a, 'not-a-digit', LIMITS);
    assert.deepEqual(
      (await store.list(undefined, 10)).map(({ id, label }) => [id, label]),
      [
        [b, '4'],
        [a, 'not-a-digit'],
      ],
    );
    assert.deepEqual(
      (await store.list('not-a-digit', 10)).map(({ id, path }) => [id, path]),
      [[a, join(folder, 'samples', 'not-a-digit', `${a}.png`)]],
    );
    assert.equal((await store.list(undefined, 1)).length, 1);
    await store.remove(b);
    assert.deepEqual(await files('4'), []);
  });

  for (const id of ['../../secret', '4/x', 'x', '', 7, undefined, {}]) {
    it(`knows no sample ${JSON.stringify(id)}`, async () => {
      await save(1, '4');
      await assert.rejects(store.remove(id), { name: 'SamplesError', code: 'no-sample' });
      await assert.rejects(store.relabel(id, '5', LIMITS), { name: 'SamplesError', code: 'no-sample' });
      assert.equal((await files('4')).length, 1);
    });
  }

  it('goes on where files and folders were deleted by hand', async () => {
    const first = idOf(await save(1, '4'));
    await rm(join(folder, 'samples'), { recursive: true });
    await assert.rejects(store.relabel(first, '5', LIMITS), { code: 'no-sample' });
    assert.equal((await save(1, '4')).outcome, 'kept');
    await rm(join(folder, 'samples', '4'), { recursive: true });
    // The one that it would be a duplicate of has gone.
    assert.equal((await save(1, '4')).outcome, 'kept');
    assert.equal((await files('4')).length, 1);
  });

  it('counts, lists, moves and deletes files that somebody has put there, and never evicts them', async () => {
    await mkdir(join(folder, 'samples', 'unsure'), { recursive: true });
    await writeFile(join(folder, 'samples', 'unsure', 'mine.png'), 'x');
    for (let i = 0; i < 3; i++) await save(i, 'unsure', { given: false }, { perLabel: 2, inAll: 2 });
    assert.ok((await files('unsure')).includes('mine.png'));
    await writeFile(join(folder, 'samples', 'unsure', 'later.png'), 'x');
    assert.equal((await store.recount()).unsure, (await files('unsure')).length);
    await store.relabel('mine', '3', LIMITS);
    assert.deepEqual(await readFile(join(folder, 'samples', '3', 'mine.png'), 'utf8'), 'x');
    await store.remove('mine');
    assert.deepEqual(await files('3'), []);
  });

  it('keeps the digit as the camera saw it, and deletes it with the sample', async () => {
    const crop = (): Promise<Buffer> => Promise.resolve(Buffer.from('png'));
    const id = idOf(await save(1, '4', { crop }));
    await save(1, '5', { crop: () => assert.fail('made for a near-duplicate') });
    assert.deepEqual(await readdir(join(folder, 'crops')), [`${id}.png`]);
    await store.remove(id);
    assert.deepEqual(await readdir(join(folder, 'crops')), []);
  });

  it('removes what killed writers have left, when it is opened, and nothing else', async () => {
    const id = idOf(await save(1, '4', { crop: () => Promise.resolve(Buffer.from('png')) }));
    const lie = async (folders: string[], name: string, hours: number): Promise<void> => {
      const path = join(folder, ...folders, name);
      const time = Date.now() / 1000 - hours * 3600;
      await mkdir(join(folder, ...folders), { recursive: true });
      await writeFile(path, 'half a picture');
      await utimes(path, time, time);
    };
    const four = ['samples', '4'];
    for (const folders of [four, ['samples', 'unsure'], ['crops']]) await lie(folders, `${id}.png.0123abcd.tmp`, 2);
    // Another process may be writing this one just now, and these are somebody else's.
    await lie(four, `${id}.png.4567cdef.tmp`, 0.5);
    for (const name of [
      'mine.png.0123abcd.tmp',
      `${id}.png.tmp`,
      `${id}.png.0123abcd.tmp.txt`,
      `${id}.txt.0123abcd.tmp`,
      'old.tmp',
    ])
      await lie(four, name, 48);
    store = new SampleStore(join(folder, 'samples'), join(folder, 'crops'));
    assert.equal((await store.counts()).counts['4'], 1);
    assert.deepEqual(await files('unsure'), []);
    assert.deepEqual(await readdir(join(folder, 'crops')), [`${id}.png`]);
    assert.deepEqual(
      (await files('4')).sort(),
      [
        `${id}.png`,
        `${id}.png.4567cdef.tmp`,
        `${id}.png.0123abcd.tmp.txt`,
        `${id}.png.tmp`,
        `${id}.txt.0123abcd.tmp`,
        'mine.png.0123abcd.tmp',
        'old.tmp',
      ].sort(),
    );
  });

  it('fails where it cannot write, and leaves nothing half done', async () => {
    await writeFile(join(folder, 'samples'), 'a file where the folder should be');
    await assert.rejects(save(1, '4'), { code: 'ENOTDIR' });
    await rm(join(folder, 'samples'));
    assert.equal((await save(1, '4')).outcome, 'kept');
    assert.equal((await files('4')).length, 1);
  });
});
