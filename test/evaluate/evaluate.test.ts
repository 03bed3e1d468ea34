import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Classifier } from '../../lib/engine/classifier';
import { type Prediction } from '../../lib/classify/prediction';
import { DataSetError } from '../../lib/data/idx';
import { evaluateModel } from '../../lib/evaluate/evaluate';
import { drawConfusion, drawMistakes } from '../../lib/evaluate/pictures';
import { NOT_A_DIGIT } from '../../lib/digit';

/** A model that reads the first byte of a picture, as surely as the second one says; over 9 is no digit. */
function reader(): Classifier & { batches: number[] } {
  const batches: number[] = [];
  return {
    batches,
    modelPath: '/model',
    status: { state: 'idle' },
    info: undefined,
    reload: () => Promise.resolve(undefined),
    onStatus: () => () => undefined,
    release: () => Promise.resolve(),
    judge: () => Promise.resolve([]),
    compiled: () => Promise.resolve(undefined),
    describe: () =>
      Promise.resolve({
        path: '/model',
        name: 'reader',
        temperature: 1,
        classes: 11,
        inputShape: [784],
        parameters: 1,
        checksum: '0123456789ab',
      }),
    classify: (images) => {
      batches.push(images.length);
      return Promise.resolve(
        images.map(([digit = NaN, percent = NaN]): Prediction => {
          const sure = percent / 100;
          const probabilities = new Array<number>(10).fill(0);
          if (digit < 10) probabilities[digit] = sure;
          return digit < 10
            ? { digit: digit, confidence: sure, probabilities, notDigit: 0 }
            : { digit: 0, confidence: 0, probabilities, notDigit: 1 };
        }),
      );
    },
  };
}

function digits(...all: [label: number, read: number, percent: number][]) {
  const images = new Uint8Array(all.length * 784);
  all.forEach(([, read, percent], i) => {
    images.set([read, percent], i * 784);
  });
  return { images, labels: Uint8Array.from(all, ([label]) => label) };
}

describe('evaluateModel', () => {
  it('counts, and tells what was wrong, the surest first', async () => {
    const data = digits([4, 4, 90], [4, 9, 60], [7, 7, 95], [7, 1, 80], [5, 99, 0]);
    const { digitsPerSecond, calibration, ...evaluation } = await evaluateModel(reader(), data, { precision: 1 });
    assert.deepEqual(
      [evaluation.n, evaluation.accuracy, evaluation.rejected, evaluation.model],
      [5, 2 / 5, 1 / 5, { name: 'reader' }],
    );
    assert.deepEqual(
      [evaluation.byDigit[4], evaluation.byDigit[5], evaluation.confusion.length, evaluation.confusion[4]![9]],
      [1 / 2, 0, 10, 1],
    );
    assert.deepEqual(evaluation.threshold, { wanted: 1, minimumConfidence: 0.9, precision: 1, coverage: 2 / 5 });
    assert.deepEqual(
      evaluation.mistakes.map(({ index, label, read }) => [index, label, read]),
      [
        [4, 5, NOT_A_DIGIT],
        [3, 7, 1],
        [1, 4, 9],
      ],
    );
    assert.deepEqual(
      calibration.map(({ n, accuracy }) => [n, accuracy]),
      [
        [1, 0],
        [1, 0],
        [1, 1],
        [1, 1],
      ],
    );
    assert.ok(digitsPerSecond > 0);
  });

  it('counts what is no digit, where such pictures are among them', async () => {
    const { accuracy, confusion, n } = await evaluateModel(
      reader(),
      digits([NOT_A_DIGIT, 99, 0], [NOT_A_DIGIT, 3, 90], [3, 3, 90]),
    );
    assert.deepEqual(
      [n, accuracy, confusion.length, confusion[NOT_A_DIGIT]![NOT_A_DIGIT], confusion[NOT_A_DIGIT]![3]],
      [3, 2 / 3, 11, 1, 1],
    );
  });

  it('asks in small batches, tells how far it is, and stops when told to', async () => {
    const data = digits(...Array.from({ length: 200 }, () => [1, 1, 99] as [number, number, number]));
    const model = reader();
    const seen: number[] = [];
    await evaluateModel(model, data, { onProgress: (done) => seen.push(done) });
    assert.deepEqual(
      [model.batches, seen],
      [
        [64, 64, 64, 8],
        [64, 128, 192, 200],
      ],
    );

    const stopping = new AbortController();
    const stopped = reader();
    const onProgress = (): void => {
      stopping.abort(new Error('told to stop'));
    };
    await assert.rejects(
      evaluateModel(stopped, data, { signal: stopping.signal, onProgress }),
      /^Error: told to stop$/,
    );
    assert.deepEqual(stopped.batches, [64]);
  });

  const wrong: [unknown, RegExp][] = [
    [undefined, /expected labelled digits .*got undefined/],
    ['all', /got the string "all"/],
    [{ images: [], labels: [] }, /got an object with images, labels/],
    [{ images: new Uint8Array(784), labels: new Uint8Array(2) }, /got 784 bytes and 2 labels/],
    [{ images: new Uint8Array(), labels: new Uint8Array() }, /got 0 bytes and 0 labels/],
    [digits([11, 1, 1]), /expected labels from 0 to 9, or 10 for what is no digit, got 11 for number 0/],
  ];
  for (const [value, message] of wrong) {
    it(`refuses ${message.source}`, async () => {
      await assert.rejects(
        evaluateModel(reader(), value as ReturnType<typeof digits>),
        (error: Error) => error instanceof DataSetError && message.test(error.message),
      );
    });
  }

  it('refuses a precision that is none', async () => {
    for (const precision of [-1, 2, NaN])
      await assert.rejects(
        evaluateModel(reader(), digits([1, 1, 1]), { precision }),
        /expected the wanted precision to be a number from 0 to 1/,
      );
  });
});

describe('pictures of an evaluation', () => {
  const pixels = async (png: Buffer) => sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });

  it('show the confusion matrix', async () => {
    const matrix = async (
      data: ReturnType<typeof digits>,
    ): Promise<{ green: number; orange: number; height: number }> => {
      const { data: bytes, info } = await pixels(await drawConfusion(await evaluateModel(reader(), data)));
      let green = 0;
      let orange = 0;
      for (let i = 0; i < bytes.length; i += 3) {
        if (bytes[i]! + 60 < bytes[i + 1]!) green++;
        if (bytes[i]! > bytes[i + 2]! + 60) orange++;
      }
      return { green, orange, height: info.height };
    };
    const right = await matrix(digits([4, 4, 90]));
    const both = await matrix(digits([4, 4, 90], [7, 1, 90]));
    const none = await matrix(digits([NOT_A_DIGIT, 11, 0]));
    assert.deepEqual([right.green > 1500, right.orange], [true, 0]);
    assert.deepEqual([both.green, both.orange > 1500], [right.green, true]);
    assert.ok(none.height > right.height);
  });

  it('show the mistakes, of which there may be none', async () => {
    const data = digits([4, 9, 60], [7, 7, 95], [8, 3, 99]);
    data.images.fill(123, 784);
    const evaluation = { n: 3, mistakes: [{ index: 2, label: 8, read: 3, confidence: 0.99 }] };
    const { data: bytes, info } = await pixels(await drawMistakes(evaluation, data));
    const count = bytes.filter((value) => value === 123).length / info.channels;
    // The rims of letters may have any grey.
    assert.ok(count >= 56 ** 2 && count < 56 ** 2 + 100, String(count));
    assert.ok((await pixels(await drawMistakes({ n: 3, mistakes: [] }, data))).info.width > 0);
    const heightOf = async (length: number): Promise<number> => {
      const many = { n: 500, mistakes: Array.from({ length }, () => evaluation.mistakes[0]!) };
      return (await pixels(await drawMistakes(many, data))).info.height;
    };
    const most = await heightOf(200);
    assert.ok(most < 2000 && most > (await heightOf(100)));
    assert.equal(await heightOf(500), most);
  });
});
