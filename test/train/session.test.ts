import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelledDigits } from '../../lib/data/idx';
import { readModel } from '../../lib/models/model-files';
import type { TrainingResult } from '../../lib/train/common/result';
import { runSession } from '../../lib/train/loop/session';
import { checkSettings, type TrainingSettings } from '../../lib/train/common/settings';
import type { FurtherSets } from '../../lib/train/data/further';
import type { Sources } from '../../lib/train/data/sources';
import { HeldOut } from '../../lib/train/data/split';
import { makeModel, saveModel, temporaryFolder, tf } from '../classify/models';
import { drawnSet } from './drawn-set';
import { NOT_A_DIGIT } from '../../lib/digit';

describe('a training, step by step', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let from: string;
  before(async () => {
    folder = await temporaryFolder();
    from = join(folder.path, 'before');
    await saveModel(makeModel({ network: 'mlp', inputShape: [784], classes: 10, ending: 'logits' }), from, {
      temperature: 1.5,
    });
  });
  after(() => folder.remove());

  let count = 0;
  /** What happened, in its order; and what it came to. */
  const run = async (
    settings: Partial<TrainingSettings>,
    {
      mnist,
      samples,
      further,
    }: { mnist?: { training: LabelledDigits; test: LabelledDigits }; samples?: LabelledDigits; further?: FurtherSets },
  ): Promise<{ events: string[]; result: TrainingResult }> => {
    const events: string[] = [];
    const read = (): Promise<Sources> =>
      Promise.resolve({
        ...(samples && { samples }),
        ...(further && { further }),
        notes: [],
        ...(mnist && {
          mnist: {
            training: mnist.training,
            test: new HeldOut(() => {
              events.push('the test is looked at');
              return mnist.test;
            }),
          },
        }),
      });
    const checked = checkSettings({
      ...(mnist ? { mnist: '/none' } : {}),
      ...(samples ? { samples: '/none' } : {}),
      batchSize: 32,
      out: join(folder.path, String(count++)),
      ...settings,
    });
    const result = await runSession(tf, 'wasm', checked, {
      read,
      signal: new AbortController().signal,
      onStage: (stage) => events.push(stage),
      onProgress: ({ result: end }) => {
        if (end) events.push(`epoch ${end.epoch}`);
      },
    });
    return { events, result };
  };
  const weightsOf = async ({ path }: TrainingResult): Promise<Buffer> =>
    Buffer.from((await readModel(path as string)).artifacts.weightData);

  const training = drawnSet(300, 1);
  const test = drawnSet(100, 2);
  const samples = drawnSet(120, 3);
  /** Says of every digit that it is the next one: whoever chose by it would choose otherwise. */
  const wrong = { ...test, labels: test.labels.map((label) => (label + 1) % 10) };

  for (const [what, settings, own] of [
    ['goes on from a model', { augmentation: false }, undefined],
    ['teaches own samples to a model', {}, samples],
  ] as const) {
    it(`looks at the test once, after the last decision, and decides nothing by it: one that ${what}`, async () => {
      const more = { from, epochs: 2, ...settings };
      const given = own ? { samples: own } : {};
      const { events, result } = await run(more, { mnist: { training, test }, ...given });
      assert.deepEqual(events, ['training', 'epoch 1', 'epoch 2', 'measuring', 'the test is looked at']);
      const other = (await run(more, { mnist: { training, test: wrong }, ...given })).result;
      assert.notEqual(other.accuracy, result.accuracy);
      for (const name of [
        'bestEpoch',
        'validationLoss',
        'validationAccuracy',
        'better',
        'judged',
        'independent',
      ] as const)
        assert.deepEqual(other[name], result[name], name);
      assert.equal(other.path === undefined, result.path === undefined);
      if (result.path !== undefined) {
        assert.deepEqual(await weightsOf(other), await weightsOf(result));
        assert.deepEqual(
          (await readModel(other.path as string)).metadata.temperature,
          (await readModel(result.path)).metadata.temperature,
        );
      }
    });
  }

  it('tells which own samples were for what, and what was decided by which', async () => {
    const { result } = await run({ from, epochs: 1 }, { samples });
    const { samples: own, better, judged, before: early, after: late } = result;
    assert.ok(own && judged && early && late);
    assert.equal(own.training + own.validation + own.test, 120);
    assert.ok(own.test > 10 && own.validation === own.test);
    assert.equal(
      better,
      judged.after.samples >= judged.before.samples && judged.after.usual >= judged.before.usual - 0.001,
    );
    assert.ok(
      result.card.includes(
        `- ${own.training} own samples, each several times an epoch; ${own.validation} more were held out to choose ` +
          'the best epoch, to',
      ),
    );
    assert.match(result.card, new RegExp(`judge whether it has got better, ${own.test} more to test with\\.`));
    assert.match(result.card, /\| own samples that had no part in it \|/);
    assert.deepEqual([result.testedOn, result.independent], ['drawn digits', true]);
  });

  it('says where own samples were too few to test with, and claims no accuracy then', async () => {
    const few = drawnSet(24, 5);
    few.labels.forEach((_, i) => {
      few.labels[i] = i % 6;
    });
    const { result } = await run({ network: 'mlp', epochs: 1, batchSize: 8 }, { samples: few });
    assert.deepEqual(
      [result.testedOn, result.independent, result.samples],
      ['own samples', false, { training: 21, validation: 3, test: 0 }],
    );
    assert.match(
      result.card,
      /\| own samples that chose the best epoch \| 3 \|[^]*There is no independent test: own samples were too few to set some aside/,
    );
    assert.match(result.card, /- Own samples: 21 digits to train with; 3 were held out/);
    const { metadata } = await readModel(result.path as string);
    assert.deepEqual([metadata.accuracy, metadata.calibrationError], [undefined, undefined]);
    const taught = (await run({ from, epochs: 1 }, { samples: few })).result;
    assert.deepEqual(
      [taught.samples, taught.before?.samples, taught.after?.samples],
      [{ training: 24, validation: 0, test: 0 }, taught.judged?.before.samples, taught.judged?.after.samples],
    );
    assert.match(
      taught.card,
      /they were too few to hold some out, so it was judged by the\n {2}same ones\.[^]*\| own samples that were trained with \|/,
    );
  });

  it('tests with own samples that had no part in it, where there is no MNIST', async () => {
    const { result } = await run({ network: 'mlp', epochs: 1 }, { samples });
    assert.deepEqual([result.testedOn, result.independent, result.tested], ['own samples', true, result.samples?.test]);
    assert.match(result.card, /\| own samples that had no part in it \|/);
    assert.equal((await readModel(result.path as string)).metadata.accuracy, result.accuracy);
  });

  it('writes into the card what was held out, the averaging, and all settings that are not the defaults', async () => {
    const { result } = await run(
      { network: 'mlp', epochs: 2, batchSize: 16, learningRate: 0.003, augmentation: false, seed: 7 },
      { mnist: { training: drawnSet(101, 4), test } },
    );
    const card = await readFile(join(result.path as string, 'MODEL_CARD.md'), 'utf8');
    assert.equal(card, result.card);
    assert.match(card, /MNIST's training set \(LeCun, Cortes, Burges\): 90 digits to train with; 11 were held out/);
    assert.match(
      card,
      /- 2 epochs, of which number \d was the best; Adam, moving average of the weights \(0\.999\); seed 7;/,
    );
    assert.match(
      card,
      /\nAgain: `npm run train -- --network mlp --engine wasm --epochs 2 --batch-size 16 --learning-rate 0\.003 --augmentation off --seed 7 --out PATH`\.\n/,
    );
    const usual = (await run({ from, epochs: 1, batchSize: 128 }, { samples })).result.card;
    assert.match(
      usual,
      /Again: `npm run train -- --from MODEL --mnist none --samples DIR --engine wasm --epochs 1 --seed 1 --out PATH`/,
    );
    assert.match(usual, /moving average of the weights \(0\.98\)/);
  });

  it('measures further hands and letters apart, with what was kept of them', async () => {
    const none = (digits: LabelledDigits): LabelledDigits => ({
      ...digits,
      labels: digits.labels.map(() => NOT_A_DIGIT),
    });
    const parts = { train: drawnSet(40, 11), choose: drawnSet(10, 12), measure: drawnSet(30, 13) };
    const further = {
      hands: [{ name: 'hands', credit: 'by some', kept: 'a third', parts }],
      letters: [
        {
          name: 'letters',
          credit: 'by others',
          kept: 'some',
          parts: { train: none(parts.train), choose: none(parts.choose), measure: none(parts.measure) },
        },
      ],
      pages: [
        {
          name: 'pages',
          credit: 'drawn',
          kept: 'none',
          parts: { train: drawnSet(20, 14), choose: drawnSet(5, 15), measure: drawnSet(0, 16) },
        },
      ],
    };
    const eleven = join(folder.path, 'eleven');
    await saveModel(makeModel({ network: 'mlp', inputShape: [784], classes: 11, ending: 'logits' }), eleven, {});
    const settings = { hands: '/hands', letters: '/letters', pages: '/pages', epochs: 1 };
    const { card } = (await run({ ...settings, from: eleven }, { mnist: { training, test }, further })).result;
    assert.match(card, /MNIST's training set \(LeCun, Cortes, Burges\): 270 digits to train with; 30 were held out/);
    assert.match(
      card,
      /- `hands`, by some:\n {2}40 to train with, 10 held out to choose by and to calibrate, 30 kept to measure\n {2}with \(a third\)\./,
    );
    assert.match(
      card,
      /\n\| hands, kept \| 30 \| \d+\.\d\d % \|[^]*\n\| letters \| 30 \| \d+\.\d % \| \d+\.\d % \|\n\n\| digit \|/,
    );
    assert.match(card, /Again: `npm run train -- --from MODEL --hands DIR --letters DIR --pages DIR --engine wasm/);
    const shapes =
      /- Shapes of the project's own drawn pages[^]* {2}20 to train with, some of them in each epoch, 5 held out/;
    assert.match(card, shapes);
    assert.match(
      card,
      /- The weights are 0\.6 of those of that epoch and 0\.4 of those of the model that it goes on from/,
    );
    const ten = (await run({ ...settings, from, augmentation: false }, { mnist: { training, test }, further })).result
      .card;
    assert.doesNotMatch(ten, /- `letters`|\| letters \|/, 'a network of ten classes is shown none');
  });

  it('takes further hands and letters only beside MNIST', () => {
    for (const settings of [{ samples: '/none' }, { mnist: '/none', samples: '/none', from }]) {
      assert.throws(
        () => checkSettings({ ...settings, hands: '/hands', out: '/out' }),
        /^TrainingSettingsError: expected hands, letters and pages beside MNIST/,
      );
    }
  });

  it('says in the card that it was stopped', async () => {
    const stop = new AbortController();
    const out = join(folder.path, 'stopped');
    const { card, stopped } = await runSession(
      tf,
      'wasm',
      checkSettings({ mnist: '/none', from, epochs: 50, batchSize: 32, out, augmentation: false }),
      {
        read: () => Promise.resolve({ mnist: { training, test: new HeldOut(() => test) }, notes: [] }),
        signal: stop.signal,
        onStage: () => undefined,
        onProgress: ({ result: end }) => {
          if (end) stop.abort();
        },
      },
    );
    assert.equal(stopped, true);
    assert.match(card, /- Stopped after 1 of 50 epochs, of which number 1 was the best;/);
  });
});
