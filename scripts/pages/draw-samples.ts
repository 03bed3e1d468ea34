import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Part } from './part';

/** Pages of one file. */
const PAGES = 500;

/** For so many pages to train with, one to choose with. */
const CHOOSING = 6;

/** Seeds of the parts lie apart, though no part has a hand of another. */
const FIRST: Record<Part, number> = { train: 0, choose: 500_000, measure: 900_000 };

interface Piece {
  part: Part;
  first: number;
  file: string;
}

/**
 * Runs a script of this project in a process of its own.
 * @throws (rejects) Error where it fails
 */
export async function run(script: string, args: string[]): Promise<void> {
  const [code] = await once(fork(script, args), 'exit') as [number | null];
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} has ended with ${code}`);
}

/**
 * Draws pages to train and to choose with, on all processors. What an earlier run has finished is kept.
 * @param script is called with part, first seed, number of pages and file
 * @param work folder for the files
 * @param pages to train with
 * @param extension of the files
 */
export async function drawSamples(script: string, work: string, pages: number, extension: string): Promise<void> {
  mkdirSync(work, { recursive: true });
  const files = Math.max(1, Math.round(pages / PAGES));
  const piece = (part: Part, i: number): Piece => (
    { part, first: FIRST[part] + i * PAGES, file: join(work, `${part}-${i}.${extension}`) }
  );
  const pieces = [
    ...Array.from({ length: Math.ceil(files / CHOOSING) }, (_, i) => piece('choose', i)),
    ...Array.from({ length: files }, (_, i) => piece('train', i)),
  ];
  const draw = async (): Promise<void> => {
    for (let next = pieces.shift(); next; next = pieces.shift()) {
      const { part, first, file } = next;
      if (existsSync(file)) continue;
      await run(script, [part, String(first), String(PAGES), `${file}.part`]);
      renameSync(`${file}.part`, file);
      console.log(`drawn: ${part}, ${PAGES} pages, ${pieces.length} files to go`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), pieces.length) }, draw));
}
