import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether the system tells how much memory a process has. */
export const TELLS_MEMORY = process.platform === 'linux';

/** Memory of a process, bytes: resident now, and the most it ever was since `forgetPeak`. */
export async function memoryOf(pid: number): Promise<{ now: number; peak: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number => Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(text)?.[1]) * 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

/** Waits until a process has no more memory than this: what it freed goes back to the system bit by bit. */
export async function settlesBelow(pid: number, bytes: number): Promise<void> {
  while ((await memoryOf(pid)).now > bytes) await wait(200);
}
