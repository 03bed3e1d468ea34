import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { makeFolder, removeAbandoned, writeFileWhole } from '../write-file';
import { difference, isPacked, type DataFile } from './data-file';
import { download, DownloadError, type DownloadTimeouts } from './download';
import { DataSetError, packedOrNot } from './idx';
import { writable } from './writable';

/** MNIST's four files. Packed, they differ from mirror to mirror. */
export const MNIST: readonly DataFile[] = [
  {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
];

/** Where MNIST's files lie, as `NAME.gz`. */
export const MNIST_MIRRORS: readonly string[] = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
];

/** How far the download is. Files that were there already are not mentioned. */
export interface FetchProgress {
  file: string;
  /** Bytes of the packed file. */
  received: number;
  /** Undefined where the mirror does not tell. */
  total: number | undefined;
}

export interface FetchOptions {
  /** Is made where it does not exist. */
  folder: string;
  /** Addresses of folders, tried in this order. Default: `MNIST_MIRRORS`. */
  mirrors?: readonly string[] | undefined;
  onProgress?: ((progress: FetchProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Default: `MNIST`. */
  files?: readonly DataFile[] | undefined;
  timeouts?: DownloadTimeouts | undefined;
}

/** No mirror gave a file as it has to be; the message lists each of them with its reason. */
export class FetchError extends DataSetError {
  override name = 'FetchError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { status: 'download failed', ...options });
  }
}

/** By folder: who fetches into it. */
const fetching = new Map<string, Promise<unknown>>();

/**
 * Fetches what is missing of MNIST, or is not as it has to be. A file is written once its bytes have been found right,
 * and whole. Calls for the same folder wait for each other.
 * @throws (rejects) FetchError; DataSetError where the folder cannot be written to; the signal's reason where that is
 *   aborted
 */
export async function fetchMnist(options: FetchOptions): Promise<void> {
  const folder = resolve(options.folder);
  const before = fetching.get(folder);
  const own = (async () => {
    if (before) await settled(before, options.signal);
    await fetchMissing({ ...options, folder });
  })();
  fetching.set(folder, own);
  try {
    await own;
  } finally {
    if (fetching.get(folder) === own) fetching.delete(folder);
  }
}

/** Waits for the end of what another one does, or for one's own signal. */
async function settled(other: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const given = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal?.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { signal: given.signal },
    );
  });
  signal?.throwIfAborted();
  await Promise.race([
    other.then(
      () => undefined,
      () => undefined,
    ),
    aborted,
  ]);
  given.abort();
}

async function fetchMissing({
  folder,
  mirrors = MNIST_MIRRORS,
  files = MNIST,
  signal,
  onProgress,
  timeouts,
}: FetchOptions): Promise<void> {
  const addresses = mirrors.map(checkedMirror);
  for (const file of files) {
    signal?.throwIfAborted();
    if (await isThere(join(folder, file.name), file, signal)) continue;
    await writable(folder, () => makeFolder(folder));
    const failures: string[] = [];
    let packed: Buffer | undefined;
    for (const mirror of [...addresses]) {
      try {
        packed = await fetchFile(mirror, file, {
          signal,
          timeouts,
          maxBytes: file.bytes + 65_536,
          onProgress: (received, total) => onProgress?.({ file: file.name, received, total }),
        });
        break;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof DownloadError)) throw error;
        failures.push(`${mirror} ${error.message}`);
        // The other files are asked for elsewhere first.
        addresses.push(...addresses.splice(addresses.indexOf(mirror), 1));
      }
    }
    if (!packed)
      throw new FetchError(`${file.name} of MNIST cannot be fetched: ${failures.join('; ') || 'there is no mirror'}`);
    await write(folder, `${file.name}.gz`, packed);
  }
}

/** @throws DataSetError */
function checkedMirror(mirror: string): string {
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol)) {
    throw new DataSetError(
      `expected a mirror's address that begins with https:// or http://, got ${JSON.stringify(mirror)}`,
    );
  }
  return mirror.endsWith('/') ? mirror : `${mirror}/`;
}

/** @returns the file, packed with gzip */
async function fetchFile(mirror: string, file: DataFile, options: Parameters<typeof download>[1]): Promise<Buffer> {
  const bytes = await download(`${mirror}${file.name}.gz`, options);
  const why = await difference(Readable.from(slices(bytes)), isPacked(bytes), file, options.signal);
  if (why)
    throw new DownloadError(/^\s*</.test(bytes.subarray(0, 64).toString('latin1')) ? 'answers with a web page' : why);
  return isPacked(bytes) ? bytes : promisify(gzip)(bytes);
}

async function isThere(path: string, file: DataFile, signal: AbortSignal | undefined): Promise<boolean> {
  const found = packedOrNot(path);
  const start = await firstBytes(found, 2);
  return (
    start !== undefined && (await difference(createReadStream(found), isPacked(start), file, signal)) === undefined
  );
}

async function firstBytes(path: string, count: number): Promise<Buffer | undefined> {
  try {
    const file = await open(path);
    return (await file.read(Buffer.alloc(count), 0, count, 0).finally(() => file.close())).buffer;
  } catch {
    return undefined;
  }
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Removes what an interrupted process has left of the same file; another one may be fetching it just now. */
async function write(folder: string, name: string, bytes: Buffer): Promise<void> {
  await writable(folder, async () => {
    await writeFileWhole(join(folder, name), bytes);
    await removeAbandoned(folder, (other) => other === name);
  });
}
