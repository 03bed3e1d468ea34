// npm run fuzz [-- --only pictures,messages,models,data,broker,http] [--seconds N] [--seed N] [--cases N] [--case K]
// [--keep DIR] [--deadline N]: damaged and hostile input of all kinds. Prints a table; its exit status is 1 where
// something is not 0 that must be.
import { resolve, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runArea, type AreaResult } from './fuzz/area';
import { isClean, isTried, tableOf } from './fuzz/table';

/** How many cases each area has, unless told otherwise. */
const AREAS = { pictures: 10_000, messages: 2000, models: 2000, data: 1000, broker: 1000, http: 500 } as const;

/** Seconds within which everything has to be answered. */
const DEADLINE = 10;

const text = { type: 'string' } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: text, seconds: text, seed: text, cases: text, case: text, keep: text, deadline: text },
  });
  const seconds = wholeNumber('seconds', values.seconds);
  const cases = wholeNumber('cases', values.cases);
  const single = wholeNumber('case', values.case, 0);
  const seed = wholeNumber('seed', values.seed, 0) ?? 1;
  const deadline = wholeNumber('deadline', values.deadline) ?? DEADLINE;
  const results: AreaResult[] = [];
  for (const name of areasOf(values.only)) {
    const result = await runArea({
      name,
      script: join(__dirname, 'fuzz', `${name}.js`),
      seed,
      seconds,
      deadline: deadline * 1000,
      keep: values.keep && resolve(values.keep),
      ...(single === undefined ? { cases: cases ?? AREAS[name] } : { first: single, cases: cases ?? 1 }),
    });
    results.push(result);
    const wrong = Object.entries(result.faults)
      .map(([fault, count]) => `${count} ${fault}`)
      .join(', ');
    const tried = `${result.tried} tried in ${Math.round(result.seconds)} s, ${wrong || 'nothing wrong'}`;
    console.error(`${name}: ${result.skipped ?? tried}`);
  }
  console.log(`\n${tableOf(results, seed)}`);
  if (!results.every((result) => isClean(result) && isTried(result))) process.exitCode = 1;
}

function areasOf(only: string | undefined): (keyof typeof AREAS)[] {
  const known = Object.keys(AREAS) as (keyof typeof AREAS)[];
  return (
    only?.split(',').map((name) => {
      const area = known.find((each) => each === name);
      if (!area) throw new Error(`expected --only to name some of ${known.join(', ')}, got ${name}`);
      return area;
    }) ?? known
  );
}

function wholeNumber(name: string, value: string | undefined, least = 1): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!(Number.isInteger(number) && number >= least))
    throw new Error(`expected --${name} to be a whole number from ${least} on, got ${value}`);
  return number;
}

// What was started ends by itself when this process has gone; what was written goes now.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
