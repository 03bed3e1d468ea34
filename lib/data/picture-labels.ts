import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isPictureFile, PICTURE_FILES } from '../pictures/picture-file';
import { DataSetError } from './idx';
import { NOT_A_DIGIT } from '../digit';
import { whyFolderUnreadable } from '../file-errors';

/** The label of what is no digit, as a folder's or a file's name says it. */
export const NOT_A_DIGIT_NAME = 'not-a-digit';

/** The folder of what nobody knows yet, put aside to be labelled later; no training reads it. */
export const UNSURE = 'unsure';

/** A picture whose name, or whose folder's name, says what it shows. */
export interface LabelledPicture {
  /** Relative to the folder that was listed. */
  file: string;
  /** 0 to 9, or `NOT_A_DIGIT`. */
  label: number;
}

/** A picture that cannot be used, and why. */
export interface SkippedPicture {
  /** Relative to the folder; with a slash at its end where it is a folder itself. */
  file: string;
  reason: string;
}

/**
 * Finds the labelled pictures of a folder: in folders named by label (`7/anna.png`, `not-a-digit/1.png`), under any
 * name; beside those, files whose names begin with the label (`7.png`, `7-anna.jpg`, `7 (2).png`), after which no
 * letter or further digit follows. The folder `unsure`, hidden files and files that are no pictures are passed over.
 *
 * @returns the pictures by label and then by name, so that they come in the same order everywhere
 * @throws (rejects) DataSetError where the folder cannot be read
 */
export async function findLabelledPictures(
  folder: string,
  signal?: AbortSignal,
): Promise<{ pictures: LabelledPicture[]; skipped: SkippedPicture[] }> {
  const byName = new Map([...LABELS].map(([name, label]) => [name, { label, files: [] as string[] }]));
  const skipped: SkippedPicture[] = [];
  for await (const entry of entriesOf(folder, signal)) {
    if (!entry.isDirectory()) {
      if (!isPictureFile(entry.name)) continue;
      const own = byName.get(labelNameOf(entry.name));
      if (own) own.files.push(entry.name);
      else
        skipped.push({ file: entry.name, reason: 'its name does not begin with a label (one digit, or not-a-digit)' });
      continue;
    }
    if (entry.name === UNSURE) continue;
    const own = byName.get(entry.name);
    if (!own) {
      skipped.push({ file: `${entry.name}/`, reason: `its name is no label (0 to 9, or ${NOT_A_DIGIT_NAME})` });
      continue;
    }
    for await (const { name } of entriesOf(join(folder, entry.name), signal))
      if (isPictureFile(name)) own.files.push(join(entry.name, name));
  }
  const pictures: LabelledPicture[] = [];
  for (const { label, files } of byName.values()) {
    // A folder may hold tens of thousands: others get their turn in between.
    await setImmediate();
    for (const file of files.sort()) pictures.push({ file, label });
  }
  return { pictures, skipped };
}

/** By their names, in their order. */
const LABELS = new Map([
  ...Array.from({ length: NOT_A_DIGIT }, (_, digit): [string, number] => [String(digit), digit]),
  [NOT_A_DIGIT_NAME, NOT_A_DIGIT],
]);

/** What a file's name begins with, where that may be a label; otherwise nothing. */
function labelNameOf(file: string): string {
  return /^(?:\d|not-a-digit)(?![\p{L}\d])/u.exec(file)?.[0] ?? '';
}

async function* entriesOf(folder: string, signal: AbortSignal | undefined): AsyncGenerator<Dirent> {
  try {
    for await (const entry of await opendir(folder)) {
      signal?.throwIfAborted();
      if (!entry.name.startsWith('.')) yield entry;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new DataSetError(`the folder of pictures ${folder} ${whyFolderUnreadable(error)}`, { cause: error });
  }
}

/** What such a folder has to look like, for error messages. */
export const EXPECTED_PICTURES =
  `expected pictures (${PICTURE_FILES.join(', ')}) in folders named 0 to 9 or ${NOT_A_DIGIT_NAME}, or with names ` +
  'like 7.png and 7-anna.jpg';
