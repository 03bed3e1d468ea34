import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT, startNodeRed, type RealNodeRed } from '../../support/real-node-red';
import { findCollection, readExample, until, type FlowNode } from './example';

/** Collections that are installed beside this one, wherever they are at hand. */
const COLLECTIONS = ['node-red-node-pi-gpio', 'node-red-node-sqlite'];

/** Read nothing without one; tests of their own feed them. */
const NEEDS_BROKER = /^Fleet\//;

describe('the examples', () => {
  const found = Object.fromEntries(
    COLLECTIONS.flatMap((name) => {
      const folder = findCollection(name);
      return folder ? [[name, folder]] : [];
    }),
  );
  let nodeRed: RealNodeRed;
  let names: string[];
  let types: Set<string>;

  const get = async (path: string): Promise<unknown> =>
    (await fetch(nodeRed.url + path, { headers: { accept: 'application/json' } })).json();

  before(async () => {
    names = (await readdir(join(ROOT, 'flows'), { recursive: true }))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5));
    nodeRed = await startNodeRed([], {}, { collections: found });
    types = new Set(
      ((await get('/nodes')) as { types: string[]; enabled: boolean }[])
        .filter(({ enabled }) => enabled)
        .flatMap((set) => set.types),
    );
  });
  after(() => nodeRed.stop());

  it('stand under Import, Examples, those that need another collection in a folder of its name', async () => {
    for (const name of names) {
      const path = name.split('/').map(encodeURIComponent).join('/');
      assert.deepEqual(
        await get(`/library/examples/flows/@inkcam/node-red-digits/${path}`),
        await readExample(name),
        name,
      );
    }
  });

  it('have only types that are there, nodes that are there, and names of their own', async () => {
    const ids = new Set<string>();
    for (const name of names) {
      const nodes = await readExample(name);
      const own = new Set(nodes.map(({ id }) => id));
      const folder = dirname(name);
      for (const node of nodes) {
        const { id, type, z, g, wires = [] } = node as FlowNode & { g?: string };
        if (!['tab', 'group'].includes(type) && (!COLLECTIONS.includes(folder) || folder in found))
          assert.ok(types.has(type), `${name}: the type ${type} is not known`);
        for (const other of [z, g, ...wires.flat()])
          assert.ok(other === undefined || own.has(other), `${name}: ${id} names ${other}, which is not there`);
        // One id in two examples: importing the second asks what to do.
        if (type.startsWith('ui-')) continue;
        assert.ok(!ids.has(id), `${name}: ${id} is in another example, too`);
        ids.add(id);
      }
    }
  });

  const deploy = async (name: string): Promise<void> => {
    const nodes = await readExample(name);
    const from = nodeRed.program.printed.length;
    for (const node of nodes) if (node.type === 'sqlitedb') node.db = join(nodeRed.userDir, String(node.db));
    const prints = (pattern: RegExp): Promise<unknown> =>
      until(
        () => pattern.test(nodeRed.program.printed.slice(from)),
        () => `${pattern} from ${name}`,
      );
    const { status } = await fetch(`${nodeRed.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(nodes),
    });
    assert.equal(status, 204, name);
    await prints(/Started flows/);
    assert.doesNotMatch(nodeRed.program.printed.slice(from), /missing types/i, name);
    const tells = nodes.some(
      ({ type, console: print, name: what }) =>
        type === 'debug' && print === true && ['reading', 'counted'].includes(what ?? ''),
    );
    if (tells && !NEEDS_BROKER.test(name)) await prints(/\[debug:(reading|counted)\] \d/);
  };

  it('deploy one after another, and read demo frames', async () => {
    for (const name of names.filter((one) => !COLLECTIONS.includes(dirname(one)))) await deploy(name);
  });

  for (const collection of COLLECTIONS) {
    it(`of ${collection} deploy, and read demo frames`, async function () {
      if (!(collection in found)) this.skip();
      for (const name of names.filter((one) => dirname(one) === collection)) await deploy(name);
    });
  }

  it('are named in the README, each', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    for (const name of names) assert.ok(readme.includes(name.split('/').at(-1) ?? ''), name);
  });
});
