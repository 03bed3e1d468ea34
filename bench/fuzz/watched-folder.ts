import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Tells what has come, gone or changed in a folder, but for places where that is allowed. */
export class WatchedFolder {
  private before: Map<string, string>;

  /** @param allowed whether files may come and go at a path, relative to the folder */
  constructor(
    private readonly folder: string,
    private readonly allowed: (path: string) => boolean,
  ) {
    this.before = this.look();
  }

  /** Changes since the last call. */
  changes(): string[] {
    const now = this.look();
    const changes: string[] = [];
    for (const [path, state] of now)
      if (this.before.get(path) !== state)
        changes.push(`${path} ${this.before.has(path) ? 'has changed' : 'has come'}`);
    for (const path of this.before.keys()) if (!now.has(path)) changes.push(`${path} has gone`);
    this.before = now;
    return changes;
  }

  private look(): Map<string, string> {
    const found = new Map<string, string>();
    const walk = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        const name = relative(this.folder, path);
        if (this.allowed(name)) continue;
        if (entry.isDirectory()) {
          found.set(name, 'folder');
          walk(path);
        } else if (entry.isFile()) {
          const { size, mtimeMs } = statSync(path);
          found.set(name, `${size} ${mtimeMs}`);
        } else {
          found.set(name, 'other');
        }
      }
    };
    walk(this.folder);
    return found;
  }
}
