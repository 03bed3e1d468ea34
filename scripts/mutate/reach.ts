import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestRun } from './copy';
import { at } from '../../lib/lists';

/** What V8 tells of a module: how often each of its functions and branches ran, characters of the compiled module. */
interface Script {
  url: string;
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

/** What a test file was seen to run. */
interface Seen {
  /** How long it takes, milliseconds. */
  time: number;
  /** Of the test file and of all that it loads, so that a change is noticed. */
  hash: string;
  /** Compiled modules of lib, e.g. `lib/digit.js`, with the characters that ran: from, to, from, to … */
  ran: Record<string, number[]>;
}

/** Runs a test file with V8's coverage written to a folder. */
type Learn = (testFile: string, coverage: string) => Promise<TestRun>;

/** Knows which tests run a place in lib, and how long they take. It is learnt once and kept in a file. */
export class Reach {
  readonly #seen: Map<string, Seen>;
  readonly #places = new Map<string, [source: number, compiled: number][]>();
  readonly #hashes = new Map<string, string>();

  /**
   * @param dist the build
   * @param cache the file that keeps what was learnt
   */
  constructor(
    private readonly dist: string,
    private readonly cache: string,
  ) {
    this.#seen = new Map(existsSync(cache) ? (JSON.parse(readFileSync(cache, 'utf8')) as [string, Seen][]) : []);
  }

  /**
   * Runs those of the test files that have changed, or what they load, since they were run last.
   * @param testFiles below the build, with slashes
   * @param place the copy of the build that they are run in
   * @param onLearn told of each file before it is run
   * @throws (rejects) Error where a test file fails as it is
   */
  async learn(
    testFiles: readonly string[],
    place: string,
    run: Learn,
    onLearn: (testFile: string) => void,
  ): Promise<void> {
    for (const name of this.#seen.keys()) if (!testFiles.includes(name)) this.#seen.delete(name);
    for (const testFile of testFiles) {
      const known = this.#seen.get(testFile);
      if (known?.hash === this.#hashOf(testFile, Object.keys(known?.ran ?? {}))) continue;
      onLearn(testFile);
      const folder = mkdtempSync(join(tmpdir(), 'reach-'));
      try {
        const { caught, time, output } = await run(testFile, folder);
        if (caught) throw new Error(`${testFile} fails without any fault:\n${output}`);
        const ran = ranOf(readCoverage(folder, place));
        this.#seen.set(testFile, { time, hash: this.#hashOf(testFile, Object.keys(ran)), ran });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      writeFileSync(this.cache, JSON.stringify([...this.#seen]));
    }
  }

  /**
   * @param file a source of lib
   * @param places characters of it
   * @returns the test files that run one of the places, and how long each takes, milliseconds
   */
  testsOf(file: string, places: readonly number[]): { testFile: string; time: number }[] {
    const module = file.replace(/\.ts$/, '.js');
    const compiled = places.map((place) => this.#compiledPlace(module, place));
    return [...this.#seen].flatMap(([testFile, { time, ran }]) =>
      compiled.some((place) => isWithin(ran[module] ?? [], place)) ? [{ testFile, time }] : [],
    );
  }

  /** Where a character of a source stands in its compiled module. */
  #compiledPlace(module: string, place: number): number {
    let places = this.#places.get(module);
    if (!places) this.#places.set(module, (places = placesOf(join(this.dist, module))));
    let found = 0;
    for (const [source, compiled] of places) {
      if (source > place) break;
      found = compiled;
    }
    return found;
  }

  #hashOf(testFile: string, modules: readonly string[]): string {
    const all = createHash('sha256');
    for (const file of [testFile, ...[...modules].sort()]) {
      const path = join(this.dist, file);
      let hash = this.#hashes.get(path);
      if (hash === undefined) {
        hash = existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
        this.#hashes.set(path, hash);
      }
      all.update(hash);
    }
    return all.digest('hex').slice(0, 16);
  }
}

/** Modules of lib that ran in any of a test file's processes and threads, with what V8 tells of them. */
function readCoverage(folder: string, place: string): Script[] {
  const base = `${pathToFileURL(place).href}/`;
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: Script[] };
    return result
      .filter(({ url }) => url.startsWith(`${base}lib/`))
      .map((script) => ({ ...script, url: script.url.slice(base.length) }));
  });
}

/** The characters that ran, by module. */
function ranOf(scripts: readonly Script[]): Record<string, number[]> {
  const modules = new Map<string, Uint8Array>();
  for (const { url, functions } of scripts) {
    const ranges = functions.flatMap((one) => one.ranges);
    // The widest first: what stands within another says more.
    ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
    const here = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
    for (const { startOffset, endOffset, count } of ranges) here.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    const known = modules.get(url);
    if (!known) modules.set(url, here);
    else here.forEach((ran, i) => (known[i] ||= ran));
  }
  return Object.fromEntries([...modules].map(([url, ran]) => [url, segmentsOf(ran)]));
}

function segmentsOf(ran: Uint8Array): number[] {
  const ends: number[] = [];
  for (let i = 0; i <= ran.length; i++) if ((ran[i] ?? 0) !== (ran[i - 1] ?? 0)) ends.push(i);
  return ends;
}

function isWithin(ends: readonly number[], place: number): boolean {
  return ends.findLastIndex((end) => end <= place) % 2 === 0;
}

/** Characters of a source and where each stands in the compiled module, by the source map, in the source's order. */
function placesOf(path: string): [source: number, compiled: number][] {
  const code = readFileSync(path, 'utf8');
  const payload = JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload;
  const source = readFileSync(join(path, '..', at(payload.sources, 0)), 'utf8');
  const map = new SourceMap(payload);
  const sourceLines = startsOf(source);
  const places: [number, number][] = [];
  startsOf(code).forEach((start, line, starts) => {
    for (let place = start; place < (starts[line + 1] ?? code.length); place++) {
      const entry = map.findEntry(line, place - start);
      if ('generatedLine' in entry && entry.generatedLine === line && entry.generatedColumn === place - start)
        places.push([at(sourceLines, entry.originalLine) + entry.originalColumn, place]);
    }
  });
  return places.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** Where each line of a text begins. */
function startsOf(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
