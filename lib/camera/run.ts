import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

/** How much of stderr is kept, characters: its end, where the reason stands. */
const STDERR_TAIL = 8192;

/** From SIGTERM to SIGKILL, milliseconds. */
const GRACE = 2000;

/**
 * How long output is awaited after a program's end, should something that it started hold its pipes open, milliseconds.
 */
const LAST_OUTPUT = 1000;

export interface RunOptions {
  /** Milliseconds after which the program is ended; without, it may run for ever. */
  timeout?: number;
  /** Most bytes on stdout; a program that writes more is ended. */
  maxBytes?: number;
  /** Takes stdout chunk by chunk; nothing of it is kept then. */
  onOutput?: (chunk: Buffer) => void;
  /** Takes stderr as it comes. */
  onText?: (text: string) => void;
  /** Default: this process's own. */
  env?: NodeJS.ProcessEnv;
  /** Ends the program. */
  signal: AbortSignal;
}

export interface Ended {
  stdout: Buffer;
  /** The last `STDERR_TAIL` characters. */
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why the program was ended by us, if it was. */
  stopped: 'hung' | 'too-large' | 'aborted' | undefined;
  /** When the first byte came on stdout, milliseconds since 1970. */
  firstByte: number | undefined;
}

/**
 * Runs a program without a shell until it has ended and its output is read to the end. Both pipes are always drained:
 * an unread one makes the program hang. To end it: SIGTERM, and SIGKILL where that has no effect.
 * @throws the system's error (ENOENT, EACCES, …) where the program cannot be started; nothing else.
 */
export async function runProgram(program: string, args: string[], options: RunOptions): Promise<Ended> {
  const { env = process.env } = options;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, env });
  return new RunningProgram(child, options).ended();
}

/** Keeps what a program writes, ends it where it has to be, and lets go of it when it has ended. */
class RunningProgram {
  private readonly chunks: Buffer[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private bytes = 0;
  private stderr = '';
  private stopped: Ended['stopped'];
  private firstByte: number | undefined;

  constructor(
    private readonly child: ChildProcessByStdio<null, Readable, Readable>,
    private readonly options: RunOptions,
  ) {
    child.stdout.on('data', (chunk: Buffer) => {
      this.take(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_TAIL);
      options.onText?.(text);
    });
  }

  /** @throws the system's error where it could not be started */
  async ended(): Promise<Ended> {
    const { child } = this;
    const { signal } = this.options;
    const abort = (): void => {
      this.stop('aborted');
    };
    try {
      return await new Promise<Ended>((resolve, reject) => {
        child.once('spawn', () => {
          this.limitTime();
          if (signal.aborted) abort();
          else signal.addEventListener('abort', abort);
        });
        child.once('exit', () => {
          this.limitLastOutput();
        });
        child.once('error', reject);
        child.once('close', (code, killedBy) => {
          const { stderr, stopped, firstByte } = this;
          resolve({ stdout: Buffer.concat(this.chunks), stderr, code, signal: killedBy, stopped, firstByte });
        });
      });
    } finally {
      this.timers.forEach(clearTimeout);
      signal.removeEventListener('abort', abort);
    }
  }

  private take(chunk: Buffer): void {
    const { maxBytes = Infinity, onOutput } = this.options;
    this.firstByte ??= Date.now();
    this.bytes += chunk.length;
    if (this.bytes > maxBytes) this.stop('too-large');
    if (this.stopped) return;
    if (onOutput) onOutput(chunk);
    else this.chunks.push(chunk);
  }

  private stop(why: NonNullable<Ended['stopped']>): void {
    if (this.stopped) return;
    this.stopped = why;
    this.chunks.length = 0;
    this.child.kill('SIGTERM');
    this.timers.push(setTimeout(() => this.child.kill('SIGKILL'), GRACE));
  }

  private limitTime(): void {
    const { timeout } = this.options;
    if (timeout === undefined) return;
    this.timers.push(
      setTimeout(() => {
        this.stop('hung');
      }, timeout),
    );
  }

  private limitLastOutput(): void {
    this.timers.push(
      setTimeout(() => {
        this.child.stdout.destroy();
        this.child.stderr.destroy();
      }, LAST_OUTPUT),
    );
  }
}
