import { loadSharp } from '../../pictures/decode';
import { type LabelledDigits } from '../../data/idx';
import { DRAW_DIGIT, DRAW_NEGATIVE } from '../data/samples';
import { BatchMaker } from '../data/batches';
import { DIGIT_PIXELS, DIGIT_SIZE } from '../../digit';

const SHEET_COLUMNS = 24;
const CELL = DIGIT_SIZE + 2;
const ZOOM = 2;
const BACKGROUND = 90;

/**
 * Draws what a network is trained with, as one picture to look at. From top to bottom: digits of the data, each as it
 * is and then augmented; drawn digits; what is no digit. The same seed gives the same picture.
 *
 * @param rows of each of the three
 * @returns a PNG
 */
export async function drawSamplesSheet(data: LabelledDigits, seed: number, rows = 5): Promise<Buffer> {
  const maker = new BatchMaker(data);
  try {
    const make = async (epoch: number, count: number, source: number): Promise<Uint8Array> => {
      for await (const { images } of maker.make([
        { seed, epoch, first: 0, sources: new Int32Array(count).fill(source) },
      ]))
        return images;
      throw new Error('no samples were made');
    };
    const lines: Uint8Array[] = [];
    for (let row = 0; row < rows; row++) {
      // From all over the data, which may be sorted by label.
      const place = Math.floor(((row + 0.5) * data.labels.length) / rows);
      lines.push(
        data.images.subarray(place * DIGIT_PIXELS, (place + 1) * DIGIT_PIXELS),
        await make(row, SHEET_COLUMNS - 1, place),
      );
    }
    for (const source of [DRAW_DIGIT, DRAW_NEGATIVE]) lines.push(await make(rows, rows * SHEET_COLUMNS, source));
    return await toPng(Buffer.concat(lines));
  } finally {
    await maker.close();
  }
}

async function toPng(images: Uint8Array): Promise<Buffer> {
  const count = images.length / DIGIT_PIXELS;
  const width = SHEET_COLUMNS * CELL;
  const height = Math.ceil(count / SHEET_COLUMNS) * CELL;
  const sheet = Buffer.alloc(width * height, BACKGROUND);
  for (let i = 0; i < count; i++) {
    const left = (i % SHEET_COLUMNS) * CELL + 1;
    const top = Math.floor(i / SHEET_COLUMNS) * CELL + 1;
    for (let y = 0; y < DIGIT_SIZE; y++) {
      const start = i * DIGIT_PIXELS + y * DIGIT_SIZE;
      sheet.set(images.subarray(start, start + DIGIT_SIZE), (top + y) * width + left);
    }
  }
  return loadSharp()(sheet, { raw: { width, height, channels: 1 } })
    .resize(width * ZOOM, height * ZOOM, { kernel: 'nearest' })
    .png()
    .toBuffer();
}
