import { NOT_A_DIGIT } from '../../lib/digit';

/** Numbers that are no shares, also where they are 0 or 1. */
const COUNTS = new Set(['n', 'photographs', 'acceptedButWrong', 'digitsPerSecond']);

/** Prints figures for people: numbers as lines, what has several as tables. */
export function printFigures(figures: object): void {
  for (const [name, value] of Object.entries(figures) as [string, unknown][]) {
    if (name === 'confusion') {
      printConfusion(value as number[][]);
    } else if (Array.isArray(value) && value.every((entry) => typeof entry === 'number')) {
      console.log(name.padEnd(18), value.map((entry: number, i) => `${i}: ${percent(entry)}`).join('  '));
    } else if (typeof value === 'object' && value !== null) {
      console.log(`${name}:`);
      console.table(rounded(Object.values(value).some((inner) => typeof inner === 'object') ? value : [value]));
    } else {
      console.log(
        name.padEnd(18),
        typeof value !== 'number' ? value : value <= 1 && !COUNTS.has(name) ? percent(value) : Math.round(value),
      );
    }
  }
}

function printConfusion(confusion: number[][]): void {
  const nameOf = (label: number): string => (label === NOT_A_DIGIT ? 'none' : String(label));
  const row = (head: string, cells: string[]): string =>
    head.padEnd(6) + cells.map((text) => text.padStart(6)).join('');
  console.log('confusion: a row for what it is, a column for what was read');
  console.log(
    row(
      '',
      (confusion.at(0) ?? []).map((_, read) => nameOf(read)),
    ),
  );
  confusion.forEach((counts, label) => {
    console.log(
      row(
        nameOf(label),
        counts.map((count) => (count === 0 ? '·' : String(count))),
      ),
    );
  });
}

/** A copy of what a table shows, without decimals that nobody needs. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(5));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, rounded(inner)] as const);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function percent(share: number | null): string {
  return share === null || Number.isNaN(share) ? '–' : `${(100 * share).toFixed(2)} %`;
}
