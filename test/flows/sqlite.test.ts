import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photograph } from '../../support/drawn-pictures';
import { Example, findCollection, until, type FlowNode } from './example';

const NAME = 'node-red-node-sqlite/Save to a database';
const COLLECTION = 'node-red-node-sqlite';

interface Row {
  frame: string;
  at: string;
  text: string;
  confidence: number;
  accepted: boolean;
  crop: string;
}
interface Database {
  exec(sql: string, done: (error: Error | null) => void): void;
  close(done: () => void): void;
}

describe(`the example "${NAME}"`, () => {
  const collection = findCollection(COLLECTION);
  let folder: string | undefined;
  let file = '';
  let example: Example | undefined;
  let running: Example;

  const day = async (): Promise<Row[]> => (await fetch(`${running.url}/digits/day`)).json() as Promise<Row[]>;
  const saved = async (text: string): Promise<Row> =>
    until(
      async () => (await day()).find((row) => row.text === text),
      () => `${text} in the database`,
    );

  before(async function () {
    if (!collection) return this.skip();
    folder = await mkdtemp(join(tmpdir(), 'inkcam-database-'));
    file = join(folder, 'digits.db');
    const more = (nodes: FlowNode[]): void => {
      const z = nodes.find(({ type }) => type === 'tab')?.id ?? '';
      const database = nodes.find(({ type }) => type === 'sqlitedb');
      if (database) database.db = file;
      for (const node of nodes.filter(({ type }) => type === 'delay')) node.timeout = '1';
      // Something to make the database small with, by the flow's own connection.
      nodes.push(
        { id: 'in', z, type: 'http in', url: '/pragma', method: 'get', wires: [['small']] },
        {
          id: 'small',
          z,
          type: 'change',
          rules: [
            { t: 'set', p: 'topic', pt: 'msg', to: '"PRAGMA max_page_count = " & payload.pages', tot: 'jsonata' },
          ],
          wires: [['pragma']],
        },
        { id: 'pragma', z, type: 'sqlite', mydb: database?.id, sqlquery: 'msg.topic', sql: '', wires: [['out']] },
        { id: 'out', z, type: 'http response', wires: [] },
      );
    };
    running = example = await Example.start(NAME, { collections: { [COLLECTION]: collection }, change: more });
    return undefined;
  });
  after(async () => {
    await example?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('has nothing to tell before the first reading', async () => {
    assert.deepEqual(await day(), []);
  });

  it('saves every reading with time, confidence and the picture of its digits', async () => {
    await running.capture(await photograph('407'));
    const { at, confidence, accepted, crop, ...row } = await saved('407');
    assert.deepEqual(Object.keys(row), ['frame', 'text']);
    assert.equal(new Date(at).toISOString(), at);
    assert.ok(confidence >= 0.8 && confidence <= 1 && accepted);
    const bytes = Buffer.from(crop.replace(/^data:image\/bmp;base64,/, ''), 'base64');
    const width = bytes.readInt32LE(18);
    const height = bytes.readInt32LE(22);
    const offset = bytes.readInt32LE(10);
    assert.deepEqual([bytes.toString('latin1', 0, 2), width, height, bytes.length], ['BM', 84, 28, offset + 84 * 28]);
    // White ink in each of the three digits, and nothing at the top and the bottom.
    const pixel = (x: number, y: number): number => bytes[offset + (height - 1 - y) * width + x]!;
    for (let digit = 0; digit < 3; digit++) {
      let most = 0;
      for (let i = 0; i < 28 * 28; i++) most = Math.max(most, pixel(28 * digit + (i % 28), Math.floor(i / 28)));
      assert.ok(most > 200);
    }
    for (let x = 0; x < width; x++) assert.equal(pixel(x, 0) + pixel(x, height - 1), 0);
    assert.ok(existsSync(file));
  });

  it('saves nothing for an empty sheet', async () => {
    await running.capture(await photograph(''));
    await running.capture(await photograph('7'));
    await saved('7');
    assert.deepEqual(
      (await day()).map(({ text }) => text),
      ['7', '407'],
    );
  });

  it('goes on while the database is locked, says so, and saves it then', async () => {
    const { Database: Open } = require(require.resolve('sqlite3', { paths: [collection ?? ''] })) as {
      Database: new (path: string) => Database;
    };
    const other = new Open(file);
    const execute = (sql: string): Promise<void> =>
      new Promise((resolve, reject) => {
        other.exec(sql, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    await execute('BEGIN EXCLUSIVE');
    await running.prints(/\[debug:database\] not saved \(.*SQLITE_BUSY.*\): 1 waiting/, async () => {
      await running.capture(await photograph('38'));
    });
    await running.reads(await photograph('2'), '2');
    const asked = await fetch(`${running.url}/digits/day`);
    assert.equal(asked.status, 503);
    assert.match(((await asked.json()) as { error: string }).error, /SQLITE_BUSY/);
    await running.prints(/\[debug:database\] saved again/, () => execute('COMMIT'));
    await new Promise<void>((resolve) => {
      other.close(() => {
        resolve();
      });
    });
    for (const text of ['38', '2']) await saved(text);
  });

  it('goes on while the disk is full, says so, and saves it then', async () => {
    await fetch(`${running.url}/pragma?pages=1`);
    await running.prints(/\[debug:database\] not saved \(.*SQLITE_FULL.*\): \d waiting/, async () => {
      for (const text of ['38', '407', '2']) await running.reads(await photograph(text, { seed: 9 }), text);
    });
    const before = (await day()).length;
    await fetch(`${running.url}/pragma?pages=100000`);
    await until(
      async () => (await day()).length > before,
      () => 'more rows',
    );
    await until(
      async () => (await day()).length === 7,
      () => 'all rows',
    );
  });
});
