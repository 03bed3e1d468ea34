// npm run mutate: puts small faults into lib, one at a time, and tells which of them no test notices.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../lib/random';
import { noticeable } from './mutate/alike';
import { Compiler } from './mutate/compiler';
import { Copy } from './mutate/copy';
import { mutated, type Mutant } from './mutate/mutants';
import { namedFaults } from './mutate/named';
import { Reach } from './mutate/reach';

const USAGE = `usage: npm run mutate -- [--count N] [--seed N] [--only FOLDER] [--mutant ID]… [--list] [--unnamed]

  --count N      so many faults, drawn evenly from lib's folders; default 100
  --seed N       other faults for every other whole number; default 1
  --jobs N       so many at a time; default 1
  --only FOLDER  a folder or file of lib, e.g. lib/extract
  --mutant ID    this fault, as a run or --list names it
  --list         all faults that may be drawn, none tried
  --unnamed      without those that went unnoticed once

Exit status 1 where fewer than 85 % are noticed, or one of those that went unnoticed once.`;

/** Share of the faults that tests have to notice. */
const WANTED = 0.85;

/** Tests of one fault take no longer than this together, as far as is known, milliseconds. */
const MOST_TIME = 40_000;

/** What a run may take beyond what is known, for a busy machine, milliseconds; and so many times as long. */
const MORE_TIME = 20_000;
const TIMES = 4;

/** The longest that a test may take while it is learnt what tests run, milliseconds. */
const LEARN_LIMIT = 600_000;

/** The build puts these into files with libraries of others: a change of the compiled module would not be run. */
const BUNDLED = new Set([
  'lib/engine/network.ts',
  'lib/engine/tensorflow-engine.ts',
  'lib/fleet/mqtt.ts',
  'lib/models/keras/hdf5.ts',
  'lib/train/engine/convolutions.ts',
  'lib/train/engine/wasm-kernels.ts',
  'lib/train/engine/wasm-tensorflow.ts',
]);

const ROOT = join(__dirname, '..', '..');
const DIST = join(ROOT, 'dist');

interface Outcome {
  mutant: Mutant;
  caught: boolean;
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: {
      count: { ...text, default: '100' },
      seed: { ...text, default: '1' },
      jobs: { ...text, default: '1' },
      only: { ...text, default: 'lib' },
      mutant: { ...text, multiple: true },
      list: flag,
      unnamed: flag,
      help: flag,
    },
  });
  const count = Number(values.count);
  const seed = Number(values.seed);
  const jobs = Number(values.jobs);
  if (values.help || ![count, seed, jobs].every(Number.isInteger) || jobs < 1) {
    if (!values.help) process.exitCode = 2;
    console.error(USAGE);
    return;
  }
  const compiler = new Compiler(ROOT);
  const named = namedFaults((file) => compiler.textOf(file));
  const isWanted = (file: string): boolean => file === values.only || file.startsWith(`${values.only}/`);
  const all = compiler
    .mutantsOf(compiler.files.filter((file) => isWanted(file) && !BUNDLED.has(file)))
    .filter(noticeable((file) => compiler.textOf(file)));
  if (values.list) {
    for (const mutant of [...named, ...all]) console.log(`${mutant.id}  ${change(mutant, compiler)}`);
    return;
  }
  const chosen = values.mutant?.map((id) => found([...named, ...all], id));
  const drawn = chosen ?? draw(all, count, new Random(seed), (mutant) => compiler.takes(mutant));
  const tried = chosen || values.unnamed ? drawn : [...named.filter(({ file }) => isWanted(file)), ...drawn];
  const outcomes = await tryAll(tried, compiler, jobs);
  if (!report(outcomes, compiler)) process.exitCode = 1;
}

function found(mutants: readonly Mutant[], id: string): Mutant {
  const mutant = mutants.find((one) => one.id === id);
  if (!mutant) throw new Error(`there is no fault ${id}; --list names them all`);
  return mutant;
}

/** Draws so many that the compiler takes, from each folder about as many. */
function draw(all: readonly Mutant[], count: number, random: Random, takes: (mutant: Mutant) => boolean): Mutant[] {
  let folders = groups(all, folderOf);
  const drawn: Mutant[] = [];
  while (drawn.length < count && folders.length > 0) {
    for (const left of folders) {
      let mutant: Mutant | undefined;
      do [mutant] = left.splice(random.below(left.length), 1) as (Mutant | undefined)[];
      while (mutant && !takes(mutant));
      if (mutant && drawn.length < count) drawn.push(mutant);
    }
    folders = folders.filter(({ length }) => length > 0);
  }
  return drawn;
}

/** The folder of lib that a fault is in, e.g. `lib/train`. */
const folderOf = ({ file }: Mutant): string => file.split('/').slice(0, -1).slice(0, 2).join('/');

async function tryAll(mutants: readonly Mutant[], compiler: Compiler, jobs: number): Promise<Outcome[]> {
  const copy = new Copy(ROOT);
  const copies = [copy, ...Array.from({ length: jobs - 1 }, () => new Copy(ROOT))];
  process.once('SIGINT', () => {
    for (const each of copies) each.remove();
    process.exit(130);
  });
  try {
    checkBuild(compiler, mutants);
    const reach = new Reach(DIST, join(DIST, 'mutate-reach.json'));
    await reach.learn(
      testFiles(),
      join(copy.project, 'dist'),
      (testFile, coverage) =>
        copy.run([join('dist', testFile)], { testLimit: LEARN_LIMIT, limit: LEARN_LIMIT, coverage }),
      (testFile) => {
        console.log(`learning what ${testFile} runs`);
      },
    );
    const outcomes: Outcome[] = [];
    const left = [...mutants];
    const work = async (own: Copy): Promise<void> => {
      for (let mutant = left.shift(); mutant; mutant = left.shift()) {
        const tests = testsFor(mutant, reach, compiler);
        const caught = tests.length > 0 && (await isCaught(mutant, tests, compiler, own));
        outcomes.push({ mutant, caught });
        console.log(`${outcomes.length}/${mutants.length} ${caught ? 'noticed ' : 'SURVIVES'} ${mutant.id}`);
      }
    };
    await Promise.all(copies.map(work));
    return outcomes;
  } finally {
    for (const each of copies) each.remove();
  }
}

/** @throws Error where the build is older than the sources */
function checkBuild(compiler: Compiler, mutants: readonly Mutant[]): void {
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    const path = join(DIST, moduleOf(file));
    const built = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (built.replace(/\/\/# sourceMappingURL=.*\s*$/, '') !== compiler.compile(file, compiler.textOf(file)))
      throw new Error(`${file} has changed since the build; npm run build makes it anew`);
  }
}

const moduleOf = (file: string): string => file.replace(/\.ts$/, '.js');

/** The tests of lib: those in the folders that are named as its folders are, and beside them. */
function testFiles(): string[] {
  const folders = readdirSync(join(DIST, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = readdirSync(join(DIST, 'test')).filter((name) =>
    existsSync(join(DIST, 'lib', name.replace('.test', ''))),
  );
  return [...folders.map(({ name }) => `test/${name}`), 'test']
    .filter((folder) => existsSync(join(DIST, folder)))
    .flatMap((folder) => readdirSync(join(DIST, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.test.js') && (path.split('/').length > 2 || own.includes(path.slice(5))));
}

/**
 * The tests that may notice a fault, the likeliest first: the one of the module's name, its folder's, the quick ones.
 */
function testsFor(mutant: Mutant, reach: Reach, compiler: Compiler): { testFile: string; time: number }[] {
  const uses = compiler.usesOf(mutant);
  const own = mutant.file.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.js');
  const folder = own.split('/').slice(0, 2).join('/');
  const rank = (testFile: string): number => (testFile === own ? 0 : testFile.startsWith(`${folder}/`) ? 1 : 2);
  const tests = reach
    .testsOf(mutant.file, uses.length > 0 ? uses : [mutant.start])
    .sort((a, b) => rank(a.testFile) - rank(b.testFile) || a.time - b.time);
  let time = 0;
  return tests.filter((test, i) => (time += test.time) <= MOST_TIME || i === 0);
}

async function isCaught(
  mutant: Mutant,
  tests: readonly { testFile: string; time: number }[],
  compiler: Compiler,
  copy: Copy,
): Promise<boolean> {
  const code = compiler.compile(mutant.file, mutated(compiler.textOf(mutant.file), mutant));
  const times = tests.map(({ time }) => time);
  const { caught } = await copy.with(join('dist', moduleOf(mutant.file)), code, () =>
    copy.run(
      tests.map(({ testFile }) => join('dist', testFile)),
      {
        testLimit: Math.max(...times) * TIMES + MORE_TIME,
        limit: times.reduce((a, b) => a + b) * TIMES + MORE_TIME,
      },
    ),
  );
  return caught;
}

/** Prints what survives and how many do; tells whether few enough do. */
function report(outcomes: readonly Outcome[], compiler: Compiler): boolean {
  const survivors = outcomes.filter(({ caught }) => !caught).map(({ mutant }) => mutant);
  for (const mutant of survivors) console.log(`\n${mutant.id}\n  ${change(mutant, compiler)}`);
  console.log('\n| folder | noticed | of |\n|---|---|---|');
  const drawn = outcomes.filter(({ mutant }) => mutant.kind !== 'named');
  for (const ofFolder of groups(drawn, ({ mutant }) => folderOf(mutant))) {
    const [folder] = ofFolder.map(({ mutant }) => folderOf(mutant));
    console.log(`| ${folder} | ${ofFolder.filter(({ caught }) => caught).length} | ${ofFolder.length} |`);
  }
  const named = survivors.filter(({ kind }) => kind === 'named');
  const share = drawn.length === 0 ? 1 : drawn.filter(({ caught }) => caught).length / drawn.length;
  console.log(`| all | ${(share * 100).toFixed(1)} % | ${drawn.length} |`);
  if (outcomes.length > drawn.length)
    console.log(`Of ${outcomes.length - drawn.length} that went unnoticed once, ${named.length} still do.`);
  return share >= WANTED && named.length === 0;
}

/** Things by a name that each has, by that name. */
function groups<T>(things: readonly T[], nameOf: (thing: T) => string): T[][] {
  const byName = new Map<string, T[]>();
  for (const thing of things) byName.set(nameOf(thing), [...(byName.get(nameOf(thing)) ?? []), thing]);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** The line as it is and with the fault in it. */
function change(mutant: Mutant, compiler: Compiler): string {
  const text = compiler.textOf(mutant.file);
  const from = text.lastIndexOf('\n', mutant.start) + 1;
  const to = (text.indexOf('\n', mutant.end) + 1 || text.length + 1) - 1;
  const after = text.slice(from, mutant.start) + mutant.replacement + text.slice(mutant.end, to);
  const short = (line: string): string => line.trim().replace(/\s+/g, ' ');
  return `${short(text.slice(from, to))}  →  ${short(after)}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
