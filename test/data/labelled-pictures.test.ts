import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { acquireClassifier, type Classifier } from '../../lib/engine/classifier';
import { DataSetError } from '../../lib/data/idx';
import { readLabelledPictures } from '../../lib/data/labelled-pictures';
import { photograph, plain } from '../../support/drawn-pictures';
import { NOT_A_DIGIT } from '../../lib/digit';

/** A picture of 28×28 as the steps of the camera make it: a stroke, white on black. */
function stroke(n: number): Buffer {
  return Buffer.from(
    Array.from({ length: 784 }, (_, i) =>
      i % 28 >= 12 && i % 28 < 15 && i > 28 * (5 + (n % 9)) && i < 28 * 23 ? 200 + (n % 50) : 0,
    ),
  );
}

const png = (pixels: Buffer): Promise<Buffer> =>
  sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toBuffer();

describe('readLabelledPictures', () => {
  let folder: string;
  let classifier: Classifier;
  before(() => {
    classifier = acquireClassifier();
  });
  after(() => classifier.release());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labelled pictures '));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function put(files: Record<string, Uint8Array | string>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  }

  it("reads photographs named by label through the camera's steps", async () => {
    await put({
      '7.jpg': await photograph('7'),
      '4-anna.jpg': await photograph('4'),
      '2 (2).jpg': await photograph('2'),
    });
    const { digits, skipped } = await readLabelledPictures(folder);
    assert.deepEqual([...digits.labels], [2, 4, 7]);
    assert.deepEqual(skipped, []);
    const images = [0, 1, 2].map((i) => digits.images.slice(i * 784, (i + 1) * 784));
    assert.deepEqual(
      (await classifier.classify(images)).map(({ digit }) => digit),
      [2, 4, 7],
    );
  });

  it('takes 28×28 pictures in folders named by label as they are', async () => {
    await put({
      '1/b.png': await png(stroke(1)),
      '1/a.png': await png(stroke(2)),
      'not-a-digit/x.png': await png(stroke(3)),
      '8/any name 3.png': await sharp(stroke(4), { raw: { width: 28, height: 28, channels: 1 } })
        .negate()
        .png()
        .toBuffer(),
      'unsure/1.png': await png(stroke(5)),
      '1/notes.txt': 'no picture',
      '.hidden/1.png': '',
      'labels.csv': '',
    });
    const { digits, skipped } = await readLabelledPictures(folder);
    assert.deepEqual([...digits.labels], [1, 1, 8, NOT_A_DIGIT]);
    assert.deepEqual(Buffer.from(digits.images), Buffer.concat([stroke(2), stroke(1), stroke(4), stroke(3)]));
    assert.deepEqual(skipped, []);
  });

  it('skips what cannot be used, and says why', async () => {
    await put({
      '1.png': await png(stroke(1)),
      '3.png': 'no picture',
      '8.png': '',
      '4.jpg': (await photograph('4')).subarray(0, 4000),
      '5.jpg': await photograph('52'),
      '6.png': await plain(255),
      '0/blank.png': await png(Buffer.alloc(784)),
      '9.png': await png(stroke(2)),
      'IMG_7.jpg': await photograph('7'),
      '17.png': await png(stroke(3)),
      '7th.png': await png(stroke(3)),
      'holiday/1.png': await png(stroke(3)),
    });
    await mkdir(join(folder, '2/folder.png'), { recursive: true });
    const { digits, skipped } = await readLabelledPictures(folder);
    assert.deepEqual([...digits.labels], [1, 9]);
    assert.deepEqual(Buffer.from(digits.images), Buffer.concat([stroke(1), stroke(2)]));
    const expected: Record<string, RegExp> = {
      '3.png': /^it is in no picture format that is known$/,
      '8.png': /^it is empty$/,
      '4.jpg': /damaged or cut off/,
      '5.jpg': /expected one digit in it, got 2/,
      '6.png': /no digit was found/,
      [join('0', 'blank.png')]: /no digit was found/,
      [join('2', 'folder.png')]: /cannot be read \(EISDIR\)/,
      'IMG_7.jpg': /does not begin with a label/,
      '17.png': /does not begin with a label/,
      '7th.png': /does not begin with a label/,
      'holiday/': /is no label/,
    };
    assert.deepEqual(skipped.map(({ file }) => file).sort(), Object.keys(expected).sort());
    for (const { file, reason } of skipped) assert.match(reason, expected[file]!);
  });

  it('refuses a folder without anything to use', async () => {
    const message = async (): Promise<string> => {
      const error: unknown = await readLabelledPictures(folder).then(
        () => assert.fail('read it'),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof DataSetError, String(error));
      return error.message;
    };
    assert.match(await message(), /expected pictures \(jpg, .*\) in folders named 0 to 9 or not-a-digit, .*got none$/);
    await put({ 'x.png': '', '1.png': 'a', '2.png': 'b', '3.png': 'c', '4.png': 'd' });
    assert.match(
      await message(),
      /got only what cannot be used: x\.png \(its name does not begin with a label.*\), 1\.png \(it is in.*\), 2\.png \(it is in.*\) and 2 more$/,
    );
    await rm(folder, { recursive: true });
    assert.match(await message(), /does not exist$/);
    await writeFile(folder, '');
    assert.match(await message(), /is no folder$/);
  });

  it('stops when told to', async () => {
    await put(
      Object.fromEntries(
        await Promise.all(Array.from({ length: 50 }, async (_, i) => [`3/${i}.png`, await png(stroke(i))] as const)),
      ),
    );
    const stopping = new AbortController();
    let seen = 0;
    const reading = readLabelledPictures(folder, {
      signal: stopping.signal,
      onProgress: (read, total) => {
        assert.equal(total, 50);
        seen = read;
        if (read === 10) stopping.abort(new Error('told to stop'));
      },
    });
    await assert.rejects(reading, /^Error: told to stop$/);
    assert.ok(seen < 20, `read ${seen} of 50`);
  });

  it('lets others have their turn while it reads thousands', async () => {
    const one = await png(stroke(1));
    await put({ '0/0.png': one });
    for (let digit = 1; digit < 10; digit++) {
      await mkdir(join(folder, String(digit)));
      for (let i = 0; i < 100; i++) await cp(join(folder, '0/0.png'), join(folder, String(digit), `${i}.png`));
    }
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    const { digits } = await readLabelledPictures(folder);
    clearInterval(timer);
    assert.equal(digits.labels.length, 901);
    assert.ok(turns > 20, `${turns} turns`);
  });
});
