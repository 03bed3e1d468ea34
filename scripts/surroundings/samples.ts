// node samples.js PART FIRST COUNT OUT: draws pages, takes them through the real steps and writes what became a candidate.
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANDIDATES } from '../../lib/classify/judgement';
import { drawing, proposeShapes } from '../../lib/extract/extract';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { DATA, Pages } from '../pages/page';
import type { Part } from '../pages/part';
import { inkOf, labelOf } from './label';

/**
 * Bytes of one sample: surroundings, measures as floats, the digit's picture, box (16-bit numbers), candidate, digit
 * (255: none, or not clear), page.
 */
export const PICTURE = SURROUNDINGS_SIZE ** 2 * SURROUNDINGS_CHANNELS, DIGIT = 784;
export const BOX = PICTURE + 4 * MEASURES + DIGIT, CANDIDATE = BOX + 8, LABEL = CANDIDATE + 1, PAGE = LABEL + 1;
export const SAMPLE = PAGE + 4;

/** The samples of a part that lie in a folder. */
export function readSamples(folder: string, part: Part): Buffer[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${part}-`) && name.endsWith('.bin'));
  return files.flatMap((file) => {
    const bytes = readFileSync(join(folder, file)), count = Math.floor(bytes.length / SAMPLE);
    return Array.from({ length: count }, (_, i) => bytes.subarray(i * SAMPLE, (i + 1) * SAMPLE));
  });
}

/** Of one page, so many that are no digit at most: clutter would outweigh all else. */
const MOST_OTHERS = 12;

async function main(): Promise<void> {
  const [part, first, count, out] = process.argv.slice(2);
  const pages = await Pages.read(DATA, part as Part), stream = createWriteStream(out);
  for (let seed = Number(first), last = seed + Number(count); seed < last; seed++) {
    const page = await pages.draw(seed), ink = inkOf(page), mask = thresholdPicture(page.picture);
    const { likely, doubtful } = proposeShapes(mask), draw = drawing(mask, {}, likely, doubtful);
    const wholes = [...new Set(likely.flatMap(({ whole }) => whole ?? []))];
    let others = 0;
    for (const shape of [...likely, ...wholes, ...doubtful]) {
      const label = labelOf(shape, page, ink);
      if (!(label ? label.candidate === 'digit' || others++ < MOST_OTHERS : part === 'choose')) continue;
      const { image, surroundings, box } = draw(shape);
      if (!surroundings) continue;
      const bytes = Buffer.alloc(SAMPLE);
      bytes.set(surroundings.picture);
      surroundings.measures.forEach((value, i) => { bytes.writeFloatLE(value, PICTURE + 4 * i); });
      bytes.set(image, PICTURE + 4 * MEASURES);
      [box.x, box.y, box.width, box.height].forEach((value, i) => { bytes.writeUInt16LE(value, BOX + 2 * i); });
      bytes[CANDIDATE] = label ? CANDIDATES.indexOf(label.candidate) : 255;
      bytes[LABEL] = label?.digit ?? 255;
      bytes.writeUInt32LE(seed, PAGE);
      if (!stream.write(bytes)) await once(stream, 'drain');
    }
  }
  stream.end();
  await once(stream, 'finish');
}

if (require.main === module) void main();
