import { basename, dirname, join } from 'node:path';
import type { CameraError, CameraErrorCode } from './errors';
import { startFailure, wrongProgram } from './program-errors';
import { runProgram, type Ended, type RunOptions } from './run';

/** What the camera programs are called since 2023, then before. */
const PREFIXES = ['rpicam-', 'libcamera-'];

/** What they print when they are asked for their version. */
const VERSION = /\b(rpicam|libcamera)-apps build:/;

/** How long that may take, milliseconds, and how long it may be, bytes. */
const VERSION_TIMEOUT = 10_000;
const MAX_VERSION = 65_536;

/** Failures that any other program could have caused, too. */
const DOUBTFUL = new Set<CameraErrorCode>([
  'failed',
  'bad-option',
  'no-picture',
  'damaged',
  'too-large',
  'hung',
  'ended',
  'stalled',
  'bad-frames',
]);

/**
 * The names under which a camera program is looked for.
 * @param set the name or path of any camera program, where one is set; the others stand beside it
 */
export function programsFor(what: 'still' | 'vid' | 'hello', set: string | undefined): string[] {
  const program = set?.trim();
  if (!program) return PREFIXES.map((prefix) => prefix + what);
  const name = basename(program).replace(/-(still|jpeg|vid|hello|raw|detect)(?=$|\.)/, `-${what}`);
  return [program.includes('/') ? join(dirname(program), name) : name];
}

/**
 * Runs the first of these programs that there is.
 * @throws CameraError where none can be started.
 */
export async function runFirst(
  programs: string[],
  args: string[],
  options: RunOptions,
): Promise<{ program: string; ended: Ended }> {
  let failed: unknown;
  for (const program of programs) {
    try {
      return { program, ended: await runProgram(program, args, options) };
    } catch (error) {
      failed = error;
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw startFailure([program], error as NodeJS.ErrnoException);
    }
  }
  throw startFailure(programs, failed as NodeJS.ErrnoException);
}

/**
 * The error itself or, where the program turns out to be none of the camera programs, one that says so.
 * @param doubtful whether another program could have caused it
 */
export async function explained(program: string, failure: CameraError, doubtful?: boolean): Promise<CameraError> {
  if (!(doubtful ?? DOUBTFUL.has(failure.code))) return failure;
  const options = { timeout: VERSION_TIMEOUT, maxBytes: MAX_VERSION, signal: new AbortController().signal };
  const asked = await runProgram(program, ['--version'], options).catch(() => undefined);
  // One that does not end may be too busy to answer.
  if (!asked || asked.stopped === 'hung') return failure;
  const said = `${asked.stdout.toString()}\n${asked.stderr}`;
  const firstLine = said.trim().replace(/\n.*/s, '');
  return VERSION.test(said) ? failure : wrongProgram(program, firstLine, failure);
}
