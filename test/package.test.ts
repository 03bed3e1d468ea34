import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { photograph } from '../support/drawn-pictures';
import { freePort, Program } from '../support/processes';
import { writeAsMnist } from './train/data-folders';
import { drawnSet } from './train/drawn-set';

const ROOT = join(__dirname, '../..');
const NAME = '@inkcam/node-red-digits';
const run = promisify(execFile);

/** npm, wherever it is: under `npm test` it says so itself. */
const npm = (args: string[], cwd: string): Promise<{ stdout: string }> => {
  const cli = process.env.npm_execpath;
  return cli ? run(process.execPath, [cli, ...args], { cwd }) : run('npm', args, { cwd });
};

interface NodeSet {
  module: string;
  types: string[];
  enabled: boolean;
  err?: string;
}

describe('the packed collection, installed into Node-RED', () => {
  let folder: string;
  let address: string;
  let nodeRed: Program | undefined;

  const get = async (path: string): Promise<unknown> =>
    (await fetch(address + path, { headers: { accept: 'application/json' } })).json();

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'inkcam-package-'));
    const user = join(folder, 'user');
    await mkdir(user);
    await writeFile(join(user, 'package.json'), '{ "name": "user-folder", "private": true }');
    const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT);
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    try {
      await npm(
        [
          'install',
          '--omit=dev',
          '--engine-strict',
          '--ignore-scripts',
          '--prefer-offline',
          '--no-audit',
          '--no-fund',
          join(folder, filename),
        ],
        user,
      );
    } catch (error) {
      // Without a network there are no dependencies to install.
      if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENOTCACHED|ETIMEDOUT/.test(String(error))) this.skip();
      throw error;
    }
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    await writeFile(
      join(user, 'settings.js'),
      `module.exports = { uiHost: '127.0.0.1', uiPort: ${port}, flowFile: 'flows.json', telemetry: { enabled: false ` +
        '} };',
    );
    await writeFile(join(user, 'flows.json'), '[]');
    nodeRed = new Program([require.resolve('node-red/red.js'), '--userDir', user]);
    await nodeRed.answers(`${address}/settings`);
    await nodeRed.prints(/Started flows/);
  });

  after(async () => {
    await nodeRed?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loads every node type', async () => {
    const sets = ((await get('/nodes')) as NodeSet[]).filter(({ module }) => module === NAME);
    const wanted = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      'node-red': { nodes: Record<string, string> };
    };
    assert.deepEqual(
      sets.filter(({ enabled, err }) => !enabled || err),
      [],
    );
    assert.deepEqual(sets.flatMap(({ types }) => types).sort(), Object.keys(wanted['node-red'].nodes).sort());
  });

  it('gives the settings file its limit on bodies', () => {
    const { limitBodies } = createRequire(join(folder, 'user', 'settings.js'))(NAME) as { limitBodies: () => object };
    assert.deepEqual(Object.keys(limitBodies()), ['httpAdminMiddleware', 'httpNodeMiddleware']);
  });

  it('is a library with types, used as docs/library.md shows', async function () {
    this.timeout(300_000);
    const docs = await readFile(join(ROOT, 'docs', 'library.md'), 'utf8');
    const [reading, training] = [...docs.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
    const user = join(folder, 'user');
    await writeFile(join(user, 'photo.jpg'), await photograph('407'));
    await writeFile(join(user, 'reading.cjs'), reading ?? '');
    await writeFile(join(user, 'training.cjs'), training ?? '');
    await writeFile(
      join(user, 'wrong.ts'),
      `import { openReader, train } from '${NAME}';
// @ts-expect-error -- nothing is said of where to save
void train({ mnist: 'mnist' });
// @ts-expect-error -- a confidence is no text
void openReader().then(async (reader) => (await reader.read('')).confidence.trim());
`,
    );
    const options =
      '--noEmit --strict --allowJs --checkJs --skipLibCheck false --module node16 --target es2022 --types node';
    await run(
      process.execPath,
      [
        require.resolve('typescript/bin/tsc'),
        ...options.split(' '),
        '--typeRoots',
        join(ROOT, 'node_modules', '@types'),
        'reading.cjs',
        'training.cjs',
        'wrong.ts',
      ],
      { cwd: user },
    ).catch((error: unknown) => {
      throw new Error((error as { stdout: string }).stdout);
    });
    const { stdout } = await run(process.execPath, ['reading.cjs'], { cwd: user });
    assert.match(stdout, /^407 (?:0\.\d+|1)\n4 at \d/);
  });

  it('has an icon for every node of the palette', async () => {
    const icons = ((await get('/icons')) as Record<string, string[]>)[NAME]!;
    assert.deepEqual([...icons].sort(), (await readdir(join(ROOT, 'icons'))).sort());
    for (const icon of icons) assert.match(await (await fetch(`${address}/icons/${NAME}/${icon}`)).text(), /^<svg/);
  });

  it('shows the starter flow under Import, Examples', async () => {
    const examples = (await get(`/library/examples/flows/${NAME}/`)) as { fn: string }[];
    assert.ok(
      examples.some(({ fn }) => fn === '01 - Start here'),
      JSON.stringify(examples),
    );
  });

  it('reads demo frames and a posted picture once the starter flow is deployed', async () => {
    const flow = await get(`/library/examples/flows/${NAME}/${encodeURIComponent('01 - Start here')}`);
    const deployed = await fetch(`${address}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(flow),
    });
    assert.equal(deployed.status, 204);
    await nodeRed?.prints(/\[debug:reading\] 7 \(\d+ %\)/);
    const response = await fetch(`${address}/digits`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(await photograph('407')),
    });
    assert.equal(((await response.json()) as { text: string }).text, '407');
  });

  it('brings the licences of what is bundled', async () => {
    const installed = join(folder, 'user', 'node_modules', NAME);
    const file = 'THIRD_PARTY_NOTICES.txt';
    assert.equal(await readFile(join(installed, file), 'utf8'), await readFile(join(ROOT, file), 'utf8'));
    assert.match(await readFile(join(installed, 'LICENSE'), 'utf8'), /MIT License/);
    for (const bundle of ['engine/tensorflow-engine.js', 'train/engine/wasm-tensorflow.js']) {
      assert.match(
        (await readFile(join(installed, 'dist/lib', bundle), 'utf8')).slice(0, 200),
        /THIRD_PARTY_NOTICES\.txt/,
      );
    }
  });

  it('trains on wasm, with nothing but what it brings along', async () => {
    const installed = join(folder, 'user', 'node_modules', NAME);
    const mnist = join(folder, 'mnist');
    const out = join(folder, 'model.keras');
    await writeAsMnist(mnist, drawnSet(200, 1), drawnSet(50, 2));
    const code =
      'require(process.argv[1]).startTraining(JSON.parse(process.argv[2])).then(({ path, accuracy }) => ' +
      'console.log(path, accuracy));';
    const settings = { mnist, out, engine: 'wasm', epochs: 1 };
    const { stdout } = await run(
      process.execPath,
      ['-e', code, join(installed, 'dist', 'lib', 'train', 'start-training.js'), JSON.stringify(settings)],
      { cwd: folder },
    );
    assert.match(stdout, /model\.keras 0\.\d/);
  });
});
