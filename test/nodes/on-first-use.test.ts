import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../../..');

describe('the collection, installed and not used', () => {
  it('registers all node types without loading what they work with', async () => {
    const json = readFileSync(join(ROOT, 'package.json'), 'utf8');
    const {
      'node-red': { nodes },
    } = JSON.parse(json) as { 'node-red': { nodes: Record<string, string> } };
    const script = `
      const types = [];
      const RED = {
        nodes: { registerType: (type) => types.push(type) }, httpAdmin: { get() {} }, auth: { needsPermission() {} },
      };
      for (const file of ${JSON.stringify(Object.values(nodes).map((path) => join(ROOT, path)))}) require(file)(RED);
      const loaded = Object.keys(require.cache).filter((path) => /dist.lib|node_modules/.test(path));
      console.log(JSON.stringify({ types, loaded }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
    assert.deepEqual(JSON.parse(stdout), { types: Object.keys(nodes), loaded: [] });
  });
});
