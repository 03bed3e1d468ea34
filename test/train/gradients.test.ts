import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { plainTensorFlow } from '../../support/tensorflow';
import { CASES } from './gradients';

describe('gradients on wasm', () => {
  let wasm: { results: Record<string, Record<string, number[]>>; tensors: number; backend: string };

  before(async () => {
    const worker = new Worker(join(__dirname, 'gradients-worker.js'));
    [wasm] = (await once(worker, 'message')) as [typeof wasm];
    await worker.terminate();
  });

  for (const [name, run] of Object.entries(CASES)) {
    it(`are those of the plain backend: ${name}`, () => {
      const tf = plainTensorFlow();
      const expected = tf.tidy(() => run(tf) as never) as Record<string, number[]>;
      const found = wasm.results[name]!;
      assert.deepEqual(Object.keys(found), Object.keys(expected));
      for (const [part, values] of Object.entries(expected)) {
        assert.equal(found[part]?.length, values.length);
        values.forEach((value, i) => {
          assert.ok(
            Math.abs(found[part]![i]! - value) <= 1e-5 * Math.max(1, Math.abs(value)),
            `${part}[${i}]: expected ${value}, got ${found[part]![i]}`,
          );
        });
      }
    });
  }

  it('are computed there, and leave no tensors behind', () => {
    assert.deepEqual([wasm.backend, wasm.tensors], ['wasm', 0]);
  });
});
