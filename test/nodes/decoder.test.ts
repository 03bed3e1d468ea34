import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNodeRed, type RealNodeRed } from '../../support/real-node-red';

const TYPES = ['digits-threshold', 'digits-extract', 'digits-classify', 'digits-annotate'];

/** Node-RED on a computer that sharp does not run on, which a module preloaded into it plays. */
describe('a computer without sharp', () => {
  let nodeRed: RealNodeRed | undefined;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'without-sharp-'));
    await writeFile(
      join(folder, 'preload.js'),
      `
      const Module = require('node:module'), load = Module._load;
      Module._load = (name, ...rest) => {
        if (name === 'sharp') throw new Error('Could not load the "sharp" module using the linux-arm runtime\\n- many lines');
        return load(name, ...rest);
      };`,
    );
    nodeRed = await startNodeRed(
      [
        { id: 'tab', type: 'tab', label: '' },
        { id: 'in', z: 'tab', type: 'http in', url: '/read', method: 'post', wires: [['node digits-threshold']] },
        ...TYPES.map((type) => ({ id: `node ${type}`, z: 'tab', type, wires: [] })),
        { id: 'status node', z: 'tab', type: 'status', scope: null, wires: [['told']] },
        {
          id: 'told',
          z: 'tab',
          type: 'function',
          func: 'node.warn(`${msg.status.source.type}: ${msg.status.text}`);',
          wires: [],
        },
        { id: 'catch node', z: 'tab', type: 'catch', scope: null, wires: [['error']] },
        {
          id: 'error',
          z: 'tab',
          type: 'function',
          func: 'msg.payload = msg.error.message; msg.statusCode = 400; return msg;',
          wires: [['out']],
        },
        { id: 'out', z: 'tab', type: 'http response', wires: [] },
      ],
      {},
      { processEnv: { NODE_OPTIONS: `--require=${join(folder, 'preload.js')}` } },
    );
  });
  after(async () => {
    await nodeRed?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is told on every node at the start, in the log once, and in one line for each picture', async () => {
    assert.ok(nodeRed);
    const { program, url } = nodeRed;
    for (const type of TYPES) await program.prints(new RegExp(`${type}: sharp is missing`));
    const told = (): number => program.printed.match(/\[error\] .*pictures cannot be decoded here/g)?.length ?? 0;
    assert.equal(told(), 1);
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(`${url}/read`, {
        method: 'POST',
        body: new Uint8Array([0xff, 0xd8, 0xff]),
        headers: { 'content-type': 'image/jpeg' },
      });
      const text = await answer.text();
      assert.match(
        text,
        /^(?:PictureError: )?pictures cannot be decoded here \(.*\): the library sharp does not run on this computer/,
      );
      assert.equal(text.split('\n').length, 1);
    }
    assert.equal(told(), 1);
  });
});
