import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Run { pid: number; argv: string[] }

const SCRIPT = join(__dirname, '../fake/rpicam-still.js');

/** The only folder on PATH while it is there, with the fake camera program in it. */
export class FakeProgram {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake camera '));
  private readonly path = process.env.PATH;

  constructor(readonly name = 'rpicam-still') {
    writeFileSync(this.file, `#!${process.execPath}\nrequire(${JSON.stringify(SCRIPT)});\n`, { mode: 0o755 });
    process.env.PATH = this.folder;
  }

  get file(): string {
    return join(this.folder, this.name);
  }

  /** What it does from now on; see `MODES` and `FAILURES` in the fake. */
  set mode(mode: string) {
    writeFileSync(join(this.folder, 'mode'), mode);
  }

  /** Each run; in the mode `deaf` that word when it is ready, and `SIGTERM` for each one that it took no notice of. */
  get log(): (Run | string)[] {
    try {
      return readFileSync(join(this.folder, 'log'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Run | string);
    } catch {
      return [];
    }
  }

  get runs(): Run[] {
    return this.log.filter((entry) => typeof entry !== 'string');
  }

  /** Resolves when the program has been started so many times. */
  async started(times = 1): Promise<void> {
    while (this.runs.length < times) await new Promise((resolve) => { setTimeout(resolve, 10); });
  }

  /** Its processes that are still there. */
  get alive(): number[] {
    return this.runs.map(({ pid }) => pid).filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });
  }

  remove(): void {
    process.env.PATH = this.path;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
