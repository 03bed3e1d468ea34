import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { noticeable } from '../../scripts/mutate/alike';
import { listMutants, mutated } from '../../scripts/mutate/mutants';
import { namedFaults } from '../../scripts/mutate/named';

const ROOT = join(__dirname, '..', '..', '..');

/** All ways in which a source may be made wrong. */
function faultsIn(text: string, file = 'lib/a.ts'): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const host = ts.createCompilerHost({});
  const program = ts.createProgram(
    [file],
    { noLib: true, types: [] },
    { ...host, getSourceFile: (name) => (name === file ? source : undefined) },
  );
  return listMutants(source, file, program.getTypeChecker()).map((mutant) => mutated(text, mutant));
}

describe('small faults', () => {
  it('are other comparisons, operators, numbers and calls, each alone', () => {
    assert.deepEqual(faultsIn('a < 1;'), ['a <= 1;', 'a >= 1;', 'a < 2;', 'a < 0;']);
    assert.deepEqual(faultsIn('const x = 1.5 * 20;').sort(), [
      'const x = 0.75 * 20;',
      'const x = 1.5 * 10;',
      'const x = 1.5 * 40;',
      'const x = 1.5 / 20;',
      'const x = 3 * 20;',
    ]);
    assert.deepEqual(faultsIn('const x = !a && b;'), ['const x = !a || b;', 'const x = a && b;']);
    assert.deepEqual(faultsIn('await f();'), [';', 'f();']);
    assert.deepEqual(faultsIn('const x = a ?? b;'), ['const x = b;']);
    assert.deepEqual(faultsIn('const x = Math.min(a, b);'), ['const x = Math.max(a, b);']);
  });

  it('leave texts alone that are put together, types, the words of errors, times, tables, and what pictures look like', () => {
    for (const text of [
      "const x = 'a' + 'b';",
      'type A = 1 | 2;',
      'throw new Error(`more than ${2}`);',
      '/** Milliseconds. */\nconst WAIT = 500;',
      'const TABLE = [1, 2, 3, 4, 5];',
    ])
      assert.deepEqual(faultsIn(text), [], text);
    assert.deepEqual(faultsIn('const x = 5;', 'lib/explain/sheet.ts'), []);
  });

  it('have names of their own', () => {
    const source = 'const x = 1.5 * 20 < 3 ? 4 : 5;';
    const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.ES2023, true);
    const ids = listMutants(file, 'a.ts', ts.createProgram([], {}).getTypeChecker()).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('that went unnoticed once are still where they were put', () => {
    const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
    const faults = namedFaults(textOf);
    for (const fault of faults) assert.notEqual(mutated(textOf(fault.file), fault), textOf(fault.file));
    assert.throws(() => namedFaults(() => 'other code'), /needs another pattern/);
  });

  it('that change nothing are still where they were', () => {
    assert.doesNotThrow(() => noticeable((file) => readFileSync(join(ROOT, file), 'utf8')));
    assert.throws(() => noticeable(() => 'other code'), /any more, of which it is said/);
  });
});
