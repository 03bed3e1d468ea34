// npm run train:surroundings -- [--pages N] [--epochs N] [--work DIR] --out PATH: draws pages, learns from them what stands about
// digits, and prints how both networks are best put together (FUSION in lib/classify/judgement.ts).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Part } from '../pages/part';

/** Pages of one file of samples, about 35 MB. */
const PAGES = 500;

/** For so many pages to train with, one to choose with. */
const CHOOSING = 6;

/** Seeds of the parts lie apart, though no part has a hand of another. */
const FIRST: Record<Part, number> = { train: 0, choose: 500_000, measure: 900_000 };

interface Piece { part: Part; first: number; file: string }

async function run(script: string, args: string[]): Promise<void> {
  const [code] = await once(fork(join(__dirname, script), args), 'exit') as [number | null];
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} has ended with ${code}`);
}

async function draw(pieces: Piece[]): Promise<void> {
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    const { part, first, file } = piece;
    // What an earlier run has finished is kept.
    if (existsSync(file)) continue;
    await run('samples.js', [part, String(first), String(PAGES), `${file}.part`]);
    renameSync(`${file}.part`, file);
    console.log(`drawn: ${part}, ${PAGES} pages, ${pieces.length} files to go`);
  }
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { pages: { ...text, default: '15000' }, epochs: { ...text, default: '12' }, work: text, out: text } });
  if (!values.out) throw new Error('usage: npm run train:surroundings -- [--pages N] [--epochs N] [--work DIR] --out PATH');
  const work = values.work ? resolve(values.work) : mkdtempSync(join(tmpdir(), 'surroundings-'));
  mkdirSync(work, { recursive: true });
  const files = Math.max(1, Math.round(Number(values.pages) / PAGES));
  const piece = (part: Part, i: number): Piece => ({ part, first: FIRST[part] + i * PAGES, file: join(work, `${part}-${i}.bin`) });
  const pieces = [
    ...Array.from({ length: Math.ceil(files / CHOOSING) }, (_, i) => piece('choose', i)),
    ...Array.from({ length: files }, (_, i) => piece('train', i)),
  ];
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), pieces.length) }, () => draw(pieces)));
  await run('train.js', [work, resolve(values.out), values.epochs]);
  console.log('FUSION, for this network in models/surroundings and the digits network there is:');
  await run('fuse.js', [work]);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
