import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import helper from 'node-red-node-test-helper';
import type { NodeStatus } from 'node-red';
import { readMnist } from '../../lib/data/idx';
import type { Digit } from '../../lib/extract/digit';
import { ModelWatch } from '../../lib/models/watch';
import classify from '../../nodes/digits-classify/digits-classify';
import model from '../../nodes/digits-model/digits-model';
import { makeModel, saveModel, temporaryFolder, type ModelKind } from '../classify/models';
import { until } from '../../support/until';
import { NodeUnderTest } from './runtime';

const old: ModelKind = { network: 'mlp', inputShape: [28, 28], classes: 10, ending: 'softmax' };
const other: ModelKind = { ...old, classes: 11 };

const DATA = process.env.DIGITS_DATA ?? join(__dirname, '../../../../shared/data');

function digitsOf(images: Uint8Array[]): { payload: unknown } {
  return { payload: images.map((image, x) => ({ image, box: { x: 30 * x, y: 0, width: 28, height: 28 }, line: 0 })) };
}

describe('digits-model and digits-classify', () => {
  NodeUnderTest.inRuntime();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  const load = (path: string): Promise<NodeUnderTest> =>
    NodeUnderTest.load(
      'digits-classify',
      classify,
      { model: 'mine' },
      { modules: [model], nodes: [{ id: 'mine', type: 'digits-model', path }] },
    );
  /** How many classes the model that reads has: only one with 11 leaves some probability for "not a digit". */
  const classes = async (node: NodeUnderTest): Promise<number> => {
    const { digits } = await node.answer(digitsOf([new Uint8Array(784)]));
    return (digits as Digit[])[0]!.probabilities.reduce((a, b) => a + b) > 0.9999 ? 10 : 11;
  };
  const warnings = (): string[] => {
    const said: string[] = [];
    helper.getNode('mine').warn = (what: unknown) => {
      said.push(String(what));
    };
    return said;
  };
  const statuses = ({ node }: NodeUnderTest): NodeStatus[] => {
    const shown: NodeStatus[] = [];
    node.status = (what) => {
      shown.push(what as NodeStatus);
    };
    return shown;
  };

  for (const name of ['digits.keras', 'digits']) {
    it(
      `read with the new model once ${name === 'digits' ? 'a folder' : 'a .keras file'} has been replaced, without ` +
        'a message failing',
      async () => {
        const path = join(folder.path, name);
        await saveModel(makeModel(old), path);
        const node = await load(path);
        assert.equal(await classes(node), 10);
        await saveModel(makeModel(other), path);
        await until(async () => (await classes(node)) === 11);
      },
    );
  }

  it('keep the old model where the new one is broken or half copied, say so, and take it when it is whole', async () => {
    const path = join(folder.path, 'digits.keras');
    const aside = join(folder.path, 'other.keras');
    await saveModel(makeModel(old), path);
    await saveModel(makeModel(other), aside);
    const whole = await readFile(aside);
    const node = await load(path);
    const warned = warnings();
    const shown = statuses(node);
    assert.equal(await classes(node), 10);
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await until(() => warned.length > 0);
    assert.match(
      warned[0]!,
      /^the new model cannot be read, so the one before goes on: .*digits\.keras: expected a \.keras file/,
    );
    assert.equal(await classes(node), 10);
    await until(() => shown.at(-1)?.text === 'kept the old model');
    // It stays shown while messages go on, also after one that fails.
    assert.match((await node.send({ payload: 'no picture' })).error ?? '', /expected/);
    await until(() => shown.at(-1)?.fill === 'red');
    assert.equal(await classes(node), 10);
    await until(() => shown.at(-1)?.text === 'kept the old model');
    await writeFile(path, whole);
    await until(async () => (await classes(node)) === 11);
    await until(() => Object.keys(shown.at(-1) ?? {}).length === 0);
  });

  it('find a model that is missing at first, and keep it when it is taken away', async () => {
    const path = join(folder.path, 'digits.keras');
    const aside = join(folder.path, 'aside.keras');
    const node = await load(path);
    const shown = statuses(node);
    assert.match((await node.send(digitsOf([new Uint8Array(784)]))).error ?? '', /no model at .*digits\.keras/);
    await until(() => shown.at(-1)?.text === 'model unreadable');
    await saveModel(makeModel(old), aside);
    await rename(aside, path);
    await until(() => Object.keys(shown.at(-1) ?? {}).length === 0);
    assert.equal(await classes(node), 10);
    await rm(path);
    assert.equal(await classes(node), 10);
  });

  it('let go of the model and of its worker when they are closed', async () => {
    const path = join(folder.path, 'digits.keras');
    const workers: Worker[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const { close } = ModelWatch.prototype;
    const noteWorker = (worker: Worker): void => {
      workers.push(worker);
    };
    let closed = 0;
    ModelWatch.prototype.close = function (): void {
      closed++;
      close.call(this);
    };
    process.on('worker', noteWorker);
    try {
      await saveModel(makeModel(old), path);
      assert.equal(await classes(await load(path)), 10);
      assert.ok(workers.length > 0);
      const closedBefore = closed;
      await helper.unload();
      assert.equal(closed, closedBefore + 1);
      await until(() => workers.every(({ threadId }) => threadId === -1));
    } finally {
      process.off('worker', noteWorker);
      ModelWatch.prototype.close = close;
    }
  });

  describe('with the models of Keras', () => {
    const keras = join(DATA, 'keras');
    const there = existsSync(join(keras, 'expected.json')) && existsSync(join(DATA, 'mnist'));
    const { models } = there
      ? (JSON.parse(readFileSync(join(keras, 'expected.json'), 'utf8')) as {
          models: Record<string, { probabilities: Record<string, number[]> }>;
        })
      : { models: {} };
    const names = ['digit-recognition', 'functional-cnn', 'sequential-cnn', 'small-mlp'];

    for (const name of names) {
      it(`compute what Keras does: ${name}${there ? '' : ' (data set absent)'}`, async function () {
        if (!there) this.skip();
        const { images } = await readMnist(join(DATA, 'mnist'), 'test');
        const wanted = Object.values(models[name]!.probabilities);
        const node = await load(join(keras, `${name}.keras`));
        const { digits } = await node.answer(digitsOf(wanted.map((_, i) => images.subarray(784 * i, 784 * (i + 1)))));
        assert.equal((digits as Digit[]).length, 16);
        for (const [i, { probabilities }] of (digits as Digit[]).entries()) {
          probabilities.forEach((value, k) => {
            assert.ok(
              Math.abs(value - wanted[i]![k]!) < 1e-5,
              `picture ${i}, class ${k}: expected ${wanted[i]![k]}, got ${value}`,
            );
          });
        }
      });
    }
  });
});
