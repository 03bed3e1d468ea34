// node samples.js PART FIRST COUNT OUT: draws pages, takes them through the real steps and writes what became a
// candidate.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANDIDATES } from '../../lib/classify/judgement';
import type { Drawn } from '../../lib/extract/digit';
import { Drawing } from '../../lib/extract/draw';
import { proposeShapes } from '../../lib/extract/propose';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE } from '../../lib/extract/surroundings';
import type { Box } from '../../lib/pictures/picture';
import { thresholdPicture } from '../../lib/threshold/threshold';
import { Random } from '../../lib/random';
import type { Page } from '../pages/page';
import type { Part } from '../pages/part';
import { writeSamples } from '../pages/write-samples';
import { inkOf, labelOf } from './label';

/**
 * Bytes of one sample: surroundings, measures as floats, the digit's picture, box and the whole's box that it is a part
 * of (16-bit numbers; the latter 0 where it is none), first and last piece, candidate, digit (255: none, or not clear),
 * page.
 */
export const PICTURE = SURROUNDINGS_SIZE ** 2 * SURROUNDINGS_CHANNELS;
export const DIGIT = 784;
export const BOX = PICTURE + 4 * MEASURES + DIGIT;
export const WHOLE = BOX + 8;
export const PIECES = WHOLE + 8;
export const CANDIDATE = PIECES + 2;
export const LABEL = CANDIDATE + 1;
export const PAGE = LABEL + 1;
export const SAMPLE = PAGE + 4;

/** The samples of a part that lie in a folder. */
export function readSamples(folder: string, part: Part): Buffer[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${part}-`) && name.endsWith('.bin'));
  return files.flatMap((file) => {
    const bytes = readFileSync(join(folder, file));
    const count = Math.floor(bytes.length / SAMPLE);
    return Array.from({ length: count }, (_, i) => bytes.subarray(i * SAMPLE, (i + 1) * SAMPLE));
  });
}

/** Of one page to train with, so many that are no digit at most: clutter would outweigh all else. */
const MOST_OTHERS = 16;

/** @returns the sample's bytes; undefined where it is not known what stands about the shape */
function encode(
  { image, box, part, surroundings }: Drawn,
  label: ReturnType<typeof labelOf>,
  page: number,
): Buffer | undefined {
  if (!surroundings) return undefined;
  const bytes = Buffer.alloc(SAMPLE);
  const writeBox = ({ x, y, width, height }: Box, at: number): void => {
    [x, y, width, height].forEach((value, i) => {
      bytes.writeUInt16LE(value, at + 2 * i);
    });
  };
  bytes.set(surroundings.picture);
  surroundings.measures.forEach((value, i) => {
    bytes.writeFloatLE(value, PICTURE + 4 * i);
  });
  bytes.set(image, PICTURE + 4 * MEASURES);
  writeBox(box, BOX);
  if (part) {
    writeBox(part.of, WHOLE);
    bytes.set([part.first, part.last], PIECES);
  }
  bytes[CANDIDATE] = label ? CANDIDATES.indexOf(label.candidate) : 255;
  bytes[LABEL] = label?.digit ?? 255;
  bytes.writeUInt32LE(page, PAGE);
  return bytes;
}

/** The samples of one page; of those to train with the clear ones. */
function samplesOf(page: Page, seed: number, part: Part): Buffer[] {
  const ink = inkOf(page);
  const mask = thresholdPicture(page.picture);
  const proposals = proposeShapes(mask);
  const drawing = new Drawing(mask, {}, proposals);
  const { likely, doubtful } = proposals;
  const wholes = new Map(likely.flatMap(({ whole, look }) => (whole ? [[whole, look] as const] : [])));
  const shapes = [
    ...likely,
    ...[...wholes].map(([whole, look]) => ({ ...whole, look, doubt: 'several' as const })),
    ...doubtful,
  ].map((shape) => ({ shape, label: labelOf(shape, page, ink) }));
  const digits = shapes.filter(({ label }) => label?.candidate === 'digit');
  const others = shapes.filter(({ label }) => label && label.candidate !== 'digit');
  const order = Int32Array.from(others.keys());
  new Random(seed, 3).shuffle(order);
  const used =
    part === 'train' ? [...digits, ...[...order.subarray(0, MOST_OTHERS)].flatMap((i) => others[i] ?? [])] : shapes;
  return used.flatMap(({ shape, label }) => encode(drawing.draw(shape), label, seed) ?? []);
}

if (require.main === module) void writeSamples(samplesOf);
