import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireClassifier, SHIPPED_MODEL } from '../../lib/engine/classifier';
import { readModel } from '../../lib/models/model-files';
import { proveNative } from '../../lib/train/engine/engines';
import { startTraining, type TrainingProgress, type TrainingSettings } from '../../lib/train/start-training';
import { writeAsMnist, writeSamples } from './data-folders';
import { drawnSet } from './drawn-set';

let folder: string;
let mnist: string;
let samples: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training '));
  mnist = join(folder, 'mnist');
  samples = join(folder, 'samples');
  await writeAsMnist(mnist, drawnSet(400, 1), drawnSet(100, 2));
  await writeSamples(samples, drawnSet(60, 3));
});
after(() => rm(folder, { recursive: true, force: true }));

for (const engine of ['wasm', 'native'] as const) {
  describe(`a training on ${engine}`, () => {
    let settings: TrainingSettings;

    before(async function () {
      if (engine === 'native')
        await proveNative().catch(() => {
          this.skip();
        });
      settings = { mnist, engine, epochs: 2, batchSize: 64, out: '' };
    });

    it('saves a compact network that reads, with its card, and tells how far it is', async () => {
      const out = join(folder, engine, 'cnn');
      const told: TrainingProgress[] = [];
      const stages: string[] = [];
      const result = await startTraining(
        { ...settings, out },
        { onProgress: (progress) => told.push(progress), onStage: (stage) => stages.push(stage) },
      );
      assert.equal(result.path, out);
      assert.deepEqual(
        [result.engine, result.epochs, result.stopped, result.tested, result.testedOn],
        [engine, 2, false, 100, 'MNIST'],
      );
      assert.ok(result.accuracy >= 0 && result.accuracy <= 1);
      assert.deepEqual(
        told.filter(({ result: end }) => end).map(({ epoch, epochs, share }) => [epoch, epochs, share]),
        [
          [1, 2, 1],
          [2, 2, 1],
        ],
      );
      assert.ok(stages.includes('training'));
      const { metadata } = await readModel(out);
      assert.equal(metadata.accuracy, result.accuracy);
      assert.match(await readFile(join(out, 'MODEL_CARD.md'), 'utf8'), /^# cnn\n[^]*2 epochs/);
      const classifier = acquireClassifier(out);
      try {
        const { probabilities } = (await classifier.classify([drawnSet(1).images]))[0]!;
        assert.ok(probabilities.every((probability) => probability >= 0 && probability <= 1));
        assert.deepEqual(
          [(await classifier.describe()).classes, (await classifier.describe()).parameters < 100_000],
          [11, true],
        );
      } finally {
        await classifier.release();
      }
    });

    it('learns: the original network reads what it was trained with', async () => {
      const out = join(folder, engine, 'mlp');
      const result = await startTraining({ ...settings, out, network: 'mlp', epochs: 6, learningRate: 0.002 });
      assert.ok(result.accuracy > 0.6, `reads ${result.accuracy}`);
      assert.ok(result.validationAccuracy > 0.6);
    });

    it('stops when asked to, saves the best epoch, and says so', async () => {
      const stop = new AbortController();
      const out = join(folder, engine, 'stopped');
      const result = await startTraining(
        { ...settings, out, epochs: 1000 },
        {
          signal: stop.signal,
          onProgress: ({ result: end }) => {
            if (end) stop.abort();
          },
        },
      );
      assert.equal(result.stopped, true);
      assert.ok(result.epochs >= 1 && result.epochs < 1000);
      await readModel(out);
    });

    it('saves nothing where it is stopped before the first epoch is done', async () => {
      const stop = new AbortController();
      const out = join(folder, engine, 'nothing');
      await assert.rejects(
        startTraining(
          { ...settings, out },
          {
            signal: stop.signal,
            onStage: (stage) => {
              if (stage === 'training') stop.abort();
            },
          },
        ),
        { name: 'TrainingError', message: 'stopped before the first epoch was done; nothing has been saved' },
      );
      assert.ok(!existsSync(out));
    });

    it('says the same where it is stopped before it has chosen its engine', async () => {
      const stop = new AbortController();
      const out = join(folder, engine, 'nothing');
      const rejected = assert.rejects(startTraining({ ...settings, out }, { signal: stop.signal }), {
        name: 'TrainingError',
        message: /^stopped before the first epoch was done/,
      });
      stop.abort();
      await rejected;
      assert.ok(!existsSync(out));
    });

    it('leaves the old model as it is where the one to go on from is damaged', async () => {
      const out = join(folder, engine, 'mlp');
      const broken = join(folder, engine, 'broken');
      await cp(out, broken, { recursive: true });
      const [weights] = (await readdir(broken)).filter((name) => name.startsWith('weights'));
      await writeFile(join(broken, weights!), Buffer.alloc((await stat(join(broken, weights!))).size, 0xff));
      const old = await readModel(out);
      const files = await readdir(out);
      await assert.rejects(startTraining({ ...settings, out, from: broken }), {
        name: 'ModelError',
        message: /it has been damaged: copy or save the model again$/,
      });
      assert.deepEqual([await readModel(out), await readdir(out)], [old, files]);
    });

    it('saves a .keras file, and goes on from one', async () => {
      const out = join(folder, engine, 'original.keras');
      await startTraining({ ...settings, out, from: join(folder, engine, 'mlp'), epochs: 1, augmentation: false });
      const { metadata } = await readModel(out);
      assert.equal(metadata.name, 'original');
      const { accuracy } = await startTraining({ ...settings, out, from: out, epochs: 1, augmentation: false });
      assert.ok(accuracy > 0.6, `reads ${accuracy}`);
    });

    it('teaches own samples to a model, and measures before and after', async () => {
      const out = join(folder, engine, 'taught');
      const result = await startTraining({ ...settings, out, samples, from: SHIPPED_MODEL, epochs: 1 });
      assert.ok(
        result.samples &&
          result.samples.training + result.samples.validation + result.samples.test === 60 &&
          result.samples.test > 0,
      );
      assert.ok(result.judged && result.before && result.after && result.before.usual > 0.5);
      assert.equal(
        result.better,
        result.judged.after.samples >= result.judged.before.samples &&
          result.judged.after.usual >= result.judged.before.usual - 0.001,
      );
      assert.equal(existsSync(out), result.better);
      assert.match(result.card, /\| right \| before \| after \|/);
    });
  });
}

describe('what a training is given', () => {
  const wrong =
    (settings: object, message: RegExp): (() => Promise<void>) =>
    async () => {
      await assert.rejects(
        startTraining({ mnist, out: join(folder, 'wrong'), engine: 'wasm', ...settings }),
        (error: Error) => {
          assert.match(error.message, message);
          return true;
        },
      );
      assert.ok(!existsSync(join(folder, 'wrong')));
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.includes('.tmp')),
        [],
      );
    };

  it(
    'epochs that are no whole number',
    wrong({ epochs: 1.5 }, /^expected epochs to be a whole number from 1 to 1000, got the number 1.5$/),
  );
  it(
    'epochs as a text',
    wrong({ epochs: '3' }, /^expected epochs to be a whole number from 1 to 1000, got the string "3"$/),
  );
  it(
    'a learning rate of 0',
    wrong({ learningRate: 0 }, /^expected learningRate to be a number above 0, at most 1, got the number 0$/),
  );
  it(
    'an unknown network',
    wrong({ network: 'resnet' }, /^expected network to be cnn or mlp, got the string "resnet"$/),
  );
  it('an unknown setting', wrong({ epoch: 3 }, /^expected a setting of a training \(.*\), got epoch$/));
  it('nothing to train with', wrong({ mnist: undefined }, /^expected something to train with/));
  it('a folder without MNIST', wrong({ mnist: tmpdir() }, /train-images-idx3-ubyte cannot be read \(ENOENT\)$/));
  it('no model to go on from', wrong({ from: join(tmpdir(), 'no model') }, /^there is no model at /));
  it('a single sample', async () => {
    await writeSamples(join(folder, 'single'), drawnSet(1, 4));
    await wrong(
      { mnist: undefined, samples: join(folder, 'single') },
      /^expected at least 20 digits, of at least 2 different labels, to train a network from nothing, got 1 of 1: collect more samples/,
    )();
  });
  it('an empty folder of samples', wrong({ mnist: undefined, samples: __dirname }, /expected pictures/));

  it('takes drawn digits where MNIST is not there to be mixed in, and says so', async () => {
    const { notes, testedOn } = await startTraining({
      mnist: join(folder, 'no mnist'),
      samples,
      from: SHIPPED_MODEL,
      engine: 'wasm',
      epochs: 1,
      batchSize: 32,
      out: join(folder, 'alone'),
    });
    assert.match(notes.join(), /MNIST is not there, so drawn digits take its place/);
    assert.equal(testedOn, 'drawn digits');
  });
});
