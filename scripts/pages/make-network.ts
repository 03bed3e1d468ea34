import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
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
async function run(script: string, args: string[]): Promise<void> {
  const [code] = (await once(fork(script, args), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} has ended with ${code}`);
}

/**
 * Draws pages to train and to choose with, on all processors. What an earlier run has finished is kept.
 * @param script is called with part, first seed, number of pages and file
 * @param work folder for the files
 * @param pages to train with
 * @param extension of the files
 */
async function drawSamples(script: string, work: string, pages: number, extension: string): Promise<void> {
  mkdirSync(work, { recursive: true });
  const files = Math.max(1, Math.round(pages / PAGES));
  const piece = (part: Part, i: number): Piece => ({
    part,
    first: FIRST[part] + i * PAGES,
    file: join(work, `${part}-${i}.${extension}`),
  });
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

/** What makes one network. */
interface Making {
  /** Of the network, and of its command. */
  name: string;
  /** Folder of samples.js, train.js and what comes after them. */
  folder: string;
  /** Of the files with samples. */
  extension: string;
  /** Pages to train with, where nobody says otherwise. */
  pages: number;
  /** What the training's length is counted in, and how many where nobody says otherwise. */
  unit: 'epochs' | 'steps';
  length: number;
  /** What follows the training: what is said of it, and the script, which gets the folder with the samples. */
  after?: { title: string; script: string };
}

/** Draws pages, takes samples of them and trains a network on these, as the command's arguments say. */
export async function makeNetwork({ name, folder, extension, pages, unit, length, after }: Making): Promise<void> {
  try {
    const text = { type: 'string' } as const;
    const options = {
      pages: { ...text, default: String(pages) },
      [unit]: { ...text, default: String(length) },
      work: text,
      out: text,
    };
    const values = parseArgs({ options }).values as Partial<Record<string, string>>;
    if (!values.out) {
      throw new Error(`usage: npm run train:${name} -- [--pages N] [--${unit} N] [--work DIR] --out PATH`);
    }
    const work = values.work ? resolve(values.work) : mkdtempSync(join(tmpdir(), `${name}-`));
    await drawSamples(join(folder, 'samples.js'), work, Number(values.pages), extension);
    await run(join(folder, 'train.js'), [work, resolve(values.out), values[unit] ?? String(length)]);
    if (!after) return;
    console.log(after.title);
    await run(join(folder, after.script), [work]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
