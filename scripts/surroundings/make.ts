// npm run train:surroundings -- [--pages N] [--epochs N] [--work DIR] --out PATH: draws pages, learns from them what
// stands about digits, and prints how both networks are best put together (FUSION in lib/classify/judgement.ts).
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawSamples, run } from '../pages/draw-samples';

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { pages: { ...text, default: '30000' }, epochs: { ...text, default: '12' }, work: text, out: text },
  });
  if (!values.out) {
    throw new Error('usage: npm run train:surroundings -- [--pages N] [--epochs N] [--work DIR] --out PATH');
  }
  const work = values.work ? resolve(values.work) : mkdtempSync(join(tmpdir(), 'surroundings-'));
  await drawSamples(join(__dirname, 'samples.js'), work, Number(values.pages), 'bin');
  await run(join(__dirname, 'train.js'), [work, resolve(values.out), values.epochs]);
  console.log('FUSION, for this network in models/surroundings and the digits network there is:');
  await run(join(__dirname, 'fuse.js'), [work]);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
