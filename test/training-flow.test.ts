import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, startNodeRed, type RealNodeRed } from '../support/real-node-red';
import { writeAsMnist } from './train/data-folders';
import { drawnSet } from './train/drawn-set';
import { until } from '../support/until';

interface FlowNode {
  id: string;
  type: string;
  name?: string;
  mnist?: string;
}
interface Figures {
  points: { done: number; loss: number }[];
  ends: { done: number; accuracy: number }[];
  now?: { epochs: number };
  result?: { accuracy: number; stopped: boolean };
}

describe('the training example', () => {
  let nodeRed: RealNodeRed;
  let nodes: FlowNode[];

  const press = async (name: string): Promise<void> => {
    const { id } = nodes.find((node) => node.type === 'inject' && node.name === name) ?? {};
    assert.equal((await fetch(`${nodeRed.url}/inject/${id}`, { method: 'POST' })).status, 200);
  };
  const figures = async (): Promise<Figures> =>
    (await fetch(`${nodeRed.url}/digits/training/figures`)).json() as Promise<Figures>;
  const figuresWith = async (wanted: (figures: Figures) => boolean): Promise<Figures> => {
    let found = await figures();
    await until(async () => wanted((found = await figures())));
    return found;
  };

  before(async () => {
    nodes = JSON.parse(await readFile(join(ROOT, 'flows', '03 - Train a model.json'), 'utf8')) as FlowNode[];
    // A few drawn digits in place of MNIST, which would have to be fetched.
    for (const node of nodes.filter(({ type }) => type === 'digits-train'))
      Object.assign(node, { mnist: 'few', engine: 'wasm', epochs: '1000' });
    nodeRed = await startNodeRed(nodes);
    await writeAsMnist(join(nodeRed.userDir, 'few'), drawnSet(400, 1), drawnSet(100, 2));
  });
  after(() => nodeRed.stop());

  it('has a page that shows nothing yet', async () => {
    const page = await fetch(`${nodeRed.url}/digits/training`);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await page.text(), /<svg id="loss-chart"/);
    assert.deepEqual(await figures(), { points: [], ends: [] });
  });

  it('shows what the network is trained with', async () => {
    const sheet = await fetch(`${nodeRed.url}/digits/training/samples.png`);
    assert.deepEqual([sheet.status, sheet.headers.get('content-type')], [200, 'image/png']);
    assert.deepEqual([...new Uint8Array(await sheet.arrayBuffer()).subarray(1, 4)], [...Buffer.from('PNG')]);
  });

  it('trains at a press of a button, and tells the chart how it goes', async () => {
    await press('quick trial');
    const { points, ends, now, result } = await figuresWith(({ result: finished }) => finished !== undefined);
    assert.equal(now?.epochs, 3);
    assert.deepEqual(
      ends.map(({ done }) => done),
      [1, 2, 3],
    );
    assert.ok(points.length >= 3 && points.every(({ loss }) => loss > 0));
    assert.ok(
      result && result.accuracy >= 0 && existsSync(join(nodeRed.userDir, 'digits', 'models', 'trial', 'model.json')),
    );
    await nodeRed.program.prints(/\[debug:finished\] test accuracy \d+\.\d\d %/);
  });

  it('stops at another', async () => {
    await press('train');
    await figuresWith(({ ends, result }) => ends.length > 0 && result === undefined);
    await press('stop');
    const { result, ends } = await figuresWith((found) => found.result !== undefined);
    assert.ok(result?.stopped && ends.length < 1000);
  });
});
