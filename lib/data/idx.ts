import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { DIGIT_SIZE } from '../digit';
import { ExplainedError } from '../errors';

/** Pictures of digits with what they show. */
export interface LabelledDigits {
  /** `labels.length * 784` bytes, each picture 28×28, white ink (255) on black (0). */
  images: Uint8Array;
  /** 0 to 9; in folders of pictures also `NOT_A_DIGIT`; in sets of letters their codes. */
  labels: Uint8Array;
}

/** A data set cannot be read; the message names the file, what was expected and what came. */
export class DataSetError extends ExplainedError {
  override name = 'DataSetError';
}

/** The four files of MNIST, as Keras, PyTorch and its authors call them. */
const MNIST_FILES = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/**
 * Reads one part of MNIST from its folder, packed with gzip or not.
 * @throws (rejects) DataSetError
 */
export async function readMnist(folder: string, part: keyof typeof MNIST_FILES): Promise<LabelledDigits> {
  const { images, labels } = MNIST_FILES[part];
  return readLabelledDigits(packedOrNot(join(folder, images)), packedOrNot(join(folder, labels)));
}

/**
 * Reads an IDX file of 28×28 pictures and the one of its labels, packed with gzip or not.
 *
 * (The format is described on MNIST's page by LeCun, Cortes and Burges: magic number, sizes as big-endian 32-bit
 * numbers, bytes.)
 *
 * @param most the greatest label there may be
 * @throws (rejects) DataSetError where a file is missing, damaged, or does not fit the other.
 */
export async function readLabelledDigits(imagesFile: string, labelsFile: string, most = 9): Promise<LabelledDigits> {
  const images = parseIdx(await readUnpacked(imagesFile, 3), 3, imagesFile);
  const labels = parseIdx(await readUnpacked(labelsFile, 1), 1, labelsFile);
  const [count, height, width] = images.sizes;
  if (height !== DIGIT_SIZE || width !== DIGIT_SIZE) {
    throw new DataSetError(`${imagesFile}: expected pictures of 28×28, got ${width}×${height}`);
  }
  if (count !== labels.sizes[0]) {
    throw new DataSetError(
      `expected as many labels as pictures, got ${labels.sizes[0]} in ${labelsFile} and ${count} in ${imagesFile}`,
    );
  }
  if (count === 0) throw new DataSetError(`${imagesFile}: expected pictures, got an IDX file of none`);
  const wrong = labels.data.findIndex((label) => label > most);
  if (wrong >= 0)
    throw new DataSetError(
      `${labelsFile}: expected labels from 0 to ${most}, got ${labels.data[wrong]} for number ${wrong + 1}`,
    );
  return { images: images.data, labels: labels.data };
}

/** Takes an IDX file of unsigned bytes apart. */
function parseIdx(bytes: Buffer, dimensions: number, file: string): { sizes: number[]; data: Uint8Array } {
  const { header, sizes, expected } = parseHeader(bytes, dimensions, file);
  if (bytes.length !== expected) {
    throw new DataSetError(
      `${file}: expected ${expected} bytes for ${sizes.join('×')}, got ${bytes.length}; the file is cut off or damaged`,
    );
  }
  return { sizes, data: bytes.subarray(header) };
}

/**
 * What an IDX file says of itself: bytes of its head, its sizes, and the bytes of the whole file that follow from them.
 */
function parseHeader(
  bytes: Buffer,
  dimensions: number,
  file: string,
): { header: number; sizes: number[]; expected: number } {
  const header = 4 + 4 * dimensions;
  const magic = 0x800 + dimensions;
  if (bytes.length < 4) throw new DataSetError(`${file}: expected an IDX file, got ${bytes.length} bytes`);
  if (bytes.readUInt32BE(0) !== magic) {
    throw new DataSetError(
      `${file}: expected an IDX file with the magic number ` +
        `${magic} (${dimensions === 3 ? 'pictures' : 'labels'}), got ${bytes.readUInt32BE(0)}`,
    );
  }
  if (bytes.length < header)
    throw new DataSetError(
      `${file}: expected the sizes of an IDX file, got ${bytes.length} bytes; the file is cut off`,
    );
  const sizes = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const expected = header + sizes.reduce((product, size) => product * size, 1);
  if (expected > MAX_BYTES)
    throw new DataSetError(`${file}: expected at most ${MAX_BYTES} bytes, got an IDX file of ${sizes.join('×')}`);
  return { header, sizes, expected };
}

/** No data set of digits is larger: this is five times EMNIST. */
const MAX_BYTES = 2 ** 30;

/** Bytes that are unpacked at a time. */
const PIECE = 65_536;

async function readUnpacked(file: string, dimensions: number): Promise<Buffer> {
  const bytes = await readOnlyFile(file).catch((error: unknown) => {
    throw new DataSetError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, {
      cause: error,
    });
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unpack(bytes, (head) => parseHeader(head, dimensions, file).expected);
  } catch (error) {
    if (error instanceof DataSetError) throw error;
    throw new DataSetError(
      `${file}: expected a whole gzip file, got one that cannot be unpacked (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/** A pipe or a device would never end. */
async function readOnlyFile(file: string): Promise<Buffer> {
  const status = await stat(file);
  if (!status.isFile()) throw Object.assign(new Error(), { code: 'it is no file' });
  if (status.size > MAX_BYTES) throw Object.assign(new Error(), { code: `it has more than ${MAX_BYTES} bytes` });
  return readFile(file);
}

/**
 * In pieces, so that others get their turn: 47 MB at once would hold them up.
 * @param expectedOf how many bytes there are to be, by the first of them; throws where these cannot be right
 */
async function unpack(bytes: Buffer, expectedOf: (head: Buffer) => number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  let most = Infinity;
  for await (const piece of Readable.from([bytes]).pipe(createGunzip({ chunkSize: PIECE })) as AsyncIterable<Buffer>) {
    if (size === 0) most = expectedOf(piece);
    size += piece.length;
    if (size > most) throw new Error(`it unpacks to more than the ${most} bytes that its head tells`);
    pieces.push(piece);
  }
  const all = Buffer.allocUnsafe(size);
  let at = 0;
  for (const piece of pieces) {
    at += piece.copy(all, at);
    if (at % (16 * PIECE) < piece.length) await setImmediate();
  }
  return all;
}

/** The path of a file that may be packed: `file.gz` where that exists. */
export function packedOrNot(file: string): string {
  return existsSync(`${file}.gz`) ? `${file}.gz` : file;
}
