import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { photograph } from '../../support/drawn-pictures';

describe('npm run explain', () => {
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'explain-'));
    writeFileSync(join(folder, 'page.jpg'), await photograph('407'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const explain = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [join(__dirname, '../../scripts/explain.js'), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });

  it('writes a sheet into the current folder and says what was read', async () => {
    const { status, stdout } = explain(['page.jpg']);
    assert.equal(status, 0);
    assert.match(stdout, /^Read: 407, .*\n3 digits.*\npage-explained\.png\n$/);
    assert.deepEqual(readdirSync(folder).sort(), ['page-explained.png', 'page.jpg']);
    assert.equal((await sharp(join(folder, 'page-explained.png')).metadata()).format, 'png');
  });

  it('writes it where no font is installed, too', async () => {
    writeFileSync(join(folder, 'fonts.conf'), '<?xml version="1.0"?><fontconfig></fontconfig>');
    const { status } = explain(['page.jpg', '--out', 'bare.png'], { FONTCONFIG_FILE: join(folder, 'fonts.conf') });
    assert.equal(status, 0);
    assert.ok((await sharp(join(folder, 'bare.png')).metadata()).width > 1000);
  });

  const failures: [name: string, args: string[], status: number, error: RegExp][] = [
    ['no file', [], 2, /^usage: npm run explain/],
    ['a file that is not there', ['none.jpg'], 1, /^cannot read none\.jpg: there is no such file\n$/],
    ['a folder', ['.'], 1, /^cannot read \.: it is a folder\n$/],
    ['a file that is no picture', [__filename], 1, /^expected a picture/],
    [
      'a folder for the sheet that is not there',
      ['page.jpg', '--out', 'none/sheet.png'],
      1,
      /^cannot write none\/sheet\.png: there is no such folder\n$/,
    ],
    ['another format', ['page.jpg', '--out', 'sheet.jpg'], 1, /^expected --out to end in \.png, got sheet\.jpg\n$/],
    ['a model that is not there', ['page.jpg', '--model', 'none', '--out', 'failed.png'], 1, /none/],
  ];
  for (const [name, args, expected, error] of failures) {
    it(`fails on ${name}`, () => {
      const { status, stderr } = explain(args);
      assert.equal(status, expected, stderr);
      assert.match(stderr, error);
      assert.ok(!readdirSync(folder).some((file) => /failed|\.tmp$/.test(file)));
    });
  }
});
