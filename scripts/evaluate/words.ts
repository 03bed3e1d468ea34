import { readdir } from 'node:fs/promises';
import type { Classifier } from '../../lib/engine/classifier';
import { FILTER_DEFAULTS } from '../../lib/filter/filter';
import { readText } from '../../lib/pipeline/reader';
import { Random } from '../../lib/random';
import { acquireInk } from '../../lib/ink/ink';
import { readGlyphs } from '../pages/glyph-sets';
import { InkLayer } from '../pages/ink-layer';

/** Words of one set of letters: how many, and how many were accepted as a number, or read as one but not accepted. */
export interface WordFigures {
  words: number;
  accepted: number;
  read: number;
}

const SIDE = 28;
const WORDS = 200;
const WIDTH = 640;
const HEIGHT = 320;

/** Brightness of the paper and its noise, of 255. */
const PAPER = 215;
const NOISE = 4;

/**
 * Sets the letters of each set in rows of three to eight, which need not make sense, and reads them.
 * @param folder with NAME-images-idx3-ubyte.gz and NAME-labels-idx1-ubyte.gz
 */
export async function evaluateWords(
  classifier: Classifier,
  folder: string,
  onProgress: (name: string, done: number, total: number) => void,
): Promise<Record<string, WordFigures>> {
  const names = (await readdir(folder)).flatMap((file) => /^(.+)-images-idx3-ubyte\.gz$/.exec(file)?.[1] ?? []).sort();
  if (names.length === 0)
    throw new Error(`expected sets of letters (NAME-images-idx3-ubyte.gz) in ${folder}, found none`);
  const ink = acquireInk();
  const figures: Record<string, WordFigures> = {};
  try {
    for (const name of names) {
      const glyphs = await readGlyphs(folder, name);
      const own: WordFigures = (figures[name] = { words: 0, accepted: 0, read: 0 });
      for (let i = 0; glyphs && i < WORDS; i++) {
        const {
          reading: { text, confidence },
        } = await readText(ink, classifier, wordOf(glyphs.images, new Random(1, i)));
        own.words++;
        if (text !== '') own[confidence >= FILTER_DEFAULTS.minimumConfidence ? 'accepted' : 'read']++;
        onProgress(name, i + 1, WORDS);
      }
    }
  } finally {
    await ink.release();
  }
  return figures;
}

/** A row of letters on paper. */
function wordOf(images: Uint8Array, random: Random): { data: Uint8Array; width: number; height: number; channels: 1 } {
  const layer = new InkLayer(WIDTH, HEIGHT);
  const letters = 3 + random.below(6);
  const size = Math.min(HEIGHT * 0.7, (WIDTH * 0.95) / letters) / SIDE;
  const top = (HEIGHT - size * SIDE) / 2;
  for (let i = 0; i < letters; i++) {
    const at = random.below(images.length / SIDE ** 2) * SIDE ** 2;
    const place = {
      xx: size,
      xy: 0,
      yx: 0,
      yy: size,
      x: WIDTH * 0.025 + i * size * SIDE,
      y: top + random.between(-3, 3),
    };
    layer.stamp({ data: images.subarray(at, at + SIDE ** 2), width: SIDE, height: SIDE }, place, 0.85, 1);
  }
  const data = Uint8Array.from(layer.cover, (cover) =>
    Math.max(0, Math.min(255, PAPER * (1 - cover) + random.normal() * NOISE)),
  );
  return { data, width: WIDTH, height: HEIGHT, channels: 1 };
}
