import { basename } from 'node:path';
import { DataSet } from './data-set';
import { DataSetError, readMnist } from './idx';
import { readIdxFolder } from './idx-folder';
import { readLabelledPictures } from './labelled-pictures';
import { fetchMnist, MNIST_MIRRORS, type FetchOptions } from './mnist';

export type Part = 'train' | 'test';

/** Where labelled digits come from. */
export type DataSource =
  /** Fetched into the folder, where they are not there yet; `mirror` is asked before the public ones. */
  | { kind: 'mnist'; folder: string; part: Part; mirror?: string | undefined; files?: FetchOptions['files'] }
  /** A folder of IDX files, see `readIdxFolder`. */
  | { kind: 'idx'; folder: string; part: Part }
  /** A folder of labelled pictures, see `readLabelledPictures`; it has no parts. */
  | { kind: 'pictures'; folder: string };

/** How far it is: `done` of `total` bytes are fetched (undefined where nobody knows), or of the pictures are read. */
export interface LoadProgress {
  doing: 'fetching' | 'reading';
  done: number;
  total: number | undefined;
}

export interface LoadOptions {
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws (rejects) DataSetError; the signal's reason where that is aborted */
export async function loadDataSet(source: DataSource, { onProgress, signal }: LoadOptions = {}): Promise<DataSet> {
  switch (source.kind) {
    case 'mnist': {
      const { folder, part, mirror, files } = source;
      await fetchMnist({
        folder,
        files,
        signal,
        mirrors: mirror ? [mirror, ...MNIST_MIRRORS] : MNIST_MIRRORS,
        onProgress: ({ received, total }) => onProgress?.({ doing: 'fetching', done: received, total }),
      });
      return new DataSet(`MNIST, ${part}`, await readMnist(folder, part));
    }
    case 'idx': {
      const { name, digits } = await readIdxFolder(source.folder, source.part);
      return new DataSet(`${basename(source.folder)}, ${name}`, digits);
    }
    case 'pictures': {
      const { digits, skipped } = await readLabelledPictures(source.folder, {
        signal,
        onProgress: (done, total) => onProgress?.({ doing: 'reading', done, total }),
      });
      return new DataSet(basename(source.folder), digits, skipped);
    }
    default:
      throw new DataSetError(
        'expected a source of digits (mnist, idx or pictures), got ' +
          JSON.stringify((source as { kind: unknown }).kind),
      );
  }
}
