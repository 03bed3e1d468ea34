import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** A photograph whose content is known: one line of `labels.csv` (path,label,kind,notes,source,…). */
export interface LabelledPhoto {
  /** Relative to the folder. */
  path: string;
  /** The digits in reading order, lines of writing one after the other; "" where there is none. */
  label: string;
  kind: 'single' | 'multi' | 'negative';
  /** Who took it; results are averaged over sources, because one writer may have sent half of the pictures. */
  source: string;
  notes: string;
}

/** What the product made of it. */
export interface PhotoResult extends LabelledPhoto {
  /** Without white space. */
  text: string;
  /** 0 to 1. */
  confidence: number;
  /** Whether the filter's default settings let it pass. */
  accepted: boolean;
}

/** Shares from 0 to 1; NaN where there was nothing to measure. */
export interface PhotoFigures {
  photographs: number;
  /** One digit: right, the same averaged over sources, let pass by the filter, and right of those. */
  single: number;
  macro: number;
  coverage: number;
  precision: number;
  /** Several digits: exactly right, and wrong, missing or additional digits by the number of digits. */
  strings: number;
  digitErrors: number;
  /** No digit, but one was accepted: on pictures without writing and on those with other writing. */
  falseBlank: number;
  falseWriting: number;
  /** Single digits right, by source. */
  bySource: Record<string, { right: number; of: number }>;
}

/**
 * Reads `labels.csv` of a folder of photographs.
 * @throws Error naming the file and the column that is missing
 */
export async function readPhotoLabels(folder: string): Promise<LabelledPhoto[]> {
  const file = join(folder, 'labels.csv');
  const rows = parse<Partial<Record<string, string>>>(await readFile(file, 'utf8'), {
    columns: true,
    skip_empty_lines: true,
    bom: true,
  });
  return rows.map((row, i) => {
    const { path, label, kind, source = '', notes = '' } = row;
    if (!path || label === undefined || (kind !== 'single' && kind !== 'multi' && kind !== 'negative')) {
      throw new Error(
        `expected a path, a label and a kind (single, multi or negative) in line ${i + 2} of ${file}, got ` +
          JSON.stringify(row),
      );
    }
    return { path, label, kind, source, notes };
  });
}

export function isRight({ text, label }: PhotoResult): boolean {
  return text === label;
}

export function photoFigures(results: PhotoResult[]): PhotoFigures {
  const single = results.filter(({ kind }) => kind === 'single');
  const multi = results.filter(({ kind }) => kind === 'multi');
  const negative = results.filter(({ kind }) => kind === 'negative');
  const hasWriting = ({ notes }: PhotoResult) => /^handwritten/i.test(notes);
  const found = ({ accepted, text }: PhotoResult) => accepted && text !== '';
  const sources: Record<string, PhotoResult[]> = {};
  for (const result of single) (sources[result.source] ??= []).push(result);
  const accepted = single.filter(found);
  return {
    photographs: results.length,
    single: share(single, isRight),
    macro: mean(Object.values(sources).map((list) => share(list, isRight))),
    coverage: accepted.length / single.length,
    precision: share(accepted, isRight),
    strings: share(multi, isRight),
    digitErrors:
      sum(multi.map(({ text, label }) => editDistance(text, label))) / sum(multi.map(({ label }) => label.length)),
    falseBlank: share(
      negative.filter((photo) => !hasWriting(photo)),
      found,
    ),
    falseWriting: share(negative.filter(hasWriting), found),
    bySource: Object.fromEntries(
      Object.entries(sources).map(([source, list]) => [
        source,
        { right: list.filter(isRight).length, of: list.length },
      ]),
    ),
  };
}

/** Levenshtein distance (1966): the least number of characters to change, add or take away. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let left = i;
    let aboveLeft = i - 1;
    row = row.map((above, j) => {
      if (j > 0) left = Math.min(left + 1, above + 1, aboveLeft + (a[i - 1] === b[j - 1] ? 0 : 1));
      aboveLeft = above;
      return left;
    });
  }
  return row.at(-1) ?? 0;
}

function share<T>(list: T[], test: (item: T) => boolean): number {
  return list.filter(test).length / list.length;
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function mean(values: number[]): number {
  return sum(values) / values.length;
}
