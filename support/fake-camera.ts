import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Run {
  pid: number;
  argv: string[];
}

const SCRIPTS = join(__dirname, 'fake');

/**
 * The only folder on PATH while it is there, with the fake camera programs in it: for single pictures, and for video.
 */
export class FakeProgram {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake camera '));
  private readonly path = process.env.PATH;

  constructor(readonly name = 'rpicam-still') {
    for (const [what, script] of [
      ['still', 'rpicam-still.js'],
      ['hello', 'rpicam-still.js'],
      ['vid', 'rpicam-vid.js'],
    ] as const) {
      writeFileSync(
        join(this.folder, name.replace('still', what)),
        `#!${process.execPath}\nrequire(${JSON.stringify(join(SCRIPTS, script))});\n`,
        { mode: 0o755 },
      );
    }
    cpSync(join(__dirname, '../../demo/01-seven.jpg'), join(this.folder, 'frame.jpg'));
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
      return readFileSync(join(this.folder, 'log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Run | string);
    } catch {
      return [];
    }
  }

  get runs(): Run[] {
    return this.log.filter((entry) => typeof entry !== 'string');
  }

  /** Resolves when the program has been started so many times. */
  async started(times = 1): Promise<void> {
    while (this.runs.length < times)
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
  }

  /** Its processes that are still there. */
  get alive(): number[] {
    return this.runs
      .map(({ pid }) => pid)
      .filter((pid) => {
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
