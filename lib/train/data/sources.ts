import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSetError, readLabelledDigits, readMnist, type LabelledDigits } from '../../data/idx';
import { readLabelledPictures } from '../../data/labelled-pictures';
import { fetchMnist } from '../../data/mnist';
import { drawDigit } from '../synthesis/drawn-digits';
import { readHands, readLetters, readPages, type FurtherSets } from './further';
import { Random } from '../../random';
import type { CheckedSettings } from '../common/settings';
import { HeldOut } from './split';

/** What a training is fed with. */
export interface Sources {
  mnist?: { training: LabelledDigits; test: HeldOut };
  samples?: LabelledDigits;
  further?: FurtherSets;
  /** What people should know about it. */
  notes: string[];
}

export interface SourceOptions {
  onStage: (stage: string) => void;
  signal: AbortSignal;
}

/**
 * Reads what the settings name, and fetches MNIST where it may.
 * @throws (rejects) DataSetError. To fine-tune a model, MNIST may be missing: that is a note.
 */
export async function readSources(
  { mnist, fetch, mirrors, samples, hands, letters, pages, from }: CheckedSettings,
  { onStage, signal }: SourceOptions,
): Promise<Sources> {
  const sources: Sources = { notes: [] };
  if (samples) {
    onStage('reading samples');
    const { digits, skipped } = await readLabelledPictures(samples, { signal });
    sources.samples = digits;
    const first = skipped.at(0);
    if (first)
      sources.notes.push(
        `${skipped.length} pictures of ${samples} were not used, the first being ${first.file}: ${first.reason}`,
      );
  }
  if (hands || letters || pages) {
    onStage('reading further hands, letters and pages');
    sources.further = {
      hands: hands ? await readHands(hands) : [],
      letters: letters ? await readLetters(letters) : [],
      pages: pages ? await readPages(pages) : [],
    };
  }
  if (!mnist) return sources;
  try {
    if (fetch) {
      await fetchMnist({
        folder: mnist,
        mirrors,
        signal,
        onProgress: ({ received, total }) => {
          onStage(`MNIST ${total ? `${Math.floor((100 * received) / total)} %` : `${(received / 1e6).toFixed(1)} MB`}`);
        },
      });
    }
    onStage('reading MNIST');
    // Read now, so that a damaged file is found before hours of training, and looked at after them.
    const training = await readMnist(mnist, 'train');
    const test = await readMnist(mnist, 'test');
    sources.mnist = { training, test: new HeldOut(() => test) };
  } catch (error) {
    if (!(error instanceof DataSetError && from && samples)) throw error;
    sources.notes.push(`MNIST is not there, so drawn digits take its place: ${error.message}`);
  }
  return sources;
}

/**
 * The data sets of a folder by their names: NAME-images-idx3-ubyte and NAME-labels-idx1-ubyte, packed with gzip or not.
 */
export async function readSets(folder: string): Promise<Record<string, LabelledDigits>> {
  const sets: Record<string, LabelledDigits> = {};
  for (const file of existsSync(folder) ? (await readdir(folder)).sort() : []) {
    const [, name] = /^(.+)-images-idx3-ubyte(?:\.gz)?$/.exec(file) ?? [];
    if (name)
      sets[name] = await readLabelledDigits(
        join(folder, file),
        join(folder, file.replace('-images-idx3-', '-labels-idx1-')),
      );
  }
  return sets;
}

/** Digits for a sheet of samples: MNIST's test set where it is at hand, or own samples, or drawn ones. */
export async function readForSheet(
  { mnist, samples }: { mnist?: string | undefined; samples?: string | undefined },
  signal: AbortSignal,
): Promise<LabelledDigits> {
  if (mnist) {
    const test = await readMnist(mnist, 'test').catch(() => undefined);
    if (test) return test;
  }
  if (samples) return (await readLabelledPictures(samples, { signal })).digits;
  const drawn = Array.from({ length: 20 }, (_, i) => drawDigit(new Random(1, i)));
  return {
    images: Buffer.concat(drawn.map(({ image }) => image)),
    labels: Uint8Array.from(drawn, ({ label }) => label),
  };
}
