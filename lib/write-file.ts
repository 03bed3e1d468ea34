import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Matches what follows the name of a file that `writeFileWhole` was writing when the process was killed. */
export const TEMPORARY_SUFFIX = /\.[0-9a-f]{8}\.tmp$/;

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
}
