import { DataSetError } from './idx';

const WRITE_FAILURES: Partial<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'this process may not write there',
  EPERM: 'this process may not write there',
  ENOTDIR: 'a file stands where a folder should be',
  EEXIST: 'a file stands where a folder should be',
};

/**
 * Does something that writes to a folder, and says in words why it cannot.
 * @throws (rejects) DataSetError in place of the system's error
 */
export async function writable(folder: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reason = WRITE_FAILURES[code];
    throw new DataSetError(`cannot write to ${folder}: ${reason ? `${reason} (${code})` : message}`, { cause: error });
  }
}
