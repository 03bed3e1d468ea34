// npm run coverage: runs the tests of lib and tells, by folder, which share of its branches they take. What follows the
// name goes to mocha.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';

/** Share of lib's branches that its tests have to take, percent. */
const WANTED = 90;

/** The build makes one file of each of these, with libraries of others. */
const BUNDLES = [
  'dist/lib/engine/tensorflow-engine.js',
  'dist/lib/fleet/mqtt.js',
  'dist/lib/models/keras/hdf5.js',
  'dist/lib/train/engine/wasm-tensorflow.js',
];

const ROOT = join(__dirname, '..', '..');

/** What c8 tells of a source. */
interface Summary {
  branches: { total: number; covered: number };
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  try {
    const raw = join(folder, 'raw');
    const mocha = [require.resolve('mocha/bin/mocha.js'), '--ignore', othersThanLib(), ...process.argv.slice(2)];
    const tests = node(mocha, { NODE_V8_COVERAGE: raw });
    const report = node([
      require.resolve('c8/bin/c8.js'),
      'report',
      ...['--temp-directory', raw, '--reports-dir', folder, '--reporter', 'json-summary'],
      ...['--include', 'dist/lib/**', ...BUNDLES.flatMap((bundle) => ['--exclude', bundle])],
    ]);
    if (report !== 0) throw new Error(`c8 ended with exit status ${report}`);
    const share = print(
      JSON.parse(readFileSync(join(folder, 'coverage-summary.json'), 'utf8')) as Record<string, Summary> & {
        total: Summary;
      },
    );
    if (share < WANTED)
      console.error(`${share.toFixed(1)} % of the branches of lib are tested, ${WANTED} % are wanted`);
    process.exitCode = tests !== 0 || share < WANTED ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A pattern of the test files that are not of lib: those in folders of other names than lib's, and beside them. */
function othersThanLib(): string {
  const own = new Set(readdirSync(join(ROOT, 'lib')).map((name) => name.replace(/\.ts$/, '')));
  const others = readdirSync(join(ROOT, 'dist', 'test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.test.js'))
    .filter(({ name }) => !own.has(name.replace('.test.js', '')))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name));
  return `dist/test/{${others.join(',')}}`;
}

/** @returns the exit status */
function node(args: string[], env: NodeJS.ProcessEnv = {}): number | null {
  return spawnSync(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'inherit' }).status;
}

/** Prints the table and tells the share of all, percent. */
function print({ total, ...files }: Record<string, Summary> & { total: Summary }): number {
  const folders = new Map<string, { total: number; covered: number }>();
  for (const [path, { branches }] of Object.entries(files)) {
    const name = relative(ROOT, path).split(sep).slice(0, -1).slice(0, 2).join('/');
    const sum = folders.get(name) ?? { total: 0, covered: 0 };
    folders.set(name, { total: sum.total + branches.total, covered: sum.covered + branches.covered });
  }
  const line = (name: string, of: { total: number; covered: number }): void => {
    console.log(`| ${name} | ${percent(of).toFixed(1)} | ${of.covered} | ${of.total} |`);
  };
  console.log('\n| folder | branches, % | taken | of |\n|---|---|---|---|');
  for (const [name, sum] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) line(name, sum);
  line('all', total.branches);
  return percent(total.branches);
}

const percent = ({ total, covered }: { total: number; covered: number }): number =>
  total === 0 ? 100 : (covered / total) * 100;

if (existsSync(join(ROOT, 'dist', 'test'))) main();
else throw new Error('the tests are not built; npm run build does it');
