import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { acquireClassifier, type Classifier, type ModelStatus } from '../../lib/engine/classifier';
import { ModelError } from '../../lib/models/model';
import { toPrediction } from '../../lib/classify/prediction';
import { WorkerError } from '../../lib/workers/host';
import { acquireInk } from '../../lib/ink/ink';
import { drawImages, makeModel, outputsOf, saveModel, temporaryFolder } from '../classify/models';

const library = join(__dirname, '../../lib');

/** After so long a process hangs, milliseconds; it ends before mocha gives up, or it would stay. */
const PATIENCE = 500_000;

describe('acquireClassifier', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  const workers: Worker[] = [];
  const noteWorker = (worker: Worker): void => {
    workers.push(worker);
  };
  before(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'digits');
    await saveModel(makeModel({ network: 'cnn', inputShape: [28, 28, 1], classes: 11, ending: 'softmax' }), path, {
      name: 'test',
      version: '1',
      accuracy: 0.99,
      temperature: 1.5,
      classes: 11,
      trainedAt: '2025-01-01T00:00:00.000Z',
    });
    process.on('worker', noteWorker);
  });
  after(() => {
    process.off('worker', noteWorker);
    return folder.remove();
  });
  beforeEach(() => {
    workers.length = 0;
  });

  /**
   * Kills one worker after the other until the request notices: one that was killed before it got it is replaced
   * without a word.
   */
  const killedDuring = async <T>(running: Promise<T>): Promise<T> => {
    const goesOn = Symbol();
    const ended = running.catch(() => undefined);
    do await workers.at(-1)?.terminate();
    while ((await Promise.race([ended, delay(10, goesOn)])) === goesOn);
    return running;
  };

  it('tells what the model is', async () => {
    const classifier = acquireClassifier(path);
    assert.equal(classifier.info, undefined);
    const info = await classifier.describe();
    assert.match(info.checksum, /^[0-9a-f]{12}$/);
    assert.deepEqual(info, {
      path: join(path, 'model.json'),
      name: 'test',
      version: '1',
      accuracy: 0.99,
      trainedAt: '2025-01-01T00:00:00.000Z',
      temperature: 1.5,
      classes: 11,
      inputShape: [28, 28, 1],
      parameters: 3 * 3 * 4 + 4 + 4 * 4 + 13 * 13 * 4 * 11 + 11,
      checksum: info.checksum,
    });
    assert.deepEqual(classifier.info, info);
    await classifier.release();
  });

  it('shares one worker among all users of a model, and keeps it until the last has gone', async () => {
    const first = acquireClassifier(path);
    const second = acquireClassifier(join(path, 'model.json'));
    const images = drawImages(6);
    const [all, ...single] = await Promise.all([
      first.classify(images),
      ...images.map((image) => second.classify([image])),
    ]);
    single.forEach(([prediction], i) => {
      prediction!.probabilities.forEach((probability, k) => {
        assert.ok(Math.abs(probability - all[i]!.probabilities[k]!) < 1e-6);
      });
    });
    await first.release();
    await assert.rejects(first.classify(images), { message: 'the classifier has been released' });
    assert.equal((await second.classify(images)).length, 6);
    assert.equal(workers.length, 1);
    assert.ok(workers[0]!.threadId > 0);
    await second.release();
    assert.equal(workers[0]?.threadId, -1, 'the worker has ended');
  });

  it('starts nothing for no pictures and for wrong ones, which it names', async () => {
    const classifier = acquireClassifier(path);
    assert.deepEqual(await classifier.classify([]), []);
    const [good] = drawImages(1);
    await assert.rejects(classifier.classify([good!, new Uint8Array(783)]), {
      name: 'TypeError',
      message: 'expected a picture of 784 bytes (28×28) for each digit, got a Uint8Array of 783 bytes for number 2',
    });
    await assert.rejects(classifier.classify(['7' as unknown as Uint8Array]), {
      message: /got the string "7" for number 1/,
    });
    assert.equal(workers.length, 0);
    await classifier.release();
  });

  it('fails what is being computed when the worker is killed, and goes on with a new one', async () => {
    const classifier = acquireClassifier(path);
    await classifier.describe();
    const running = classifier.classify(drawImages(3000));
    const waiting = classifier.classify(drawImages(2));
    await assert.rejects(killedDuring(running), {
      name: 'WorkerError',
      code: 'crashed',
      message: 'the digit engine stopped unexpectedly; the next request starts it again',
    });
    assert.equal((await waiting).length, 2);
    assert.equal((await classifier.classify(drawImages(3))).length, 3);
    await classifier.release();
  });

  it('fails what is not answered yet when the last user lets go', async () => {
    const classifier = acquireClassifier(path);
    const outcomes = Promise.allSettled([classifier.classify(drawImages(3000)), classifier.classify(drawImages(1))]);
    await classifier.release();
    for (const outcome of await outcomes)
      assert.match(String((outcome as PromiseRejectedResult).reason), /the digit engine has been closed/);
    // A new user of the same model gets a new worker.
    const next = acquireClassifier(path);
    assert.equal((await next.classify(drawImages(1))).length, 1);
    await next.release();
  });

  it('reports a bad model each time, and reads it once it has been put right', async () => {
    const copy = join(folder.path, 'copy');
    const hidden = join(folder.path, 'hidden');
    await cp(path, hidden, { recursive: true });
    const classifier = acquireClassifier(copy);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(
        classifier.classify(drawImages(1)),
        (error) => error instanceof ModelError && /no model at .*copy/.test(error.message),
      );
    }
    await rename(hidden, copy);
    assert.equal((await classifier.classify(drawImages(1))).length, 1);
    assert.equal(workers.length, 1);
    await classifier.release();
  });

  it('tells its status, and no more after its release', async () => {
    const classifier = acquireClassifier(path);
    const other = acquireClassifier(path);
    const seen: ModelStatus['state'][] = [];
    classifier.onStatus(({ state }) => {
      seen.push(state);
    });
    assert.deepEqual(classifier.status, { state: 'idle' });
    await classifier.classify(drawImages(1));
    await classifier.classify(drawImages(1));
    assert.deepEqual(seen, ['loading', 'ready']);
    await assert.rejects(killedDuring(classifier.classify(drawImages(3000))));
    assert.equal(classifier.status.state, 'failed');
    await classifier.classify(drawImages(1));
    assert.deepEqual(seen, ['loading', 'ready', 'failed', 'loading', 'ready']);
    await classifier.release();
    await assert.rejects(killedDuring(other.classify(drawImages(3000))));
    assert.equal(seen.length, 5);
    await other.release();
  });

  describe('reload', () => {
    const place = (): string => join(folder.path, 'swapped.keras');
    const old = makeModel({ network: 'cnn', inputShape: [28, 28, 1], classes: 10, ending: 'softmax' });
    const other = makeModel({ network: 'cnn', inputShape: [28, 28, 1], classes: 11, ending: 'logits' });
    const seen: ModelStatus[] = [];
    let classifier: Classifier;
    beforeEach(async () => {
      await saveModel(old, place(), { name: 'old' });
      classifier = acquireClassifier(place());
      seen.length = 0;
      classifier.onStatus((status) => {
        seen.push(status);
      });
    });
    afterEach(() => classifier.release());

    const readsAs = async (model: typeof old): Promise<void> => {
      const images = drawImages(3);
      const wanted = outputsOf(model, images);
      for (const [i, { probabilities }] of (await classifier.classify(images)).entries()) {
        assert.equal(
          probabilities.indexOf(Math.max(...probabilities)),
          wanted[i]!.indexOf(Math.max(...wanted[i]!.slice(0, 10))),
        );
      }
    };

    it('loads nothing that nobody has asked for', async () => {
      assert.equal(await classifier.reload(), undefined);
      assert.equal(workers.length, 0);
      assert.equal(classifier.status.state, 'idle');
    });

    it('swaps the model between two calls', async () => {
      await readsAs(old);
      await saveModel(other, place(), { name: 'new', trainedAt: '2025-02-03T00:00:00.000Z' });
      const info = await classifier.reload();
      assert.deepEqual([info?.name, info?.classes, info?.trainedAt], ['new', 11, '2025-02-03T00:00:00.000Z']);
      assert.deepEqual(classifier.info, info);
      await readsAs(other);
      assert.deepEqual(
        seen.map((status) => (status.state === 'ready' ? status.info.name : status.state)),
        ['loading', 'old', 'new'],
      );
    });

    it('answers all that it was asked before a swap by the old model', async () => {
      await readsAs(old);
      await saveModel(other, place(), { name: 'new' });
      const asked = [classifier.classify(drawImages(500)), classifier.classify(drawImages(1))];
      await classifier.reload();
      for (const predictions of await Promise.all(asked))
        assert.ok(predictions.every(({ notDigit }) => notDigit === 0));
      await readsAs(other);
    });

    it('goes on with the old model while one that never loads is being tried, and says why afterwards', async () => {
      await readsAs(old);
      // What a new worker is asked never reaches it: so behaves one that is caught in a loop.
      const whole = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage') as PropertyDescriptor;
      const hanging = new Set<Worker>();
      Worker.prototype.postMessage = function (this: Worker, ...args) {
        if (this === workers[0]) (whole.value as Worker['postMessage']).apply(this, args);
        else hanging.add(this);
      };
      try {
        const reloading = assert.rejects(
          classifier.reload(),
          (error) => error instanceof WorkerError && error.code === 'late',
        );
        await readsAs(old);
        await reloading;
        await readsAs(old);
      } finally {
        Object.defineProperty(Worker.prototype, 'postMessage', whole);
      }
      assert.equal(hanging.size, 2, 'tried again in a second worker, which hangs, too');
      const { status } = classifier;
      assert.ok(status.state === 'ready' && status.info.name === 'old');
      assert.match(String(status.problem), /did not answer within 8 s/);
    });

    it('goes on with the old model where its worker dies and the files are broken by now', async () => {
      await readsAs(old);
      await writeFile(place(), 'half a file');
      await workers[0]!.terminate();
      await readsAs(old);
      assert.equal(workers.length, 2);
    });

    it('keeps the old model where the new one is broken, says why, and takes the next good one', async () => {
      await readsAs(old);
      await writeFile(place(), 'half a file');
      await assert.rejects(classifier.reload(), { name: 'ModelError', message: /cannot be unpacked/ });
      await readsAs(old);
      const { status } = classifier;
      assert.ok(status.state === 'ready' && status.info.name === 'old');
      assert.match(String(status.problem), /cannot be unpacked/);
      await saveModel(other, place(), { name: 'new' });
      await classifier.reload();
      assert.deepEqual(seen.at(-1), { state: 'ready', info: classifier.info });
      await readsAs(other);
    });

    it('finds a model that was missing', async () => {
      await unlink(place());
      await assert.rejects(classifier.classify(drawImages(1)), { name: 'ModelError' });
      await assert.rejects(classifier.reload(), { name: 'ModelError' });
      await saveModel(other, place(), { name: 'new' });
      assert.equal((await classifier.reload())?.name, 'new');
      assert.deepEqual(
        seen.map(({ state }) => state),
        ['loading', 'failed', 'failed', 'ready'],
      );
    });

    it('leaves a model that is the same as before', async () => {
      await classifier.describe();
      const info = await classifier.reload();
      assert.deepEqual(info, await classifier.describe());
    });
  });

  describe('of a model that our own kernels know', () => {
    const compiled = (): string => join(folder.path, 'compiled.keras');
    const model = makeModel({ network: 'mlp', inputShape: [784], classes: 10, ending: 'softmax' });
    const other = makeModel({ network: 'mlp', inputShape: [28, 28], classes: 11, ending: 'logits' });
    beforeEach(() => saveModel(model, compiled(), { name: 'first' }));

    it('has it opened by a worker that ends then, and computes where pictures are read', async () => {
      const classifier = acquireClassifier(compiled());
      const ink = acquireInk();
      assert.equal((await classifier.describe()).name, 'first');
      if (workers[0]!.threadId !== -1) await once(workers[0]!, 'exit');
      assert.equal((await classifier.classify(drawImages(2))).length, 2);
      assert.equal(workers.length, 2);
      await classifier.release();
      assert.ok(workers[1]!.threadId > 0, 'others read with it');
      await ink.release();
      assert.equal(workers[1]?.threadId, -1);
    });

    it('reads the same by whoever computes it', async () => {
      const classifier = acquireClassifier(compiled());
      const ink = acquireInk();
      const images = drawImages(3);
      const { info, network } = (await classifier.compiled()) ?? assert.fail('it is compiled');
      const logits = await ink.classify({ info, network }, Uint8Array.from(images.flatMap((image) => [...image])));
      (await classifier.classify(images)).forEach((prediction, i) => {
        assert.deepEqual(prediction, toPrediction(logits.subarray(i * 10, (i + 1) * 10), info.temperature));
      });
      await Promise.all([classifier.release(), ink.release()]);
    });

    it('goes on after the worker was killed, and with another model after it was swapped', async () => {
      const classifier = acquireClassifier(compiled());
      await classifier.describe();
      await assert.rejects(killedDuring(classifier.classify(drawImages(3000))), {
        name: 'WorkerError',
        code: 'crashed',
      });
      assert.equal((await classifier.classify(drawImages(3))).length, 3);
      assert.equal(classifier.status.state, 'ready');
      await saveModel(other, compiled(), { name: 'second' });
      const before = classifier.classify(drawImages(500));
      assert.equal((await classifier.reload())?.name, 'second');
      assert.ok((await before).every(({ notDigit }) => notDigit === 0));
      assert.ok((await classifier.classify(drawImages(2))).every(({ notDigit }) => notDigit > 0));
      await classifier.release();
    });

    it('fails what is not answered yet when the last user lets go', async () => {
      const classifier = acquireClassifier(compiled());
      await classifier.describe();
      const running = assert.rejects(classifier.classify(drawImages(3000)), {
        message: 'the digit engine has been closed',
      });
      await classifier.release();
      await running;
    });
  });

  it('lets a process end that has released it, printing nothing of its own', async () => {
    const script = `
      const { acquireClassifier } = require(${JSON.stringify(join(library, 'engine/classifier'))});
      const classifier = acquireClassifier(${JSON.stringify(path)});
      classifier.classify([new Uint8Array(784)]).then(([{ probabilities }]) => {
        console.log(probabilities.length);
        return classifier.release();
      });`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: PATIENCE });
    assert.equal(stdout, '10\n');
    assert.equal(stderr, '');
  });

  it('needs no TensorFlow.js beside it, and says when its own files are missing; in a folder with spaces', async () => {
    const installed = join(folder.path, 'an installed package', 'node_modules');
    const engine = join(installed, 'inkcam/dist/lib/engine');
    await cp(library, join(installed, 'inkcam/dist/lib'), { recursive: true });
    for (const name of ['fflate', 'valibot'])
      await cp(join(library, '../../node_modules', name), join(installed, name), { recursive: true });
    const script = `
      const { acquireClassifier } = require(${JSON.stringify(join(engine, 'classifier'))});
      const classifier = acquireClassifier(${JSON.stringify(path)});
      classifier.classify([new Uint8Array(784)]).then((answers) => console.log(answers.length), (error) => console.log(error.message)).then(() => classifier.release());`;
    const run = async (): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['-e', script], { timeout: PATIENCE, cwd: folder.path })).stdout;
    assert.equal(await run(), '1\n');
    for (const name of (await readdir(engine)).filter((file) => file.endsWith('.wasm')))
      await unlink(join(engine, name));
    assert.match(
      await run(),
      /the wasm files of the engine in .*engine cannot be loaded; is the installation complete\?/,
    );
  });

  it('loads nothing heavy before it is used', async () => {
    const script = `
      const { acquireClassifier } = require(${JSON.stringify(join(library, 'engine/classifier'))});
      acquireClassifier();
      console.log(JSON.stringify(Object.keys(require.cache)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
    const loaded = JSON.parse(stdout) as string[];
    assert.ok(loaded.length > 0);
    assert.deepEqual(
      loaded.filter((file) => /node_modules|engine-worker|network/.test(file)),
      [],
    );
  });
});
