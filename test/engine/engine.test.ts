import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { EngineMethods } from '../../lib/engine/engine-worker';
import { acquireClassifier } from '../../lib/engine/classifier';
import { ModelError } from '../../lib/models/model';
import { WorkerHost } from '../../lib/workers/host';
import { drawImages, makeModel, outputsOf, saveModel, temporaryFolder, tf, type ModelKind } from '../classify/models';

const kinds: ModelKind[] = [
  { network: 'cnn', inputShape: [28, 28, 1], classes: 10, ending: 'softmax' },
  { network: 'cnn', inputShape: [28, 28, 1], classes: 11, ending: 'logits' },
  { network: 'mlp', inputShape: [28, 28], classes: 10, ending: 'logits' },
  { network: 'mlp', inputShape: [28, 28, 1], classes: 10, ending: 'softmax layer' },
  { network: 'mlp', inputShape: [784], classes: 11, ending: 'softmax' },
];

/** Calibrated probabilities, computed by TensorFlow.js from the network's outputs. */
function expectedProbabilities({ ending }: ModelKind, outputs: number[][], temperature: number): number[][] {
  return tf.tidy(() => {
    const tensor = tf.tensor2d(outputs);
    const logits = ending === 'logits' ? tensor : tf.log(tensor);
    return tf.softmax<Tensor2D>(tf.div(logits, temperature)).arraySync();
  });
}

describe('the engine', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  for (const [i, kind] of kinds.entries()) {
    const temperature = i % 2 === 0 ? 1 : 2.5;
    it(
      `computes what plain JavaScript computes: ${kind.network}, ${kind.inputShape.join('×')}, ${kind.classes} ` +
        `classes, ${kind.ending}, temperature ${temperature}`,
      async () => {
        const path = join(folder.path, String(i));
        const model = makeModel(kind);
        await saveModel(model, path, { temperature });
        const images = drawImages(40);
        const expected = expectedProbabilities(kind, outputsOf(model, images), temperature);
        const classifier = acquireClassifier(path);
        try {
          const predictions = await classifier.classify(images);
          assert.equal(predictions.length, 40);
          predictions.forEach(({ digit, confidence, probabilities, notDigit }, n) => {
            assert.equal(probabilities.length, 10);
            const all = kind.classes === 11 ? [...probabilities, notDigit] : probabilities;
            all.forEach((probability, k) => {
              assert.ok(Math.abs(probability - expected[n]![k]!) < 1e-5, `${probability} for ${expected[n]![k]}`);
            });
            assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) + notDigit - 1) < 1e-9);
            assert.equal(confidence, Math.max(...probabilities));
            assert.equal(confidence, probabilities[digit]);
            if (kind.classes === 10) assert.equal(notDigit, 0);
          });
          assert.ok(
            new Set(predictions.map(({ confidence }) => confidence)).size > 10,
            'different pictures read differently',
          );
        } finally {
          await classifier.release();
          model.dispose();
        }
      },
    );
  }

  const workerOf = (path: string): WorkerHost<EngineMethods> =>
    new WorkerHost<EngineMethods>({
      name: 'the engine',
      script: join(__dirname, '../../lib/engine/engine-worker.js'),
      data: () => ({ path }),
    });

  it('keeps no tensor of 200 calls', async () => {
    const path = join(folder.path, 'leaks');
    await saveModel(makeModel(kinds[0]!), path);
    const host = workerOf(path);
    try {
      await host.exec('open', []);
      const before = await host.exec('memory', []);
      assert.ok(before.tensors > 0);
      for (let i = 0; i < 200; i++) await host.exec('classify', [new Uint8Array(784 * ((i % 3) + 1))]);
      assert.deepEqual(await host.exec('memory', []), before);
    } finally {
      await host.close();
    }
  });

  it('keeps nothing of a model that is refused', async () => {
    const path = join(folder.path, 'nine');
    await saveModel(makeModel({ ...kinds[0]!, classes: 9 }), path);
    const host = workerOf(path);
    try {
      for (let i = 0; i < 3; i++) await assert.rejects(host.exec('open', []), { name: 'ModelError' });
      assert.deepEqual(await host.exec('memory', []), { tensors: 0, bytes: 0 });
    } finally {
      await host.close();
    }
  });

  it('keeps no worker of models that were swapped, nor of broken ones', async () => {
    const path = join(folder.path, 'swapped.keras');
    const workers: Worker[] = [];
    const noteWorker = (worker: Worker): void => {
      workers.push(worker);
    };
    process.on('worker', noteWorker);
    await saveModel(makeModel(kinds[0]!), path, { version: '0' });
    const classifier = acquireClassifier(path);
    try {
      await classifier.describe();
      for (let i = 1; i <= 9; i++) {
        await saveModel(makeModel(kinds[i % 2]!), path, { version: String(i) });
        assert.equal((await classifier.reload())?.version, String(i));
        await classifier.classify(drawImages(2));
        if (i % 3 !== 0) continue;
        await writeFile(path, 'no model');
        await assert.rejects(classifier.reload(), ModelError);
        await classifier.classify(drawImages(1));
      }
      assert.equal(workers.length, 13);
      for (const worker of workers.filter((each) => each !== workers[11]))
        if (worker.threadId !== -1) await once(worker, 'exit');
      assert.equal(workers[11]!.threadId > 0, true, 'the last good one reads');
    } finally {
      process.off('worker', noteWorker);
      await classifier.release();
    }
  });
});
