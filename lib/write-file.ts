import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Matches what follows the name of a file that `writeFileWhole` was writing when the process was killed. */
export const TEMPORARY_SUFFIX = /\.[0-9a-f]{8}\.tmp$/;

/** What has not been changed for so long belongs to nobody who still writes: that takes seconds. Milliseconds. */
const ABANDONED = 3_600_000;

/**
 * Writes a file under a temporary name beside its place, sees it onto the disk, and renames it: whoever reads finds the
 * whole old or the whole new one, also after a power cut.
 */
export async function writeFileWhole(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Moves a file to another name, which it has after a power cut too. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  for (const folder of new Set([to, from].map((path) => dirname(path)))) await syncFolder(folder);
}

/** Makes a folder, and those that lead to it, so that they are there after a power cut too. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  let folder = dirname(resolve(first));
  await syncFolder(folder);
  for (const part of relative(folder, resolve(path)).split(sep).slice(0, -1))
    await syncFolder((folder = join(folder, part)));
}

/**
 * Where a folder cannot be opened or seen onto the disk: Windows, some network drives, and folders that may be written
 * to only.
 */
const UNSYNCABLE = new Set(['EPERM', 'EISDIR', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF', 'ENOSYS']);

/** Sees the names in a folder onto the disk: renaming alone may be forgotten in a power cut. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const opened = await open(folder, 'r');
    try {
      await opened.sync();
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!UNSYNCABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Removes what writers that were killed have left of `writeFileWhole` in a folder. What another process may be writing
 * just now is too young for that. What cannot be removed stays: nobody fails for the sake of tidiness.
 * @param isOurs whether the file that was being written, by its name, is of those who ask
 */
export async function removeAbandoned(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  try {
    for await (const { name } of await opendir(folder)) {
      if (!TEMPORARY_SUFFIX.test(name) || !isOurs(name.replace(TEMPORARY_SUFFIX, ''))) continue;
      const left = await stat(join(folder, name)).catch(() => undefined);
      if (left?.isFile() && Date.now() - left.mtimeMs > ABANDONED)
        await rm(join(folder, name), { force: true }).catch(() => undefined);
    }
  } catch {
    // The folder is not there, or may not be read.
  }
}
