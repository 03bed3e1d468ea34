import { FAULTS, type Fault } from './case';
import type { AreaResult } from './area';

const MUST_BE_0 = Object.keys(FAULTS) as Fault[];
const COLUMNS: Record<Fault, string> = {
  crash: 'crashes',
  hang: 'hangs',
  wrong: 'wrong',
  outside: 'outside',
  unhandled: 'unhandled',
  unanswered: 'unanswered',
  unclear: 'unclear',
};

/** So many kinds of faults of an area are shown. */
const MOST_KINDS = 60;

/** Whether every column that must be 0 is. */
export function isClean({ faults }: AreaResult): boolean {
  return MUST_BE_0.every((fault) => !faults[fault]);
}

/** Only whoever has tried something, or says why not, can say that nothing was wrong. */
export function isTried({ tried, skipped }: AreaResult): boolean {
  return tried > 0 || skipped !== undefined;
}

/** The table, what the columns mean, the slowest cases, and each kind of fault with how to try it again. */
export function tableOf(results: readonly AreaResult[], seed: number): string {
  const heads = [
    'area',
    'tried',
    'refused',
    'accepted',
    ...MUST_BE_0.map((fault) => COLUMNS[fault]),
    'slowest',
    'most memory',
    'time',
  ];
  const rows = results.map((result) => [
    result.name,
    ...[result.tried, result.refused, result.accepted, ...MUST_BE_0.map((fault) => result.faults[fault] ?? 0)].map(
      String,
    ),
    `${(result.slowest.milliseconds / 1000).toFixed(1)} s`,
    `${Math.round(result.peak / 1e6)} MB`,
    `${Math.round(result.seconds)} s`,
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const again = (area: string, number: number, withNext: boolean): string =>
    `npm run fuzz -- --only ${area} --seed ${seed} --case ${number}${withNext ? ' --cases 2' : ''}`;
  return [
    line(heads),
    ...rows.map(line),
    ...results.flatMap(({ name, skipped }) => (skipped === undefined ? [] : [`${name} was skipped: ${skipped}`])),
    '',
    `Must be 0: ${MUST_BE_0.map((fault) => `${COLUMNS[fault]} (${FAULTS[fault]})`).join(', ')}.`,
    '',
    'The slowest case of each area:',
    ...results
      .filter(({ slowest }) => slowest.number >= 0)
      .map(({ name, slowest }) => `  ${name} ${slowest.number}: ${slowest.name}`),
    ...results.flatMap(({ name, kinds }) => [
      ...kinds
        .slice(0, MOST_KINDS)
        .flatMap(({ fault, detail, count, first, name: what, withNext }) => [
          '',
          `${name}, ${fault}, ${count}×: ${detail.split('\n').slice(0, 4).join('\n    ').slice(0, 600)}`,
          `    first: ${what.slice(0, 300)}`,
          `    again: ${again(name, first, withNext)}`,
        ]),
      ...(kinds.length > MOST_KINDS ? ['', `${name}: ${kinds.length - MOST_KINDS} more kinds of faults`] : []),
    ]),
  ].join('\n');
}
