import assert from 'node:assert/strict';
import { type LabelledDigits } from '../../lib/data/idx';
import { assertEnough } from '../../lib/train/data/curriculum';
import { trainingDataOf } from '../../lib/train/data/training-data';
import { cut } from '../../lib/train/data/samples';
import type { CheckedSettings } from '../../lib/train/common/settings';
import { holdOut, splitInThree, HeldOut } from '../../lib/train/data/split';
import { drawnSet } from './drawn-set';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../../lib/digit';

/** Digits sorted by their label, so many of each; each picture tells its place. */
function sorted(...counts: number[]): LabelledDigits {
  const labels = Uint8Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  const images = new Uint8Array(labels.length * DIGIT_PIXELS);
  labels.forEach((_, i) => {
    images.set([i >> 8, i & 255, 255], i * DIGIT_PIXELS);
  });
  return { images, labels };
}

/** The places that the pictures of `sorted` had. */
function placesOf({ images, labels }: LabelledDigits): number[] {
  return Array.from(labels, (_, i) => (images[i * DIGIT_PIXELS]! << 8) | images[i * DIGIT_PIXELS + 1]!);
}

function countsOf({ labels }: LabelledDigits): number[] {
  return Array.from({ length: NOT_A_DIGIT }, (_, digit) => labels.filter((label) => label === digit).length);
}

/** Every picture is in one part only, under its label. */
function assertParted(digits: LabelledDigits, ...parts: LabelledDigits[]): void {
  assert.deepEqual(
    parts.flatMap(placesOf).sort((a, b) => a - b),
    Array.from(digits.labels.keys()),
  );
  for (const part of parts)
    assert.deepEqual(
      placesOf(part).map((place) => digits.labels[place]),
      [...part.labels],
    );
}

describe('holding digits out', () => {
  it('takes as large a share of each label, also of a set that is sorted by label', () => {
    const digits = sorted(...new Array<number>(10).fill(60));
    const { training, validation } = holdOut(digits, 1);
    assertParted(digits, training, validation);
    assert.deepEqual(countsOf(validation), new Array(10).fill(6));
    const uneven = sorted(5, 15, 0, 80, 100);
    const parts = holdOut(uneven, 1);
    assertParted(uneven, parts.training, parts.validation);
    assert.equal(parts.validation.labels.length, 20);
    countsOf(parts.validation).forEach((count, label) => {
      assert.ok(Math.abs(count - countsOf(uneven)[label]! / 10) < 1, `${count} of label ${label}`);
    });
  });

  it('mixes the labels, the same way for the same seed', () => {
    const digits = sorted(...new Array<number>(10).fill(60));
    const { training } = holdOut(digits, 1);
    assert.ok(new Set(training.labels.subarray(0, 60)).size > 5);
    assert.deepEqual(holdOut(digits, 1), holdOut(digits, 1));
    assert.notDeepEqual(placesOf(holdOut(digits, 2).validation), placesOf(holdOut(digits, 1).validation));
  });

  it('takes 5,000 at most', () => {
    const { training, validation } = holdOut(sorted(30_000, 30_000), 1);
    assert.deepEqual([countsOf(validation).slice(0, 2), training.labels.length], [[2500, 2500], 55_000]);
  });

  it('leaves one of each label to be trained with', () => {
    const { training, validation } = holdOut(sorted(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2), 1);
    assert.deepEqual([training.labels.length, validation.labels.length], [11, 1]);
    assert.equal(holdOut(sorted(1, 1, 1), 1).validation.labels.length, 0);
  });
});

describe('own samples', () => {
  it('are parted in three by label, where there are five or more of one', () => {
    const digits = sorted(4, 5, 9, 10, 23);
    const { training, validation, test } = splitInThree(digits, 1);
    assertParted(digits, training, validation, test);
    assert.deepEqual(countsOf(test).slice(0, 5), [0, 1, 1, 2, 4]);
    assert.deepEqual(countsOf(validation), countsOf(test));
  });

  const lessons = (
    samples: LabelledDigits | undefined,
    more: { from?: string; mnist?: LabelledDigits; classes?: number } = {},
  ): ReturnType<typeof trainingDataOf> =>
    trainingDataOf(
      {
        ...(samples && { samples }),
        ...(more.mnist && {
          mnist: { training: more.mnist, test: new HeldOut(() => assert.fail('the test was looked at')) },
        }),
        notes: [],
      },
      { from: more.from } as CheckedSettings,
      { seed: 1, batchSize: 16, classes: more.classes ?? 11, augmentation: false, epochs: 1 },
    );

  for (const from of [undefined, 'a model']) {
    it(
      'that test a model have not chosen it, nor were they trained with: ' +
        (from ? 'one that is taught' : 'one from nothing'),
      async () => {
        const samples = drawnSet(200);
        const { curriculum, test, own } = await lessons(samples, from ? { from } : {});
        const tested = (from ? test.own : test.usual)?.open() as LabelledDigits;
        assert.deepEqual([test.independent, tested.labels.length, own?.test], [true, own?.test, tested.labels.length]);
        assert.ok(tested.labels.length > 20);
        for (const { images, labels } of [curriculum.data, curriculum.validation]) {
          const seen = new Set(
            Array.from(labels, (_, i) =>
              Buffer.from(images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS)).toString('latin1'),
            ),
          );
          tested.labels.forEach((_, i) => {
            assert.ok(
              !seen.has(
                Buffer.from(tested.images.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS)).toString('latin1'),
              ),
              `test picture ${i}`,
            );
          });
        }
      },
    );
  }

  it('that are too few to be parted test nothing, and that is said', async () => {
    const few = sorted(4, 4, 4, 4, 4, 4);
    const whole = await lessons(few);
    assert.deepEqual(
      [whole.test.name, whole.test.independent, whole.own],
      ['own samples', false, { training: 21, validation: 3, test: 0 }],
    );
    const taught = await lessons(few, { from: 'a model' });
    assert.deepEqual(
      [taught.test.name, taught.test.own, taught.own],
      ['drawn digits', undefined, { training: 24, validation: 0, test: 0 }],
    );
  });

  it('say how many are held out', async () => {
    assert.equal((await lessons(undefined, { mnist: sorted(30_000, 30_000) })).held, 5000);
    assert.equal((await lessons(drawnSet(100), { mnist: sorted(200, 300) })).held, 60);
  });

  const refused: [what: string, samples: LabelledDigits, more: Parameters<typeof lessons>[1], message: RegExp][] = [
    [
      'a single one',
      sorted(0, 1),
      {},
      /expected at least 20 digits, of at least 2 different labels, to train a network from nothing, got 1 of 1: collect more samples, train with MNIST too, or go on from a model/,
    ],
    ['many of one label', sorted(0, 100), {}, /got 80 of 1: /],
    [
      'none that the network can learn',
      { images: new Uint8Array(2 * DIGIT_PIXELS), labels: Uint8Array.of(NOT_A_DIGIT, NOT_A_DIGIT) },
      { classes: 10 },
      /expected samples of digits, because this network tells nothing else, got 2 that are none/,
    ],
    [
      'none that the taught network can learn',
      { images: new Uint8Array(DIGIT_PIXELS), labels: Uint8Array.of(NOT_A_DIGIT) },
      { classes: 10, from: 'a model' },
      /got 1 that are none/,
    ],
  ];
  for (const [what, samples, more, message] of refused) {
    it(`are refused: ${what}`, async () => {
      await assert.rejects(lessons(samples, more), { name: 'TooFewError', message });
    });
  }

  it('may be a single one to teach it to a model, in batches of any size', async () => {
    for (const batchSize of [1, 2, 7, 128]) {
      const { curriculum } = await trainingDataOf(
        { samples: sorted(0, 0, 1), notes: [] },
        { from: 'a model' } as CheckedSettings,
        { seed: 1, batchSize, classes: 11, augmentation: true, epochs: 1 },
      );
      const plans = curriculum.batches(1);
      const sources = plans.flatMap((plan) => [...plan.sources]);
      assert.ok(plans.length >= 12 && plans.every((plan) => plan.sources.length === batchSize));
      const own = sources.filter((source) => source === 0).length / sources.length;
      assert.ok(own > 0.2 && own < 0.4, `${own} of batches of ${batchSize}`);
    }
  });
});

describe('what a training is cut into', () => {
  it('are batches of one sample at least', () => {
    for (const size of [0, -1, NaN])
      assert.throws(() => cut(new Int32Array(5), size, 1, 1), {
        name: 'RangeError',
        message: /batches of at least 1 sample/,
      });
    assert.equal(cut(new Int32Array(5), 1, 1, 1).length, 5);
  });

  it('is enough only where there is something to tell apart', () => {
    assertEnough(sorted(10, 10));
    assertEnough(sorted(19), sorted(0, 1));
    assert.throws(() => {
      assertEnough(sorted(18), sorted(0, 1));
    }, /got 19 of 2/);
  });
});

describe('test digits', () => {
  it('can be looked at once', () => {
    const sealed = new HeldOut(() => sorted(1));
    assert.equal(sealed.open().labels.length, 1);
    assert.throws(() => sealed.open(), /have been looked at before/);
  });
});
