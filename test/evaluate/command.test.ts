import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photograph } from '../../support/drawn-pictures';
import { idx, packed } from '../../support/made-files';

describe('npm run evaluate', () => {
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
    // An upright stroke, said to be a 1 and a 4.
    const stroke = Uint8Array.from({ length: 784 }, (_, i) =>
      i % 28 >= 13 && i % 28 < 16 && i > 5 * 28 && i < 23 * 28 ? 255 : 0,
    );
    writeFileSync(join(folder, 'images.gz'), packed(idx(2051, [2, 28, 28], Buffer.concat([stroke, stroke]))));
    writeFileSync(join(folder, 'labels'), idx(2049, [2], Uint8Array.of(1, 4)));
    mkdirSync(join(folder, 'photos'));
    for (const text of ['4', '407']) writeFileSync(join(folder, 'photos', `${text}.jpg`), await photograph(text));
    writeFileSync(
      join(folder, 'photos', 'labels.csv'),
      'path,label,kind,notes,source\n4.jpg,4,single,,me\n407.jpg,407,multi,,me\n407.jpg,417,multi,,me\n',
    );
    writeFileSync(join(folder, 'photos', '9.png'), 'no picture');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const evaluate = (args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(__dirname, '../../scripts/evaluate.js'), ...args],
      {
        cwd: folder,
        env: { ...process.env, DIGITS_DATA: join(folder, 'none') },
        encoding: 'utf8',
      },
    );
    return { status, stdout, stderr };
  };
  const json = (args: string[]): Record<string, unknown> => {
    const { status, stdout, stderr } = evaluate([...args, '--json']);
    assert.deepEqual([status, stderr], [0, '']);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it('measures IDX files', () => {
    const { n, accuracy, confusion, threshold } = json([
      '--images',
      'images.gz',
      '--labels',
      'labels',
      '--precision',
      '0.5',
    ]);
    assert.deepEqual(
      [n, accuracy, (confusion as number[][])[4]![1], threshold],
      [2, 0.5, 1, { wanted: 0.5, minimumConfidence: 0, precision: 0.5, coverage: 1 }],
    );
  });

  it('measures photographs', () => {
    const { photographs, single, strings, wrong, threshold } = json(['--photos', 'photos', '--precision', '0.9']);
    assert.deepEqual([photographs, single, strings, (threshold as { wanted: number }).wanted], [3, 1, 0.5, 0.9]);
    assert.deepEqual(
      (wrong as { label: string; text: string }[]).map(({ label, text }) => [label, text]),
      [['417', '407']],
    );
  });

  it('measures those that are read right in every variant', () => {
    const { variants } = json(['--photos', 'photos', '--variants']) as {
      variants: Record<string, { photographs: number; right: number }>;
    };
    assert.ok(Object.keys(variants).length > 20, 'there are few variants');
    for (const [name, { photographs, right }] of Object.entries(variants)) {
      assert.equal(photographs, 2, name);
      assert.ok(right <= 2, name);
    }
    assert.equal(variants['turned by 5°']?.right, 2);
    assert.equal(variants['white on dark']?.right, 2);
  });

  it('measures labelled pictures, and names those that it skips', () => {
    const { n, accuracy, skipped } = json(['--samples', 'photos']);
    assert.deepEqual(
      [n, accuracy, (skipped as { file: string }[]).map(({ file }) => file)],
      [1, 1, ['407.jpg', '9.png']],
    );
  });

  it('prints tables for people', () => {
    const { status, stdout, stderr } = evaluate(['--images', 'images.gz', '--labels', 'labels']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^n +2\naccuracy +50\.00 %\n/);
    assert.match(stdout, /\n4 +· +1( +·)+\n/);
    assert.match(stdout, /minimumConfidence/);
  });

  const failures: [name: string, args: string[], status: number, error: RegExp][] = [
    ['pictures without labels', ['--images', 'images.gz'], 2, /^usage: npm run evaluate/],
    ['two things at once', ['--photos', 'photos', '--samples', 'photos'], 2, /^usage: npm run evaluate/],
    ['a file that is not there', ['--images', 'none', '--labels', 'labels'], 1, /^none cannot be read \(ENOENT\)\n$/],
    ['files that do not fit', ['--images', 'labels', '--labels', 'images.gz'], 1, /magic number 2051/],
    ['a folder without labels.csv', ['--photos', '.'], 1, /labels\.csv/],
    ['a model that is not there', ['--model', 'none', '--images', 'images.gz', '--labels', 'labels'], 1, /none/],
    [
      'a precision that is none',
      ['--photos', 'photos', '--precision', '99'],
      1,
      /^expected --precision to be a number from 0 to 1, got 99\n$/,
    ],
    ['no data', [], 1, /^there is no folder .*none; DIGITS_DATA names another one/],
    ['an option that there is not', ['--fast'], 1, /fast/],
  ];
  for (const [name, args, expected, error] of failures) {
    it(`fails on ${name}`, () => {
      const { status, stdout, stderr } = evaluate(args);
      assert.match(stderr, error);
      assert.deepEqual([status, stdout], [expected, '']);
    });
  }
});
