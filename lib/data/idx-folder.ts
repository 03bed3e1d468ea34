import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSetError, readLabelledDigits, type LabelledDigits } from './idx';
import { whyFolderUnreadable } from '../file-errors';

/** A file of pictures and that of their labels. */
export interface IdxPair {
  /** What their names begin with, e.g. "t10k". */
  name: string;
  /** Paths. */
  images: string;
  labels: string;
}

/**
 * Pairs of IDX files in a folder: `NAME-images-idx3-ubyte` and `NAME-labels-idx1-ubyte`, gzip or not.
 * @throws (rejects) DataSetError where the folder cannot be read
 */
export async function findIdxPairs(folder: string): Promise<IdxPair[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new DataSetError(`the folder of IDX files ${folder} ${whyFolderUnreadable(error)}`, { cause: error });
  });
  const pairs = new Map<string, IdxPair>();
  for (const file of files.sort()) {
    const name = /^(.+)-images-idx3-ubyte(\.gz)?$/.exec(file)?.[1];
    const labels = name && files.findLast((other) => other.replace(/\.gz$/, '') === `${name}-labels-idx1-ubyte`);
    if (labels) pairs.set(name, { name, images: join(folder, file), labels: join(folder, labels) });
  }
  return [...pairs.values()];
}

/**
 * Reads one part of a folder of IDX files. Where there is but one pair of another name than MNIST's, both parts are it.
 * @throws (rejects) DataSetError
 */
export async function readIdxFolder(
  folder: string,
  part: 'train' | 'test',
): Promise<{ name: string; digits: LabelledDigits }> {
  const pairs = await findIdxPairs(folder);
  const others = pairs.filter(({ name }) => name !== 'train' && name !== 't10k');
  const pair =
    pairs.find(({ name }) => name === { train: 'train', test: 't10k' }[part]) ??
    (pairs.length === 1 ? others.at(0) : undefined);
  if (!pair) {
    const prefix = { train: 'train', test: 't10k' }[part];
    const came = pairs.length === 0 ? 'no such pair' : pairs.map(({ name }) => name).join(', ');
    throw new DataSetError(
      `${folder}: expected ${prefix}-images-idx3-ubyte and ${prefix}-labels-idx1-ubyte (packed with gzip or ` +
        `not), or a single pair of another name, got ${came}`,
    );
  }
  return { name: pair.name, digits: await readLabelledDigits(pair.images, pair.labels) };
}
