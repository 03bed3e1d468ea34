import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DataSetError, readLabelledDigits, readMnist } from '../../lib/data/idx';
import { idx } from '../../support/made-files';

const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => i % 251);
const images = idx(2051, [3, 28, 28], pixels);
const labels = idx(2049, [3], Uint8Array.of(7, 0, 9));

describe('IDX files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idx-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function read(imageBytes: Uint8Array, labelBytes: Uint8Array) {
    await writeFile(join(folder, 'images'), imageBytes);
    await writeFile(join(folder, 'labels'), labelBytes);
    return readLabelledDigits(join(folder, 'images'), join(folder, 'labels'));
  }

  it('are read as they are and packed', async () => {
    for (const pack of [(bytes: Buffer) => bytes, (bytes: Buffer) => gzipSync(bytes)]) {
      const digits = await read(pack(images), pack(labels));
      assert.deepEqual(Buffer.from(digits.images), Buffer.from(pixels));
      assert.deepEqual([...digits.labels], [7, 0, 9]);
    }
  });

  it("are found in a folder under MNIST's names", async () => {
    await writeFile(join(folder, 't10k-images-idx3-ubyte.gz'), gzipSync(images));
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), labels);
    assert.deepEqual([...(await readMnist(folder, 'test')).labels], [7, 0, 9]);
    await assert.rejects(readMnist(folder, 'train'), /train-images-idx3-ubyte cannot be read \(ENOENT\)/);
  });

  const wrong: [what: string, images: Uint8Array, labels: Uint8Array, message: RegExp][] = [
    [
      'labels in place of pictures',
      labels,
      labels,
      /images: expected an IDX file with the magic number 2051 \(pictures\), got 2049/,
    ],
    ['something else', Buffer.from('<html><body>404</body></html>'), labels, /magic number 2051/],
    ['an empty file', Buffer.alloc(0), labels, /expected an IDX file, got 0 bytes/],
    [
      'a truncated file',
      images.subarray(0, 2000),
      labels,
      /expected 2368 bytes for 3×28×28, got 2000; the file is cut off/,
    ],
    ['a truncated gzip file', gzipSync(images).subarray(0, 100), labels, /expected a whole gzip file/],
    [
      'pictures of another size',
      idx(2051, [3, 32, 32], new Uint8Array(3 * 1024)),
      labels,
      /expected pictures of 28×28, got 32×32/,
    ],
    [
      'more pictures than labels',
      images,
      idx(2049, [2], Uint8Array.of(1, 2)),
      /as many labels as pictures, got 2 in .*labels and 3 in .*images/,
    ],
    [
      'labels above 9',
      images,
      idx(2049, [3], Uint8Array.of(1, 10, 3)),
      /expected labels from 0 to 9, got 10 for number 2/,
    ],
    ['no digits', idx(2051, [0, 28, 28], new Uint8Array()), idx(2049, [0], new Uint8Array()), /an IDX file of none/],
    [
      'sizes that no memory could hold',
      idx(2051, [0xffffffff, 28, 28], new Uint8Array(784)),
      labels,
      /expected at most 1073741824 bytes, got an IDX file of 4294967295×28×28/,
    ],
  ];
  for (const [what, imageBytes, labelBytes, message] of wrong) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(
        read(imageBytes, labelBytes),
        (error) => (error instanceof DataSetError && message.test(error.message)) || assert.fail(String(error)),
      );
    });
  }
});
