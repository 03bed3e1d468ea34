// node dist/scripts/release.js v0.2.0: checks what is about to be published, and prints the release's notes.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Bytes of the packed package, at most. */
const MOST_BYTES = 4_000_000;

/** What must be in the package, and what must not. */
const NEEDED = ['package.json', 'README.md', 'LICENSE', 'THIRD_PARTY_NOTICES.txt', 'models/digits/model.json'];
const FORBIDDEN = /^(lib|nodes|test|bench|support|scripts|flows)\/|\.map$|(?<!\.d)\.ts$/;

interface Packed {
  size: number;
  files: { path: string }[];
}

/**
 * What the changelog says of a version.
 * @throws Error where it has no dated section of that version, or an empty one
 */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((each) => each.startsWith(`${version} – `) || each.startsWith(`[${version}] – `));
  if (!section) throw new Error(`expected CHANGELOG.md to have a section "## ${version} – YYYY-MM-DD", found none`);
  const [title = '', ...lines] = section.split('\n');
  if (!/– \d{4}-\d{2}-\d{2}$/.test(title)) throw new Error(`expected a date such as 2026-11-27, got "${title}"`);
  const notes = lines.join('\n').trim();
  if (notes === '') throw new Error(`expected notes for ${version} in CHANGELOG.md, found none`);
  return notes;
}

/** @throws Error naming what is wrong with the package */
export function checkPacked({ size, files }: Packed): void {
  const paths = files.map(({ path }) => path);
  const missing = NEEDED.filter((path) => !paths.includes(path));
  if (missing.length > 0) throw new Error(`expected the package to hold ${missing.join(', ')}`);
  const wrong = paths.filter((path) => FORBIDDEN.test(path));
  if (wrong.length > 0) throw new Error(`expected no sources in the package, got ${wrong.slice(0, 5).join(', ')}`);
  if (size > MOST_BYTES) throw new Error(`expected a package of at most ${MOST_BYTES} bytes, got ${size}`);
}

function main(tag = ''): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  if (tag !== `v${version}`) throw new Error(`expected the tag v${version}, as package.json says, got "${tag}"`);
  const notes = notesOf(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), version);
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' }).trim();
  if (changed !== '') throw new Error(`expected a clean working tree, got changes:\n${changed}`);
  // npm is a script on Windows, which only a shell starts; releases are made on Linux.
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: ROOT, encoding: 'utf8' });
  const [first] = JSON.parse(packed.slice(packed.indexOf('['))) as [Packed];
  checkPacked(first);
  console.log(notes);
}

if (require.main === module) {
  try {
    main(process.argv[2]);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
