import { spawn } from 'node:child_process';

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
  const { timeout, maxBytes = Infinity, onOutput, onText, env = process.env, signal } = options;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, env });
  const chunks: Buffer[] = [];
  const timers: NodeJS.Timeout[] = [];
  let bytes = 0;
  let stderr = '';
  let stopped: Ended['stopped'];
  let firstByte: number | undefined;

  const stop = (why: NonNullable<Ended['stopped']>): void => {
    if (stopped) return;
    stopped = why;
    chunks.length = 0;
    child.kill('SIGTERM');
    timers.push(setTimeout(() => child.kill('SIGKILL'), GRACE));
  };
  const abort = (): void => {
    stop('aborted');
  };

  child.stdout.on('data', (chunk: Buffer) => {
    firstByte ??= Date.now();
    bytes += chunk.length;
    if (bytes > maxBytes) stop('too-large');
    if (stopped) return;
    if (onOutput) onOutput(chunk);
    else chunks.push(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
    onText?.(text);
  });

  try {
    return await new Promise<Ended>((resolve, reject) => {
      child.once('spawn', () => {
        if (timeout !== undefined)
          timers.push(
            setTimeout(() => {
              stop('hung');
            }, timeout),
          );
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort);
      });
      child.once('exit', () => {
        timers.push(
          setTimeout(() => {
            child.stdout.destroy();
            child.stderr.destroy();
          }, LAST_OUTPUT),
        );
      });
      child.once('error', reject);
      child.once('close', (code, killedBy) => {
        resolve({ stdout: Buffer.concat(chunks), stderr, code, signal: killedBy, stopped, firstByte });
      });
    });
  } finally {
    timers.forEach(clearTimeout);
    signal.removeEventListener('abort', abort);
  }
}
