// npm run train:segmentation -- [--pages N] [--steps N] [--work DIR] --out PATH: draws pages, and learns from them
// which pixels are written.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawSamples, run } from '../pages/draw-samples';

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { pages: { ...text, default: '8500' }, steps: { ...text, default: '6500' }, work: text, out: text },
  });
  if (!values.out) {
    throw new Error('usage: npm run train:segmentation -- [--pages N] [--steps N] [--work DIR] --out PATH');
  }
  const work = values.work ? resolve(values.work) : mkdtempSync(join(tmpdir(), 'segmentation-'));
  await drawSamples(join(__dirname, 'samples.js'), work, Number(values.pages), 'ink');
  await run(join(__dirname, 'train.js'), [work, resolve(values.out), values.steps]);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
