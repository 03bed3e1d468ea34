import { basename, dirname, join } from 'node:path';
import { startFailure } from './program-errors';
import { runProgram, type Ended, type RunOptions } from './run';

/** What the camera programs are called since 2023, then before. */
const PREFIXES = ['rpicam-', 'libcamera-'];

/**
 * The names under which a camera program is looked for.
 * @param set the name or path of the program for single pictures, where one is set; the others stand beside it
 */
export function programsFor(what: 'still' | 'vid' | 'hello', set: string | undefined): string[] {
  const program = set?.trim();
  if (!program) return PREFIXES.map((prefix) => prefix + what);
  const name = basename(program).replace(/-(still|jpeg|vid|hello)(?=$|\.)/, `-${what}`);
  return [program.includes('/') ? join(dirname(program), name) : name];
}

/**
 * Runs the first of these programs that there is.
 * @throws CameraError where none can be started.
 */
export async function runFirst(programs: string[], args: string[], options: RunOptions): Promise<{ program: string; ended: Ended }> {
  let failed: unknown;
  for (const program of programs) {
    try {
      return { program, ended: await runProgram(program, args, options) };
    } catch (error) {
      failed = error;
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw startFailure([program], error as NodeJS.ErrnoException);
    }
  }
  throw startFailure(programs, failed as NodeJS.ErrnoException);
}
