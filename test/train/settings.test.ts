import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import {
  checkSettings,
  scheduleOf,
  TrainingSettingsError,
  type TrainingSettings,
} from '../../lib/train/common/settings';

const GIVEN: TrainingSettings = { mnist: 'mnist', out: 'out' };

describe('the settings of a training', () => {
  it('are those of a compact network, unless they say otherwise', () => {
    const { network, engine, seed, mnist, out } = checkSettings({ ...GIVEN, name: undefined });
    assert.deepEqual([network, engine, seed, mnist, out], ['cnn', 'auto', 1, resolve('mnist'), resolve('out')]);
    // What is said to be undefined is not set.
    assert.ok(!('name' in checkSettings({ ...GIVEN, name: undefined })));
    assert.equal(checkSettings({ ...GIVEN, network: 'mlp', seed: 0 }).network, 'mlp');
    assert.equal(checkSettings({ ...GIVEN, seed: 0 }).seed, 0);
  });

  const LIMITS: [name: 'epochs' | 'batchSize' | 'seed' | 'learningRate', least: number, most: number, step: number][] =
    [
      ['epochs', 1, 1000, 1],
      ['batchSize', 1, 4096, 1],
      ['seed', 0, 999_999_999, 1],
      ['learningRate', 1e-9, 1, 1e-9],
    ];
  for (const [name, least, most, step] of LIMITS) {
    it(`have ${name} from ${least} to ${most}`, () => {
      for (const value of [least, most]) assert.equal(checkSettings({ ...GIVEN, [name]: value })[name], value);
      for (const value of [least - step, most + step, NaN, '1'])
        assert.throws(() => checkSettings({ ...GIVEN, [name]: value }), TrainingSettingsError);
    });
  }

  const WRONG: [what: string, given: object, message: RegExp][] = [
    ['a name that is not known', { ...GIVEN, speed: 1 }, /expected a setting of a training .*, got speed/],
    ['a path that is empty', { ...GIVEN, mnist: ' ' }, /expected mnist to be a path/],
    ['a path with a zero in it', { ...GIVEN, samples: 'a\0b' }, /expected samples to be a path/],
    ['a network that is not known', { ...GIVEN, network: 'rnn' }, /expected network to be cnn or mlp/],
    ['a flag that is a word', { ...GIVEN, augmentation: 'yes' }, /expected augmentation to be true or false/],
    ['no mirrors', { ...GIVEN, mirrors: [] }, /expected mirrors to be addresses/],
    ['a mirror that is no text', { ...GIVEN, mirrors: ['a', 5] }, /expected mirrors to be addresses/],
    ['nothing to train with', { out: 'out' }, /expected something to train with/],
    ['nowhere to save', { mnist: 'mnist' }, /expected a place to save the model at/],
    [
      'pages without MNIST',
      { samples: 'own', pages: 'pages', out: 'out' },
      /expected hands, letters and pages beside MNIST/,
    ],
    [
      'letters beside own samples that are taught to a model',
      { ...GIVEN, samples: 'own', from: 'model', letters: 'letters' },
      /expected hands, letters and pages beside MNIST/,
    ],
  ];
  for (const [what, given, message] of WRONG) {
    it(`are refused with ${what}`, () => {
      assert.throws(() => checkSettings(given as TrainingSettings), { name: 'TrainingSettingsError', message });
    });
  }

  it('may have letters beside MNIST, with a model or with own samples', () => {
    for (const more of [{}, { from: 'model' }, { samples: 'own' }])
      assert.equal(checkSettings({ ...GIVEN, letters: 'letters', ...more }).letters, resolve('letters'));
  });

  it('are kept in the schedule: epochs, the learning rate, and whether digits are changed', () => {
    const own = { epochs: 7, learningRate: 0.003, augmentation: false };
    for (const network of ['cnn', 'mlp'] as const)
      for (const from of [{}, { from: 'model', samples: 'own' }, { from: 'model' }]) {
        const schedule = scheduleOf(checkSettings({ ...GIVEN, network, ...own, ...from }), 'wasm');
        assert.deepEqual([schedule.epochs, schedule.recipe.learningRate, schedule.augmentation], [7, 0.003, false]);
      }
  });

  it('change digits unless it is the plain network, and take longer where the engine is fast', () => {
    const of = (given: Partial<TrainingSettings>, engine: 'wasm' | 'native' = 'wasm') =>
      scheduleOf(checkSettings({ ...GIVEN, ...given }), engine);
    assert.equal(of({}).augmentation, true);
    assert.equal(of({ network: 'mlp' }).augmentation, false);
    assert.equal(of({ network: 'mlp', augmentation: true }).augmentation, true);
    assert.ok(of({}, 'native').epochs > of({}).epochs);
    // What is learnt already is changed with care.
    assert.ok(of({ from: 'model', samples: 'own' }).recipe.learningRate < of({}).recipe.learningRate);
  });
});
