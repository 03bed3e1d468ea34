import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeRed from 'node-red';
import { DataSet } from '../../lib/data/data-set';
import { DataSetError } from '../../lib/data/idx';
import { indicesFrom, parseRequest, randomIndices } from '../../lib/data/request';
import { loadDataSet, type DataSource, type LoadProgress } from '../../lib/data/sources';
import { photograph } from '../../support/drawn-pictures';
import { idx, makeFiles, packed } from '../../support/made-files';
import { Mirror } from './mirrors';
import { NOT_A_DIGIT } from '../../lib/digit';

/** What Node-RED does with every message that goes two ways, and with those that a debug node shows. */
const util = nodeRed.util as unknown as Record<'cloneMessage' | 'encodeObject', (value: object) => object>;

const images = Uint8Array.from({ length: 4 * 784 }, (_, i) => i % 255);
const set = new DataSet(
  'four',
  { images, labels: Uint8Array.of(7, 0, NOT_A_DIGIT, 7) },
  Array.from({ length: 30 }, (_, i) => ({ file: `${i}.png`, reason: 'damaged' })),
);

describe('DataSet', () => {
  it('gives copies of its digits with their labels', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => set.sample(index).label),
      [7, 0, 'not-a-digit', 7],
    );
    const { image } = set.sample(1);
    assert.deepEqual(image, Buffer.from(images.subarray(784, 2 * 784)));
    image.fill(0);
    assert.equal(set.images[785], 785 % 255);
    for (const index of [-1, 4, 0.5, NaN, Date.now()])
      assert.throws(
        () => set.sample(index),
        new RegExp(`expected the number of a digit from 0 to 3 \\(four\\), got ${index}`),
      );
  });

  it('is passed on as the same one by Node-RED, and stays small in the debug sidebar and in a context', () => {
    const clone = util.cloneMessage({ payload: set, other: { digits: set } }) as {
      payload: unknown;
      other: { digits: unknown };
    };
    assert.equal(clone.payload, set);
    assert.equal(clone.other.digits, set);
    const byLabel = { 0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 2, 8: 0, 9: 0, 'not-a-digit': 1 };
    const json = JSON.parse(JSON.stringify(set)) as { skipped: { count: number; first: unknown[] } };
    assert.deepEqual(
      { ...json, skipped: [json.skipped.count, json.skipped.first.length] },
      { name: 'four', digits: 4, byLabel, skipped: [30, 20] },
    );
    for (const msg of [set, { payload: set }]) assert.ok(JSON.stringify(util.encodeObject({ msg })).length < 3000);
  });
});

describe('what is asked of a data set', () => {
  const requests: [unknown, object][] = [
    [3, { kind: 'sample', index: 3 }],
    ['random', { kind: 'random', count: 1 }],
    [{ random: 5 }, { kind: 'random', count: 5 }],
    ['sheet', { kind: 'sheet', count: 50, from: undefined }],
    [
      { sheet: true, from: 2 },
      { kind: 'sheet', count: 50, from: 2 },
    ],
    [{ sheet: 9 }, { kind: 'sheet', count: 9, from: undefined }],
    ['all', { kind: 'all' }],
    ['fetch', { kind: 'fetch' }],
  ];
  for (const [value, request] of requests) {
    it(`may be ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parseRequest(value), request);
    });
  }

  const wrong: [unknown, RegExp][] = [
    [undefined, /expected the number of a digit, "random".*got undefined/],
    ['', /got the string ""/],
    ['7', /got the string "7"/],
    [{}, /got an empty object/],
    [[1], /got an array of 1/],
    [null, /got null/],
    [{ random: 0 }, /expected random to be a whole number from 1 to 1000, got the number 0/],
    [{ random: '5' }, /got the string "5"/],
    [{ sheet: 401 }, /expected sheet to be a whole number from 1 to 400, got the number 401/],
    [{ sheet: 5, from: -1 }, /expected from to be a whole number from 0 on, got the number -1/],
  ];
  for (const [value, message] of wrong) {
    it(`must not be ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => parseRequest(value),
        (error: Error) => error instanceof DataSetError && message.test(error.message),
      );
    });
  }

  it('chooses different digits at random, and no more than there are', () => {
    assert.deepEqual(randomIndices(set, 9), [0, 1, 2, 3]);
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const chosen = randomIndices(set, 2);
      assert.equal(new Set(chosen).size, 2);
      for (const index of chosen) seen.add(index);
    }
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3]);
  });

  it('takes those from one on, to the end', () => {
    assert.deepEqual(indicesFrom(set, 1, 2), [1, 2]);
    assert.deepEqual(indicesFrom(set, 2, 50), [2, 3]);
    assert.throws(() => indicesFrom(set, 4, 1), /from 0 to 3/);
  });
});

describe('loadDataSet', () => {
  const { bytes, files } = makeFiles();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sources '));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const load = async (source: DataSource): Promise<[string, number[]]> => {
    const { name, labels } = await loadDataSet(source);
    return [name, [...labels]];
  };
  const put = async (names: Record<string, Uint8Array>): Promise<void> => {
    for (const [name, content] of Object.entries(names)) await writeFile(join(folder, name), content);
  };

  it('fetches MNIST from its own mirror first', async () => {
    const mirror = await Mirror.with(bytes);
    const progress: LoadProgress[] = [];
    try {
      const source: DataSource = {
        kind: 'mnist',
        folder: join(folder, 'mnist'),
        part: 'test',
        mirror: mirror.address,
        files,
      };
      const { name, labels } = await loadDataSet(source, { onProgress: (step) => progress.push(step) });
      assert.deepEqual([name, ...labels], ['MNIST, test', 7, 0, 3]);
      assert.equal(mirror.asked.length, 4);
      assert.ok(progress.every(({ doing, done }) => doing === 'fetching' && done > 0));
      assert.deepEqual(await load({ ...source, part: 'train' }), ['MNIST, train', [7, 0, 1]]);
      assert.equal(mirror.asked.length, 4);
    } finally {
      await mirror.stop();
    }
  });

  it("reads IDX files of MNIST's names, or of any where there is one pair", async () => {
    await mkdir(join(folder, 'set'));
    const images3 = idx(2051, [3, 28, 28], new Uint8Array(3 * 784));
    const labels3 = packed(idx(2049, [3], Uint8Array.of(1, 2, 3)));
    await put({
      'set/mine-images-idx3-ubyte': images3,
      'set/mine-labels-idx1-ubyte.gz': labels3,
      'set/notes.txt': labels3,
    });
    for (const part of ['train', 'test'] as const)
      assert.deepEqual(await load({ kind: 'idx', folder: join(folder, 'set'), part }), ['set, mine', [1, 2, 3]]);
    for (const kind of ['images-idx3-ubyte', 'labels-idx1-ubyte'])
      await writeFile(join(folder, `set/t10k-${kind}`), bytes[`t10k-${kind}`]!);
    assert.deepEqual(await load({ kind: 'idx', folder: join(folder, 'set'), part: 'test' }), ['set, t10k', [7, 0, 3]]);
    await assert.rejects(
      load({ kind: 'idx', folder: join(folder, 'set'), part: 'train' }),
      /expected train-images-idx3-ubyte and .*got mine, t10k$/,
    );
    await rm(join(folder, 'set/mine-labels-idx1-ubyte.gz'));
    await assert.rejects(load({ kind: 'idx', folder: join(folder, 'set'), part: 'train' }), /got t10k$/);
  });

  it('reads labelled pictures', async () => {
    await put({ '7.jpg': await photograph('7'), '8.jpg': Buffer.from('no picture') });
    const progress: LoadProgress[] = [];
    const { name, labels, skipped } = await loadDataSet(
      { kind: 'pictures', folder },
      { onProgress: (step) => progress.push(step) },
    );
    assert.deepEqual(
      [name.startsWith('sources '), [...labels], skipped.map(({ file }) => file)],
      [true, [7], ['8.jpg']],
    );
    assert.deepEqual(progress.at(-1), { doing: 'reading', done: 2, total: 2 });
  });

  for (const [what, source, message] of [
    [
      'a folder that is not there',
      { kind: 'idx', folder: '/no such folder', part: 'test' },
      /the folder of IDX files \/no such folder does not exist/,
    ],
    [
      'a folder without IDX files',
      { kind: 'idx', folder: __dirname, part: 'test' },
      /expected t10k-images-idx3-ubyte .*got no such pair/,
    ],
    ['a source of another kind', { kind: 'csv' }, /expected a source of digits \(mnist, idx or pictures\), got "csv"/],
    [
      'a mirror that is no address',
      { kind: 'mnist', folder: '/nowhere', part: 'test', mirror: 'here' },
      /expected a mirror's address/,
    ],
  ] as [string, DataSource, RegExp][]) {
    it(`fails on ${what}`, async () => {
      await assert.rejects(
        loadDataSet(source),
        (error: Error) => (error instanceof DataSetError && message.test(error.message)) || assert.fail(String(error)),
      );
    });
  }

  it('fails on a pair of which one is damaged', async () => {
    await put({
      'x-images-idx3-ubyte': bytes['t10k-images-idx3-ubyte']!,
      'x-labels-idx1-ubyte': idx(2049, [1], Uint8Array.of(1)),
    });
    await assert.rejects(load({ kind: 'idx', folder, part: 'test' }), /as many labels as pictures, got 1/);
  });
});
