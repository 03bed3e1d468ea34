import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { DataFile } from '../lib/data/data-file';
import { MNIST } from '../lib/data/mnist';

/** An IDX file of unsigned bytes. */
export function idx(magic: number, sizes: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(magic, 0);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

/** Four small files with MNIST's names, three digits in each part, and what they have to be like. */
export function makeFiles(): { bytes: Record<string, Buffer>; files: DataFile[] } {
  const bytes = Object.fromEntries(
    MNIST.map(({ name }, n): [string, Buffer] => {
      const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * 7919 + n) % 253);
      return [name, name.includes('labels') ? idx(2049, [3], Uint8Array.of(7, 0, n)) : idx(2051, [3, 28, 28], pixels)];
    }),
  );
  const files = Object.entries(bytes).map(([name, file]) => ({
    name,
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
  }));
  return { bytes, files };
}

export const packed = (bytes: Uint8Array): Buffer => gzipSync(bytes);
