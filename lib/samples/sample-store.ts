import { access, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { loadSharp } from '../pictures/decode';
import { Shared, type Lease } from '../workers/shared';
import { makeFolder, moveFile, removeAbandoned, writeFileWhole } from '../write-file';
import { fingerprintOf, NEAR } from './fingerprint';
import { SAMPLE_LABELS, SamplesError, UNSURE } from './labels';
import { SampleIndex, type Sample, type SampleCounts } from './sample-index';
import { parseSampleName, sampleName } from './sample-name';
import { DIGIT_SIZE } from '../digit';

export interface Limits {
  perLabel: number;
  inAll: number;
}

export interface NewSample {
  /** 784 bytes, 28×28, white ink (255) on black (0). */
  image: Uint8Array;
  label: string;
  /** Whether a person says so: their word moves a near-duplicate that has another label. */
  given: boolean;
  /** The same digit as the camera saw it, a PNG. It is made only for a sample that is kept. */
  crop?: (() => Promise<Buffer>) | undefined;
}

/** `id` is the near-duplicate's where the sample was one, and missing where there was no room. */
export type Saved = { outcome: 'kept' | 'duplicate' | 'relabelled'; id: string } | { outcome: 'full' };

/** Samples that may go to make room for one: more only after the maximum was lowered, and then little by little. */
const MOST_EVICTED = 2;

/** A folder of samples, `<label>/<name>.png`. What is asked of it is done one after another. */
export class SampleStore {
  #index: SampleIndex | undefined;
  #working: Promise<unknown> = Promise.resolve();

  /**
   * @param folder absolute; it need not exist
   * @param crops folder of the digits as the camera saw them, `<name>.png`
   */
  constructor(
    private readonly folder: string,
    private readonly crops: string,
  ) {}

  /**
   * Keeps a sample unless one that is nearly the same is there. The oldest unsure ones make room for it.
   * @throws (rejects) SamplesError where a label that a person gave has no room; the file system's errors, e.g. of a
   *   full disk.
   */
  save(sample: NewSample, limits: Limits): Promise<Saved> {
    return this.#one(async (index) => {
      const fingerprint = fingerprintOf(sample.image);
      for (let twin = index.nearest(fingerprint, NEAR); twin; twin = index.nearest(fingerprint, NEAR)) {
        if (!(await isThere(this.#path(twin)))) {
          index.remove(twin);
          continue;
        }
        if (!sample.given || twin.label === sample.label) return { outcome: 'duplicate', id: twin.id };
        await this.#move(index, twin, sample.label, limits);
        return { outcome: 'relabelled', id: twin.id };
      }
      const problem = problemOf(index, sample.label, limits);
      if (problem && sample.given) throw problem;
      if (problem) return { outcome: 'full' };
      const at = Date.now();
      const kept: Sample = { id: sampleName(at, fingerprint), label: sample.label, at, fingerprint };
      const png = await loadSharp()(sample.image, { raw: { width: DIGIT_SIZE, height: DIGIT_SIZE, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer();
      await writeInFolder(this.#path(kept), png);
      index.add(kept);
      if (sample.crop) await writeInFolder(this.#cropPath(kept), await sample.crop());
      await this.#evict(index, limits);
      return { outcome: 'kept', id: kept.id };
    });
  }

  /** Reads the folder anew, and lists the newest of one label or of all. */
  list(label: string | undefined, limit: number): Promise<(Sample & { path: string })[]> {
    return this.#one(async () => {
      this.#index = await SampleIndex.read(this.folder);
      return this.#index.newest(label, limit).map((sample) => ({ ...sample, path: this.#path(sample) }));
    });
  }

  /** @throws (rejects) SamplesError where there is no such sample, or no room. */
  relabel(id: unknown, label: string, limits: Limits): Promise<void> {
    return this.#one(async (index) => this.#move(index, await this.#found(index, id), label, limits));
  }

  /** @throws (rejects) SamplesError where there is no such sample. */
  remove(id: unknown): Promise<void> {
    return this.#one(async (index) => this.#delete(index, await this.#found(index, id)));
  }

  counts(): Promise<SampleCounts> {
    return this.#one((index) => Promise.resolve(index.counts()));
  }

  /** Reads the folder anew, for what was added or deleted by hand. */
  recount(): Promise<SampleCounts> {
    return this.#one(async () => (this.#index = await SampleIndex.read(this.folder)).counts());
  }

  /** Waits until nothing is written any more. */
  async close(): Promise<void> {
    await this.#working;
  }

  #one<T>(work: (index: SampleIndex) => Promise<T>): Promise<T> {
    const result = this.#working.then(async () => work((this.#index ??= await this.#open())));
    this.#working = result.catch(() => undefined);
    return result;
  }

  /**
   * What killed writers have left goes now, and once only: a folder of 100,000 samples takes a while to be looked
   * through.
   */
  async #open(): Promise<SampleIndex> {
    for (const folder of [...SAMPLE_LABELS.map((label) => join(this.folder, label)), this.crops])
      await removeAbandoned(folder, isSampleFile);
    return SampleIndex.read(this.folder);
  }

  async #found(index: SampleIndex, id: unknown): Promise<Sample> {
    const sample = index.find(id);
    if (sample && (await isThere(this.#path(sample)))) return sample;
    if (sample) index.remove(sample);
    throw new SamplesError(
      `there is no sample ${String(id).slice(0, 120)}; it may have been deleted`,
      'no-sample',
      'no such sample',
    );
  }

  async #move(index: SampleIndex, sample: Sample, label: string, limits: Limits): Promise<void> {
    if (sample.label === label) return;
    const full = problemOf(index, label, limits, 0);
    if (full) throw full;
    const moved = { ...sample, label };
    await makeFolder(dirname(this.#path(moved)));
    await moveFile(this.#path(sample), this.#path(moved));
    index.remove(sample);
    index.add(moved);
    await this.#evict(index, limits);
  }

  async #delete(index: SampleIndex, sample: Sample): Promise<void> {
    await rm(this.#path(sample), { force: true });
    await rm(this.#cropPath(sample), { force: true });
    index.remove(sample);
  }

  async #evict(index: SampleIndex, { perLabel, inAll }: Limits): Promise<void> {
    for (let i = 0; i < MOST_EVICTED && (index.size > inAll || index.count(UNSURE) > perLabel); i++) {
      const oldest = index.oldest(UNSURE);
      if (!oldest) return;
      await this.#delete(index, oldest);
    }
  }

  #path({ label, id }: Sample): string {
    return join(this.folder, label, `${id}.png`);
  }

  #cropPath({ id }: Sample): string {
    return join(this.crops, `${id}.png`);
  }
}

const stores = new Shared<SampleStore>();

/** Takes hold of a folder's samples: everybody in this process who uses the same folder shares one store. */
export function acquireSamples(folder: string, crops: string): Lease<SampleStore> {
  return stores.acquire(resolve(folder), () => new SampleStore(folder, crops));
}

/** Why there is no room for `added` more of a label. Unsure samples make room for others and for each other. */
function problemOf(
  index: SampleIndex,
  label: string,
  { perLabel, inAll }: Limits,
  added = 1,
): SamplesError | undefined {
  if (label !== UNSURE && index.count(label) >= perLabel)
    return full(`${index.count(label)} samples of "${label}", and the most is ${perLabel}`);
  if (index.size - index.count(UNSURE) + added > inAll) return full(`${index.size} samples, and the most is ${inAll}`);
  return undefined;
}

function full(what: string): SamplesError {
  return new SamplesError(
    `there is no room for another sample: there are ${what}. Delete some, or allow more in the settings`,
    'full',
    'samples full',
  );
}

async function writeInFolder(path: string, data: Buffer): Promise<void> {
  try {
    await writeFileWhole(path, data);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC')
      throw Object.assign(new Error(`the disk is full: the sample ${path} could not be written`, { cause: error }), {
        code,
        status: 'disk full',
      });
    if (code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    await writeFileWhole(path, data);
  }
}

/** A file that this has written, and nobody else. */
function isSampleFile(name: string): boolean {
  return name.endsWith('.png') && parseSampleName(name.slice(0, -'.png'.length)).fingerprint !== undefined;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
