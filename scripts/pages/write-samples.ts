import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { DATA, Pages, type Page } from './page';
import type { Part } from './part';

/**
 * What a script does that makes samples of pages; it is called with part, first seed, number of pages and file.
 * @param samplesOf a page: bytes that are written one after another
 */
export async function writeSamples(samplesOf: (page: Page, seed: number, part: Part) => Buffer[]): Promise<void> {
  const [part, first, count, out] = process.argv.slice(2) as [Part, string, string, string];
  const pages = await Pages.read(DATA, part);
  const stream = createWriteStream(out);
  for (let seed = Number(first), last = seed + Number(count); seed < last; seed++) {
    const samples = samplesOf(await pages.draw(seed), seed, part);
    for (const sample of samples) if (!stream.write(sample)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
