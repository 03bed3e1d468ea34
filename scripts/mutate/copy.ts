import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a run of tests ended. */
export interface TestRun {
  /** Whether a test failed, or the run took too long. */
  caught: boolean;
  /** Milliseconds. */
  time: number;
  output: string;
}

export interface TestOptions {
  /** The longest that a single test may take, and all of them, milliseconds. */
  testLimit: number;
  limit: number;
  /** Where V8's coverage is written to. */
  coverage?: string;
}

/** Characters of the output that are kept. */
const MOST_OUTPUT = 4000;

/** A copy of the built project, in which modules may be changed while nobody else notices. */
export class Copy {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'mutate-')));

  /** @param root the project's folder, built */
  constructor(private readonly root: string) {
    mkdirSync(join(this.#folder, 'project'));
    for (const name of readdirSync(root))
      if (name !== 'dist' && !name.startsWith('.')) symlinkSync(join(root, name), join(this.project, name));
    cpSync(join(root, 'dist'), join(this.project, 'dist'), { recursive: true });
  }

  /** The copy of the project's folder. */
  get project(): string {
    return join(this.#folder, 'project');
  }

  /**
   * Does something while a module has another text.
   * @param module path below the project, e.g. `dist/lib/digit.js`
   */
  async with<T>(module: string, text: string, work: () => Promise<T>): Promise<T> {
    const path = join(this.project, module);
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, text);
    try {
      return await work();
    } finally {
      writeFileSync(path, before);
    }
  }

  /** Runs test files until the first test fails. */
  run(testFiles: readonly string[], { testLimit, limit, coverage }: TestOptions): Promise<TestRun> {
    const start = performance.now();
    const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js');
    const args = [mocha, '--no-config', '--bail', '--timeout', String(testLimit), ...testFiles];
    const child = spawn(process.execPath, args, {
      cwd: this.project,
      env: {
        ...process.env,
        DIGITS_DATA: process.env.DIGITS_DATA ?? join(this.root, '..', 'shared', 'data'),
        ...(coverage !== undefined && { NODE_V8_COVERAGE: coverage }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what the tests have started ends with them.
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output = (output + data.toString()).slice(-MOST_OUTPUT);
      });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All of them have ended.
      }
    };
    const timer = setTimeout(kill, limit);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => {
        clearTimeout(timer);
        kill();
        resolve({ caught: code !== 0, time: performance.now() - start, output });
      });
    });
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
