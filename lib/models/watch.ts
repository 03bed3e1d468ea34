import { watch, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TEMPORARY_SUFFIX } from '../write-file';

export interface WatchOptions {
  /** The files have to stay as they are for so long before they count as copied, milliseconds. Default 1000. */
  debounce?: number;
  /**
   * How often to look without having been told, milliseconds: network drives and folders that are not there yet tell
   * nothing. Default 5000.
   */
  poll?: number;
}

/** More files than a model is made of. */
const MAX_FILES = 100;

/** Looks after the files of one model until it is closed. It does not keep the process alive. */
export class ModelWatch {
  readonly #settle: number;
  readonly #poll: number;
  #folder: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. */
  #due = Infinity;
  /** What the files looked like when they were last reported, or at the beginning. */
  #reported: string | undefined;
  /** What they looked like a moment ago. */
  #last: string | undefined;
  #closed = false;

  /**
   * @param path a .keras file, a model.json, or the folder that holds it; it need not be there yet
   * @param onChange called when the files are other ones than before, and complete as far as can be seen
   */
  constructor(
    private readonly path: string,
    private readonly onChange: () => void,
    { debounce = 1000, poll = 5000 }: WatchOptions = {},
  ) {
    this.#settle = debounce;
    this.#poll = poll;
    void this.#begin();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#folder?.close();
  }

  async #begin(): Promise<void> {
    this.#reported = await appearance(this.path);
    this.#listen();
    this.#lookIn(this.#poll);
  }

  async #look(): Promise<void> {
    const now = await appearance(this.path);
    if (this.#closed) return;
    if (now === '' || now === this.#reported) {
      this.#last = undefined;
      if (!this.#folder) this.#listen();
      this.#lookIn(this.#poll);
    } else if (now === this.#last) {
      this.#reported = now;
      this.#last = undefined;
      // The folder may be another one of the same name.
      this.#listen();
      this.#lookIn(this.#poll);
      this.onChange();
    } else {
      this.#last = now;
      this.#lookIn(this.#settle);
    }
  }

  /** Looks after so many milliseconds, or earlier if that was arranged. */
  #lookIn(milliseconds: number): void {
    if (this.#closed || this.#due <= performance.now() + milliseconds) return;
    clearTimeout(this.#timer);
    this.#due = performance.now() + milliseconds;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      void this.#look();
    }, milliseconds).unref();
  }

  /** Has the system tell of changes; where it does not, polling has to do. */
  #listen(): void {
    this.#folder?.close();
    this.#folder = undefined;
    if (this.#closed) return;
    try {
      this.#folder = watch(folderOf(this.path), { persistent: false }, () => {
        this.#lookIn(this.#settle);
      });
      this.#folder.on('error', () => {
        this.#folder?.close();
        this.#folder = undefined;
      });
    } catch {
      // Not there yet, or a file system without such a thing.
    }
  }
}

function isFile(path: string): boolean {
  return /\.(keras|json)$/i.test(basename(path));
}

function folderOf(path: string): string {
  return isFile(path) ? dirname(path) : path;
}

/** The files of a model with their sizes and the times of their last change; '' where there are none. */
async function appearance(path: string): Promise<string> {
  try {
    const files =
      /\.keras$/i.test(path) && (await stat(path)).isFile()
        ? [path]
        : (await readdir(folderOf(path)))
            .filter((name) => !TEMPORARY_SUFFIX.test(name) && !name.endsWith('.md'))
            .sort()
            .slice(0, MAX_FILES)
            .map((name) => join(folderOf(path), name));
    // The time of the last change of anything, ctime, because copying may set the other back.
    return (
      await Promise.all(
        files.map(async (file) => {
          const { ino, size, ctimeMs } = await stat(file);
          return `${basename(file)} ${ino} ${size} ${ctimeMs}`;
        }),
      )
    ).join('\n');
  } catch {
    return '';
  }
}
