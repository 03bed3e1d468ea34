import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type LabelledDigits } from '../../lib/data/idx';
import { looksLikeDigit } from '../../lib/train/synthesis/look-alikes';
import {
  centred,
  partWriters,
  readHands,
  readLetters,
  readPages,
  type FurtherSet,
  type Part,
} from '../../lib/train/data/further';
import { Random } from '../../lib/random';
import { planEpoch } from '../../lib/train/data/samples';
import { Sheet, write } from '../../lib/train/synthesis/strokes';
import { idx } from '../../support/made-files';
import { drawnSet } from './drawn-set';
import { DIGIT_PIXELS, DIGIT_SIZE, NOT_A_DIGIT } from '../../lib/digit';

const DATA = process.env.DIGITS_DATA ?? join(__dirname, '../../../../shared/data');
const PARTS: readonly Part[] = ['train', 'choose', 'measure'];

/** What a hand without tremor or slant writes. */
function written(glyph: string): Uint8Array {
  const paper = new Sheet();
  write(paper, glyph, { pen: 0.06, swing: 0, slant: 0, aspect: 0.8, tremor: 0 }, new Random(1));
  return paper.toDigit();
}

const sizes = ({ parts }: FurtherSet): number[] => PARTS.map((part) => parts[part].labels.length);

async function writeSet(folder: string, name: string, { images, labels }: LabelledDigits): Promise<void> {
  await writeFile(join(folder, `${name}-images-idx3-ubyte.gz`), gzipSync(idx(2051, [labels.length, 28, 28], images)));
  await writeFile(join(folder, `${name}-labels-idx1-ubyte.gz`), gzipSync(idx(2049, [labels.length], labels)));
}

describe('what looks like a digit and is none', () => {
  for (const [what, glyph, code, expected] of [
    ['a letter O', '~50 12 05 29 5a 89 a5 81 50', 'O', true],
    ['a small q, whatever its shape', '00 aa,a0 0a', 'q', true],
    ['a character round as a 0', '~50 12 05 29 5a 89 a5 81 50', '\xff', true],
    ['a character narrow as a bar', '50 5a', '\xff', true],
    ['a cross', '00 aa,a0 0a', '\xff', false],
    ['a ring with a bar in it', '~50 12 05 29 5a 89 a5 81 50,05 a5', '\xff', false],
    ['a letter U, which is open', '~00 06 2a 8a a6 a0', 'U', false],
    ['a letter H', '00 0a,a0 aa,05 a5', 'H', false],
  ] as const) {
    it(`${what}: ${expected ? 'left out' : 'trained with'}`, () => {
      assert.equal(looksLikeDigit(written(glyph), code.charCodeAt(0)), expected);
    });
  }
});

describe('further hands and letters', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'further '));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const WRITERS = Array.from({ length: 30 }, (_, i) => `w${i}`);

  it('are parted by writers: a third kept, no writer in two parts, the same however they are ordered', () => {
    const parts = partWriters(WRITERS);
    assert.deepEqual(
      PARTS.map((part) => [...parts.values()].filter((other) => other === part).length),
      [18, 2, 10],
    );
    assert.deepEqual(partWriters([...WRITERS].reverse()), parts);
  });

  it('keep the digits of the kept writers, as they are there, and no others', async () => {
    const digits = drawnSet(300, 5);
    const writers = Array.from(digits.labels, (_, i) => WRITERS[i % 30]!);
    const parts = partWriters(writers);
    await writeSet(folder, 'pendigits-30', digits);
    await writeFile(join(folder, 'pendigits-30-writers.csv.gz'), gzipSync(`writer\n${writers.join('\n')}\n`));
    const [set] = await readHands(folder);
    assert.ok(set);
    assert.deepEqual(sizes(set), [180, 20, 100]);
    const kept = [...digits.labels.keys()].filter((i) => parts.get(writers[i]!) === 'measure');
    assert.deepEqual(
      [...set.parts.measure.labels],
      kept.map((i) => digits.labels[i]),
    );
    assert.deepEqual(
      Buffer.from(set.parts.measure.images),
      Buffer.concat(kept.map((i) => digits.images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS))),
    );
    assert.match(set.kept, /^all by 10 of the 30 writers: w\d+, /);
    assert.match(set.credit, /CC BY 4\.0/);
  });

  it('keep every second digit where the writers are not known', async () => {
    await writeSet(folder, 'femnist', drawnSet(100, 6));
    await writeSet(folder, 'semeion', drawnSet(10, 7));
    const sets = await readHands(folder);
    assert.deepEqual(
      sets.map(({ name }) => name),
      ['femnist', 'pendigits-30'],
      'other sets only measure',
    );
    assert.deepEqual(sizes(sets[0]!), [45, 5, 50]);
  });

  it('are refused where writers are missing, or there are no known sets', async () => {
    await writeFile(join(folder, 'femnist-writers.csv'), 'writer\na\nb\n');
    await assert.rejects(readHands(folder), /femnist-writers\.csv: expected a writer for each of 100 digits, got 2$/);
    await rm(join(folder, 'femnist-writers.csv'));
    await assert.rejects(
      readHands(__dirname),
      /expected data sets of further hands \(pendigits-30, femnist\), got none$/,
    );
    await assert.rejects(readLetters(__dirname), /expected data sets of letters, got none$/);
  });

  it('have letters as what is no digit, without those that look like one, a tenth kept', async () => {
    const glyphs = ['00 0a,a0 aa,05 a5', '~50 12 05 29 5a 89 a5 81 50'];
    const letters = join(folder, 'letters');
    await mkdir(letters);
    await writeSet(letters, 'letters-made', {
      images: Buffer.concat(Array.from({ length: 40 }, (_, i) => written(glyphs[i < 20 ? 0 : 1]!))),
      labels: Uint8Array.from({ length: 40 }, (_, i) => 'HO'.charCodeAt(i < 20 ? 0 : 1)),
    });
    const [set] = await readLetters(letters);
    assert.ok(set);
    assert.deepEqual(sizes(set), [16, 2, 2]);
    assert.ok(PARTS.every((part) => set.parts[part].labels.every((label) => label === NOT_A_DIGIT)));
  });

  it('are moved to the middle', () => {
    const image = new Uint8Array(DIGIT_PIXELS);
    image.fill(200, 3 * DIGIT_SIZE + 5, 3 * DIGIT_SIZE + 7);
    const moved = centred(image);
    assert.deepEqual(
      [...moved.keys()].filter((i) => moved[i]! > 0),
      [14 * DIGIT_SIZE + 13, 14 * DIGIT_SIZE + 14],
    );
  });

  it('come in an epoch: hands three times, letters for half of what is drawn and no digit, whose share stays', () => {
    const sources = planEpoch(
      1000,
      1e6,
      1,
      1,
      { digits: 0.2, negatives: 0.22 },
      { hands: 100, letters: 200, pages: 0 },
    ).flatMap((plan) => [...plan.sources]);
    const times = (from: number, to: number): number =>
      sources.filter((source) => source >= from && source < to).length;
    assert.deepEqual(
      [times(0, 700), times(700, 800), times(800, 1000), times(-1, 0), times(-2, -1)],
      [700, 300, 110, 200, 110],
    );
    assert.equal(new Set(sources.filter((source) => source >= 800)).size, 110);
    const plain = planEpoch(1000, 1e6, 1, 1, { digits: 0, negatives: 0 }, { hands: 100, letters: 200, pages: 0 })[0]!
      .sources;
    assert.equal(plain.filter((source) => source >= 800).length, 200, 'each once, where none are drawn');
  });

  it('come with shapes of pages, others in each epoch', () => {
    const pagesOf = (epoch: number): number[] =>
      planEpoch(1100, 1e6, 1, epoch, { digits: 0, negatives: 0 }, { hands: 0, letters: 0, pages: 1000 })
        .flatMap((plan) => [...plan.sources])
        .filter((source) => source >= 100);
    const [first, second] = [pagesOf(1), pagesOf(2)];
    assert.deepEqual([first.length, new Set(first).size, second.length], [60, 60, 60]);
    assert.ok(first.filter((source) => second.includes(source)).length < 20);
  });

  it('have shapes of pages, digits and others, one in fifty of them to choose by', async () => {
    const pages = join(folder, 'pages');
    const { images, labels } = drawnSet(100, 8);
    await mkdir(pages);
    await writeSet(pages, 'pages', { images, labels: labels.map((label, i) => (i % 2 === 0 ? NOT_A_DIGIT : label)) });
    const [set] = await readPages(pages);
    assert.ok(set);
    assert.deepEqual(sizes(set), [98, 2, 0]);
    assert.equal(set.parts.train.labels.filter((label) => label === NOT_A_DIGIT).length, 48);
    await assert.rejects(readPages(__dirname), /expected a data set named pages, got none$/);
  });

  it('are read as they lie in the folder of data', async function () {
    if (!existsSync(join(DATA, 'sets', 'pendigits-30-writers.csv.gz')) || !existsSync(join(DATA, 'letters')))
      this.skip();
    const hands = await readHands(join(DATA, 'sets'));
    const letters = await readLetters(join(DATA, 'letters'));
    assert.deepEqual(
      hands.map((set) => [set.name, ...sizes(set)]),
      [
        ['femnist', 2698, 300, 2998],
        ['pendigits-30', 4498, 497, 2499],
      ],
    );
    assert.deepEqual(
      letters.map(({ name }) => name),
      ['letters-nist-az', 'letters-omniglot-latin', 'other-writing-omniglot'],
    );
    for (const set of letters)
      assert.ok(Math.abs(set.parts.measure.labels.length / sizes(set).reduce((a, b) => a + b) - 0.1) < 0.02, set.name);
  });
});
