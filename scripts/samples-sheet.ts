// node dist/scripts/samples-sheet.js OUT.png: what the network is trained with, as one picture to look at. From top to
// bottom: MNIST digits as they are and augmented, drawn digits, and what is no digit.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMnist } from '../lib/data/idx';
import { drawSamplesSheet } from '../lib/train/report/samples-sheet';
import { writeFileWhole } from '../lib/write-file';

async function main(): Promise<void> {
  const {
    values,
    positionals: [out],
  } = parseArgs({
    allowPositionals: true,
    options: {
      mnist: { type: 'string' },
      rows: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (!out) throw new Error('usage: node dist/scripts/samples-sheet.js [--mnist DIR] [--rows N] [--seed N] OUT.png');
  const folder =
    values.mnist ?? join(process.env.DIGITS_DATA ?? join(__dirname, '..', '..', '..', 'shared', 'data'), 'mnist');
  await writeFileWhole(
    out,
    await drawSamplesSheet(await readMnist(folder, 'train'), Number(values.seed), Number(values.rows)),
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
