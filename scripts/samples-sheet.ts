// node dist/scripts/samples-sheet.js OUT.png: what the network is trained with, as one picture to look at. From top to
// bottom: MNIST digits as they are and augmented, drawn digits, and what is no digit.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DIGIT_SIZE } from '../lib/extract/normalise';
import { loadSharp } from '../lib/pictures/decode';
import { PIXELS, readMnist } from '../lib/data/idx';
import { DRAW_DIGIT, DRAW_NEGATIVE, makeBatch } from '../lib/train/samples';

const COLUMNS = 32, CELL = DIGIT_SIZE + 2, ZOOM = 2;

async function main(): Promise<void> {
  const { values, positionals: [out] } = parseArgs({
    allowPositionals: true,
    options: { mnist: { type: 'string' }, rows: { type: 'string', default: '8' }, seed: { type: 'string', default: '1' } },
  });
  if (!out) throw new Error('usage: node dist/scripts/samples-sheet.js [--mnist DIR] [--rows N] [--seed N] OUT.png');
  const folder = values.mnist ?? join(process.env.DIGITS_DATA ?? join(__dirname, '..', '..', '..', 'shared', 'data'), 'mnist');
  const data = await readMnist(folder, 'train');
  const rows = Number(values.rows), seed = Number(values.seed);

  const cells: Uint8Array[] = [];
  for (let row = 0; row < rows; row++) {
    cells.push(data.images.subarray(row * PIXELS, (row + 1) * PIXELS));
    const { images } = makeBatch(data, { seed, epoch: row, first: 0, sources: new Int32Array(COLUMNS - 1).fill(row) });
    for (let i = 0; i < COLUMNS - 1; i++) cells.push(images.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  for (const source of [DRAW_DIGIT, DRAW_NEGATIVE]) {
    const { images } = makeBatch(data, { seed, epoch: rows, first: 0, sources: new Int32Array(rows * COLUMNS).fill(source) });
    for (let i = 0; i < rows * COLUMNS; i++) cells.push(images.subarray(i * PIXELS, (i + 1) * PIXELS));
  }

  const width = COLUMNS * CELL, height = 3 * rows * CELL;
  const sheet = Buffer.alloc(width * height, 90);
  cells.forEach((image, i) => {
    const left = (i % COLUMNS) * CELL + 1, top = Math.floor(i / COLUMNS) * CELL + 1;
    for (let y = 0; y < DIGIT_SIZE; y++) sheet.set(image.subarray(y * DIGIT_SIZE, (y + 1) * DIGIT_SIZE), (top + y) * width + left);
  });
  await loadSharp()(sheet, { raw: { width, height, channels: 1 } }).resize(width * ZOOM, height * ZOOM, { kernel: 'nearest' }).png().toFile(out);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
