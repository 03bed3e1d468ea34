// node constants.js [PAGES] [FIRST]: changes each constant of lib/threshold and lib/extract, one at a time, and counts
// on pages drawn to choose with what becomes of their digits. Prints the table of docs/constants.md.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import type { Component } from '../lib/extract/components';
import type * as Propose from '../lib/extract/propose';
import type * as Threshold from '../lib/threshold/threshold';
import { findConstants, withValue, type Constant } from './constants/find';
import { DATA, Pages, type Page } from './pages/page';
import { inkOf, labelOf } from './surroundings/label';

/** Each constant becomes so many times as large. Counts change by one at least. */
const FACTORS = [0.75, 4 / 3];

/** Sizes of what networks see, and numbers of rounds and samples: no limits. */
const NOT_LIMITS = new Set([
  'SURROUNDINGS_SIZE',
  'SURROUNDINGS_CHANNELS',
  'DIGIT_SIZE',
  'INK_SIZE',
  'PLAIN_MEASURES',
  'REACH@surroundings.js',
  'LEAST_REACH',
  'MOST_SAMPLES',
  'FINE',
  'CELL',
  'COARSE_SIDE',
  'SLOPES',
  'STEP@ruled-lines.js',
]);

interface Figures {
  /** Share of a page's digits that are among the likely shapes, and among all that networks judge; means of pages. */
  likely: number;
  proposed: number;
  /** Shapes that networks judge, a page. */
  shapes: number;
}

interface Sheet {
  page: Page;
  ink: Uint32Array;
  digits: number;
}

async function main(): Promise<void> {
  const [count = '200', first = '700000'] = process.argv.slice(2);
  const root = mkdtempSync(join(tmpdir(), 'constants-'));
  try {
    const lib = copyOfLib(root);
    const sheets = await drawSheets(Number(first), Number(count));
    const now = measure(lib, sheets);
    console.log(
      `| constant | value | ${FACTORS.map((factor) => `× ${factor.toFixed(2)}`).join(' | ')} |\n|---|---|---|---|`,
    );
    console.log(`| none changed | | ${row(now)} | |`);
    for (const constant of [join(lib, 'threshold'), join(lib, 'extract')].flatMap(findConstants)) {
      if (NOT_LIMITS.has(constant.name) || NOT_LIMITS.has(`${constant.name}@${basename(constant.file)}`)) continue;
      const cells = FACTORS.map((factor) => changes(now, measureWith(constant, factor, lib, sheets)));
      const name = `${constant.file
        .slice(lib.length + 1)
        .split(sep)
        .join('/')
        .replace(/\.js$/, '')} ${constant.name}`;
      console.log(`| ${name} | ${constant.text} | ${cells.join(' | ')} |`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A copy of the compiled lib in which constants may be changed. */
function copyOfLib(root: string): string {
  const project = join(__dirname, '..', '..');
  cpSync(join(project, 'dist', 'lib'), join(root, 'dist', 'lib'), { recursive: true });
  for (const name of ['node_modules', 'models', 'package.json']) symlinkSync(join(project, name), join(root, name));
  return join(root, 'dist', 'lib');
}

async function drawSheets(first: number, count: number): Promise<Sheet[]> {
  const pages = await Pages.read(DATA, 'choose');
  const sheets: Sheet[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const page = await pages.draw(seed);
    const digits = page.things.filter(({ kind }) => kind === 'digit').length;
    sheets.push({ page, ink: inkOf(page), digits });
  }
  return sheets;
}

function measureWith(constant: Constant, factor: number, lib: string, sheets: readonly Sheet[]): Figures {
  const code = readFileSync(constant.file, 'utf8');
  const { value } = constant;
  const isCount = Number.isInteger(value) && value > 1;
  const round = factor < 1 ? Math.floor : Math.ceil;
  writeFileSync(constant.file, withValue(code, constant, isCount ? round(value * factor) : value * factor));
  try {
    return measure(lib, sheets);
  } finally {
    writeFileSync(constant.file, code);
  }
}

function measure(lib: string, sheets: readonly Sheet[]): Figures {
  for (const name of Object.keys(require.cache)) if (name.startsWith(lib)) Reflect.deleteProperty(require.cache, name);
  // Loaded anew after each change.
  const { thresholdPicture } = require(join(lib, 'threshold', 'threshold.js')) as typeof Threshold;
  const { proposeShapes } = require(join(lib, 'extract', 'propose.js')) as typeof Propose;
  let withDigits = 0;
  let likely = 0;
  let proposed = 0;
  let shapes = 0;
  for (const sheet of sheets) {
    const found = proposeShapes(thresholdPicture(sheet.page.picture));
    const all = [...found.likely, ...found.doubtful];
    shapes += all.length;
    if (sheet.digits === 0) continue;
    withDigits++;
    likely += digitsAmong(found.likely, sheet) / sheet.digits;
    proposed += digitsAmong([...all, ...found.likely.flatMap(({ whole }) => whole ?? [])], sheet) / sheet.digits;
  }
  return { likely: likely / withDigits, proposed: proposed / withDigits, shapes: shapes / sheets.length };
}

/** How many digits of a page are whole among the shapes. */
function digitsAmong(shapes: readonly Component[], { page, ink }: Sheet): number {
  return new Set(shapes.flatMap((shape) => labelOf(shape, page, ink)?.thing ?? [])).size;
}

function row({ likely, proposed, shapes }: Figures): string {
  return `${(likely * 100).toFixed(1)} % · ${(proposed * 100).toFixed(1)} % · ${shapes.toFixed(1)}`;
}

function changes(before: Figures, after: Figures): string {
  const signed = (value: number): string =>
    `${value < -0.05 ? '−' : value < 0.05 ? '' : '+'}${Math.abs(value).toFixed(1)}`;
  const shares = [after.likely - before.likely, after.proposed - before.proposed].map((share) => share * 100);
  return [...shares, after.shapes - before.shapes].map(signed).join(' · ');
}

void main();
