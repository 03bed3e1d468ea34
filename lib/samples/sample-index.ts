import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { distance, type Fingerprint } from './fingerprint';
import { SAMPLE_LABELS, UNSURE } from './labels';
import { parseSampleName } from './sample-name';

/** A sample, as far as its file's name tells. */
export interface Sample {
  /** The file's name without its ending. */
  id: string;
  label: string;
  /** When it was kept, milliseconds since 1970-01-01; undefined for a file that somebody has put there. */
  at: number | undefined;
  fingerprint: Fingerprint | undefined;
}

/** How many samples there are, by label and in all. */
export interface SampleCounts {
  /** All but "unsure". */
  total: number;
  unsure: number;
  /** By label, also those that are 0. */
  counts: Record<string, number>;
}

/** Which samples a folder holds, kept in memory so that no message has the folder read. */
export class SampleIndex {
  readonly #labels = new Map(SAMPLE_LABELS.map((label) => [label, new Map<string, Sample>()]));

  /** Lists the folder; a few names at a time, so that 100,000 of them hold nobody up. */
  static async read(folder: string): Promise<SampleIndex> {
    const index = new SampleIndex();
    for (const label of SAMPLE_LABELS) {
      for await (const id of pngNames(join(folder, label)))
        index.add({ id, label, at: undefined, fingerprint: undefined, ...parseSampleName(id) });
    }
    return index;
  }

  add(sample: Sample): void {
    this.#of(sample.label).set(sample.id, sample);
  }

  remove({ id, label }: Sample): void {
    this.#of(label).delete(id);
  }

  find(id: unknown): Sample | undefined {
    for (const samples of this.#labels.values()) {
      const found = samples.get(id as string);
      if (found) return found;
    }
    return undefined;
  }

  /** The one that is most alike, if it differs in at most `within` blocks. */
  nearest(fingerprint: Fingerprint, within: number): Sample | undefined {
    let best: Sample | undefined;
    let least = within + 1;
    for (const samples of this.#labels.values()) {
      for (const sample of samples.values()) {
        const away = sample.fingerprint ? distance(fingerprint, sample.fingerprint, within) : Infinity;
        if (away < least) [best, least] = [sample, away];
      }
    }
    return best;
  }

  count(label: string): number {
    return this.#of(label).size;
  }

  /** All samples, the unsure ones among them. */
  get size(): number {
    return SAMPLE_LABELS.reduce((sum, label) => sum + this.count(label), 0);
  }

  counts(): SampleCounts {
    const unsure = this.count(UNSURE);
    return {
      total: this.size - unsure,
      unsure,
      counts: Object.fromEntries(SAMPLE_LABELS.map((label) => [label, this.count(label)])),
    };
  }

  /** Those of one label, or of all, the newest first; files with names of their own come last. */
  newest(label: string | undefined, limit: number): Sample[] {
    const samples = (label === undefined ? SAMPLE_LABELS : [label]).flatMap((name) => [...this.#of(name).values()]);
    return samples.sort((a, b) => (b.at ?? -Infinity) - (a.at ?? -Infinity) || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  /** The one kept longest ago; what somebody has put there counts as new. */
  oldest(label: string): Sample | undefined {
    let oldest: Sample | undefined;
    for (const sample of this.#of(label).values())
      if (sample.at !== undefined && !(oldest && (oldest.at as number) <= sample.at)) oldest = sample;
    return oldest;
  }

  #of(label: string): Map<string, Sample> {
    return this.#labels.get(label) as Map<string, Sample>;
  }
}

async function* pngNames(folder: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(folder))
      if (name.endsWith('.png') && !name.startsWith('.')) yield name.slice(0, -'.png'.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
