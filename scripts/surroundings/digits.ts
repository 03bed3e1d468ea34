// node digits.js SAMPLES OUT: writes 28×28 pictures of samples to train with (train-*.bin) as a data set of IDX files,
// for the network that reads digits: all digits, and half as many shapes whose own form tells that they are none.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANDIDATES } from '../../lib/classify/judgement';
import { MEASURES } from '../../lib/extract/surroundings';
import { looksLikeDigit } from '../../lib/train/synthesis/look-alikes';
import { PAGES } from '../../lib/train/data/further';
import { Random } from '../../lib/random';
import { idx } from '../../support/made-files';
import { CANDIDATE, DIGIT, LABEL, PICTURE, readSamples } from './samples';
import { NOT_A_DIGIT } from '../../lib/digit';

/** Shapes that are none, for each digit. */
const OTHERS = 0.5;

/** Pieces and letters may have the form of a digit: of those only what stands about them tells. */
const UNLIKE = (['several', 'no writing'] as const).map((kind) => CANDIDATES.indexOf(kind));

/** Code of other writing, for `looksLikeDigit`. */
const NO_LETTER = 255;

/** Magic numbers of the IDX format: bytes in three dimensions, and in one. */
const IMAGES = 0x803;
const LABELS = 0x801;

const SEED = 1;
const SIDE = 28;

const imageOf = (sample: Buffer): Buffer => sample.subarray(PICTURE + 4 * MEASURES, PICTURE + 4 * MEASURES + DIGIT);

const candidateOf = (sample: Buffer): number => sample.readUInt8(CANDIDATE);
const labelOf = (sample: Buffer): number => sample.readUInt8(LABEL);

function shuffled(samples: readonly Buffer[], seed: number): Buffer[] {
  const order = new Random(SEED, seed).shuffle(Int32Array.from(samples.keys()));
  return [...order].flatMap((i) => samples[i] ?? []);
}

function main([folder = '', out = '']: string[]): void {
  const samples = readSamples(folder, 'train');
  const digits = samples.filter((sample) => candidateOf(sample) === 0 && labelOf(sample) < NOT_A_DIGIT);
  const isOther = (sample: Buffer): boolean =>
    UNLIKE.includes(candidateOf(sample)) && !looksLikeDigit(imageOf(sample), NO_LETTER);
  const others = shuffled(samples, 1)
    .filter(isOther)
    .slice(0, Math.round(digits.length * OTHERS));
  const all = shuffled([...digits, ...others], 2);
  const labels = Uint8Array.from(all, (sample) => (candidateOf(sample) === 0 ? labelOf(sample) : NOT_A_DIGIT));
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${PAGES}-labels-idx1-ubyte`), idx(LABELS, [all.length], labels));
  const images = Buffer.concat(all.map(imageOf));
  writeFileSync(join(out, `${PAGES}-images-idx3-ubyte`), idx(IMAGES, [all.length, SIDE, SIDE], images));
  console.log(`${digits.length} digits, ${others.length} others`);
}

main(process.argv.slice(2));
