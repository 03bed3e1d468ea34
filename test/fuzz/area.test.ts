import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runArea, type AreaResult } from '../../bench/fuzz/area';
import { Dice } from '../../bench/fuzz/dice';
import { isClean, isTried, tableOf } from '../../bench/fuzz/table';
import { COLUMN, PLANTED } from './planted';
import { MESSAGES } from './planted-messages';

/** By this seed, so many cases have every kind among them. */
const SEED = 2;
const CASES = 19;

/** What a case that is not to hang may take on a slow machine, milliseconds. */
const DEADLINE = 4000;

const options = { name: 'planted', script: join(__dirname, 'planted.js'), seed: SEED, deadline: DEADLINE };

function counted(columns: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const column of columns) counts[column] = (counts[column] ?? 0) + 1;
  return counts;
}

describe('the fuzzer', () => {
  let result: AreaResult;
  let folder: string;
  const planted = Array.from({ length: CASES }, (_, number) => Dice.of('planted', SEED, number).pick(PLANTED));

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kept-'));
    result = await runArea({ ...options, cases: CASES, keep: folder });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('counts planted hangs, crashes, wrong results and unclear errors, and goes on', () => {
    assert.deepEqual(new Set(planted), new Set(PLANTED), 'every kind is among the cases');
    const wanted = counted(planted.map((kind) => COLUMN[kind]));
    const { accepted = 0, refused = 0, ...faults } = wanted;
    assert.equal(result.tried, CASES);
    assert.deepEqual(result.faults, faults);
    // Findings do not hide what else a case came to; those that died or hung came to nothing.
    const all = (kinds: string[]): number => planted.filter((kind) => kinds.includes(kind)).length;
    assert.equal(result.accepted, accepted + all(['notANumber', 'unhandled']));
    assert.equal(result.refused, refused + all(['mute', 'internal', 'otherClass', 'thrown', 'deadWorker']));
  });

  it('keeps the first input of each kind, with its name', () => {
    assert.equal(readdirSync(folder).length, 2 * new Set(result.kinds.map(({ first }) => first)).size);
  });

  it('says how to try each again, and that not all is well', () => {
    const table = tableOf([result], SEED);
    for (const { first } of result.kinds)
      assert.ok(table.includes(`npm run fuzz -- --only planted --seed ${SEED} --case ${first}`));
    assert.equal(isClean(result), false);
  });

  it('makes the same case again from its number alone', async () => {
    const number = planted.indexOf('good');
    const again = await runArea({ ...options, first: number, cases: 1 });
    assert.equal(again.slowest.name, `good ${nameOf(number)}`);
    assert.ok(isClean(again) && isTried(again));
    const other = await runArea({ ...options, seed: SEED + 1, first: number, cases: 1 });
    assert.notEqual(other.slowest.name, again.slowest.name);
  });

  it('blames a case for the hang of the next one, which alone is answered', async () => {
    const script = join(__dirname, 'planted-aftermath.js');
    const { faults, kinds } = await runArea({ ...options, script, cases: 2 });
    assert.deepEqual(faults, { hang: 1 });
    assert.deepEqual([kinds.length, kinds[0]!.first, kinds[0]!.withNext], [1, 0, true]);
  });

  it('does not take an area that has tried nothing for a good one', async () => {
    const nothing = await runArea({ ...options, cases: 0 });
    assert.equal(isTried(nothing), false);
  });

  it('counts messages that are neither sent on, nor done, nor failed, files outside, and what nodes send', async () => {
    const cases = 6;
    const seed = 7;
    const payloads = Object.keys(MESSAGES);
    const sent = Array.from({ length: cases }, (_, number) => Dice.of('planted messages', seed, number).pick(payloads));
    assert.deepEqual(new Set(sent), new Set(payloads));
    const { faults, tried } = await runArea({
      name: 'planted messages',
      script: join(__dirname, 'planted-messages.js'),
      seed,
      cases,
      deadline: 60_000,
    });
    const { refused, ...wanted } = counted(sent.map((payload) => MESSAGES[payload]!));
    assert.ok(refused! > 0);
    assert.equal(tried, cases);
    assert.deepEqual(faults, wanted);
  });
});

function nameOf(number: number): number {
  const dice = Dice.of('planted', SEED, number);
  dice.pick(PLANTED);
  return dice.whole(0, 1e9);
}
