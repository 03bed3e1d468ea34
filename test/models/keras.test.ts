import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { acquireClassifier } from '../../lib/engine/classifier';
import { Network } from '../../lib/engine/network';
import { readModel, saveModel as saveModelFiles, type ModelFiles } from '../../lib/models/model-files';
import { buildCnn } from '../../lib/train/engine/network';
import { drawImages, makeModel, outputsOf, saveModel, temporaryFolder, tf, type ModelKind } from '../classify/models';

/** Files that Keras 3.15 wrote, and what it computes for the drawn pictures: see make.py there. */
const FIXTURES = join(__dirname, '../../../test/models/fixtures');
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<string, number[][]>;
const names = Object.keys(expected);
const images = drawImages(4);

/** Probabilities of 0 to 9 and, where there is one, of "not a digit". */
async function probabilities(path: string): Promise<number[][]> {
  const classifier = acquireClassifier(path);
  try {
    return (await classifier.classify(images)).map((one) => [...one.probabilities, one.notDigit]);
  } finally {
    await classifier.release();
  }
}

function assertClose(actual: number[][], wanted: number[][]): void {
  assert.equal(actual.length, wanted.length);
  wanted.forEach((row, i) => {
    row.forEach((value, k) => {
      assert.ok(
        Math.abs(actual[i]![k]! - value) < 1e-5,
        `picture ${i}, class ${k}: expected ${value}, got ${actual[i]![k]}`,
      );
    });
  });
}

function softmax(rows: number[][]): number[][] {
  return rows.map((row) => {
    const powers = row.map((value) => Math.exp(value - Math.max(...row)));
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  });
}

describe('.keras files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'digits.keras');
  });
  afterEach(() => folder.remove());

  for (const name of names) {
    const wanted = name === 'sequential' ? softmax(expected[name]!) : expected[name]!;

    it(`reads the network "${name}", and computes what Keras does`, async () => {
      assertClose(await probabilities(join(FIXTURES, `${name}.keras`)), wanted);
    });

    it(`leaves nothing of the network "${name}" in memory`, async () => {
      const files = await readModel(join(FIXTURES, `${name}.keras`));
      const { numTensors } = tf.memory();
      (await Network.load(tf, files)).dispose();
      assert.equal(tf.memory().numTensors, numTensors);
    });

    it(`writes the network "${name}" in either format, with the same outputs and weights`, async () => {
      const { artifacts } = await readModel(join(FIXTURES, `${name}.keras`));
      for (const target of [path, join(folder.path, 'digits')]) {
        await saveModelFiles(target, artifacts, { name, temperature: 1 });
        const copy = await readModel(target);
        assert.deepEqual(Buffer.from(copy.artifacts.weightData), Buffer.from(artifacts.weightData));
        assert.deepEqual(copy.artifacts.weightSpecs, artifacts.weightSpecs);
        assert.deepEqual(copy.metadata, { name, temperature: 1 });
        assertClose(await probabilities(target), wanted);
      }
    });
  }

  const kinds: ModelKind[] = [
    { network: 'cnn', inputShape: [28, 28, 1], classes: 11, ending: 'logits' },
    { network: 'mlp', inputShape: [28, 28], classes: 10, ending: 'softmax' },
    { network: 'mlp', inputShape: [784], classes: 10, ending: 'softmax layer' },
  ];
  for (const kind of kinds) {
    it(`keeps a ${kind.network} of ${kind.inputShape.join('×')} that ends in ${kind.ending}, with what we know of it`, async () => {
      const model = makeModel(kind);
      await saveModel(model, path, {
        name: 'mine',
        accuracy: 0.5,
        temperature: 1.5,
        trainedAt: '2025-01-01T00:00:00.000Z',
      });
      const outputs = outputsOf(model, images);
      const logits = kind.ending === 'logits' ? outputs : outputs.map((row) => row.map(Math.log));
      assertClose(await probabilities(path), softmax(logits.map((row) => row.map((value) => value / 1.5))));
      assert.deepEqual((await readModel(path)).metadata, {
        name: 'mine',
        accuracy: 0.5,
        temperature: 1.5,
        trainedAt: '2025-01-01T00:00:00.000Z',
      });
    });
  }

  it('keeps the network that is trained here', async () => {
    const model = buildCnn(tf, 1);
    await saveModel(model, path);
    assertClose(await probabilities(path), softmax(outputsOf(model, images)));
  });

  it('makes the folder that it saves to, replaces what is there, and clears up after a killed process', async () => {
    path = join(folder.path, 'a', 'b', 'digits.keras');
    await saveModel(makeModel(kinds[0]!), path);
    await writeFile(`${path}.0123abcd.tmp`, 'left by a killed process');
    await writeFile(join(folder.path, 'a', 'b', 'my notes.txt'), 'not ours');
    await saveModel(makeModel(kinds[1]!), path, { name: 'new' });
    assert.deepEqual(await readdir(join(folder.path, 'a', 'b')), ['digits.keras', 'my notes.txt']);
    assert.equal((await readModel(path)).metadata.name, 'new');
  });

  it('files everything as Keras does', async () => {
    const { artifacts } = await readModel(join(FIXTURES, 'functional.keras'));
    await saveModelFiles(path, artifacts, {});
    const theirs = unzipSync(await readFile(join(FIXTURES, 'functional.keras')));
    const ours = unzipSync(await readFile(path));
    assert.deepEqual(Object.keys(ours), Object.keys(theirs));
    const wanted = await h5Paths(theirs['model.weights.h5']!);
    const found = await h5Paths(ours['model.weights.h5']!);
    for (const [place, value] of found)
      assert.equal(wanted.get(place.replace('layers/activation', 'layers/random_rotation')), value, place);
    assert.ok(found.size > 30);
  });

  it('says which layer it cannot write, and leaves the file as it was', async () => {
    await saveModel(makeModel(kinds[0]!), path);
    const before = await stat(path);
    const unknown = tf.sequential({ layers: [tf.layers.thresholdedReLU({ inputShape: [28, 28], name: 'mine' })] });
    await assert.rejects(saveModel(unknown, path), {
      name: 'ModelError',
      message: /digits\.keras: the layer mine cannot be written for Keras: ThresholdedReLU/,
    });
    assert.deepEqual(await stat(path), before);
    assert.deepEqual(await readdir(folder.path), ['digits.keras']);
  });

  describe('that are not right', () => {
    beforeEach(() => copyFile(join(FIXTURES, 'sequential.keras'), path));

    const repack = async (
      edit: (parts: Zippable & Record<string, Uint8Array>) => void,
      level: 0 | 9 = 0,
    ): Promise<void> => {
      const parts = unzipSync(await readFile(path));
      edit(parts);
      await writeFile(path, zipSync(parts, { level }));
    };
    const editConfig = (edit: (text: string) => string): Promise<void> =>
      repack((parts) => {
        const before = Buffer.from(parts['config.json']!).toString();
        const after = edit(before);
        assert.notEqual(after, before);
        parts['config.json'] = Buffer.from(after);
      });
    const flip = async (offset: (data: Buffer) => number): Promise<void> => {
      const data = await readFile(path);
      data[offset(data)]! ^= 1;
      await writeFile(path, data);
    };
    const declareSize = async (name: string, size: number): Promise<void> => {
      const data = await readFile(path);
      data.writeUInt32LE(size, data.lastIndexOf(name) - 46 + 24);
      await writeFile(path, data);
    };

    const damages: { what: string; damage: () => Promise<unknown>; message: RegExp }[] = [
      {
        what: 'a file that is missing',
        damage: () => Promise.resolve((path = join(folder.path, 'nothing.keras'))),
        message: /no model at .*nothing\.keras \(ENOENT\)/,
      },
      {
        what: 'an empty file',
        damage: () => writeFile(path, ''),
        message: /digits\.keras: expected a \.keras file of Keras 3, which is a zip, got one that cannot be unpacked/,
      },
      {
        what: 'a picture',
        damage: () => writeFile(path, Buffer.from('\x89PNG\r\n\x1a\n'.repeat(100), 'latin1')),
        message: /which is a zip, got one that cannot be unpacked/,
      },
      {
        what: 'a file cut in the middle',
        damage: async () => writeFile(path, (await readFile(path)).subarray(0, 20_000)),
        message: /cannot be unpacked: damaged, not whole, or something else/,
      },
      {
        what: 'a file cut near its end',
        damage: async () => writeFile(path, (await readFile(path)).subarray(0, -5)),
        message: /cannot be unpacked/,
      },
      {
        what: 'a weight with one bit turned over',
        damage: () => flip((data) => data.indexOf('\x89HDF') + 30_000),
        message: /expected model\.weights\.h5 to be as it was packed, got one that was damaged or cut on the way/,
      },
      {
        what: 'a zip without a network',
        damage: () =>
          repack((parts) => {
            delete parts['config.json'];
          }),
        message: /with config\.json, metadata\.json, model\.weights\.h5; config\.json is missing/,
      },
      {
        what: 'a zip without weights',
        damage: () =>
          repack((parts) => {
            delete parts['model.weights.h5'];
          }),
        message: /model\.weights\.h5 is missing/,
      },
      {
        what: 'a zip bomb',
        damage: () =>
          repack((parts) => {
            parts['model.weights.h5'] = new Uint8Array(65 * 1024 * 1024);
          }, 9),
        message: /expected at most 64 MB in a \.keras file, got 66 MB unpacked/,
      },
      {
        what: 'a zip bomb that says it is small',
        damage: async () => {
          await repack((parts) => {
            parts['model.weights.h5'] = new Uint8Array(30 * 1024 * 1024);
          }, 9);
          await declareSize('model.weights.h5', 1000);
        },
        message: /cannot be unpacked|damaged or cut on the way/,
      },
      {
        what: 'a zip that says it is enormous',
        damage: () => declareSize('config.json', 0xfffffff0),
        message: /expected at most 64 MB/,
      },
      {
        what: 'a description that is no JSON',
        damage: () =>
          repack((parts) => {
            parts['config.json'] = Buffer.from('hello');
          }),
        message:
          /config\.json of .*digits\.keras: expected a JSON object as Keras 3 writes it, got what is no JSON object/,
      },
      {
        what: 'a description of something else',
        damage: () =>
          repack((parts) => {
            parts['config.json'] = Buffer.from('{"name":"a package"}');
          }),
        message: /not supported here: the network \{"name":"a package"\}/,
      },
      {
        what: 'an enormous description',
        damage: () =>
          repack((parts) => {
            parts['config.json'] = Buffer.alloc(1024 * 1024 + 1, ' ');
          }),
        message: /expected at most 1048576 bytes in config\.json of .*digits\.keras, got 1048577/,
      },
      {
        what: 'layers that are not supported, all of them',
        damage: () =>
          editConfig((text) =>
            text.replaceAll('"Conv2D"', '"LSTM"').replace('"GlobalAveragePooling2D"', '"Telepathy"'),
          ),
        message:
          /the network has what is not supported here: LSTM \(conv2d\), LSTM \(conv2d_1\), Telepathy \(global_average_pooling2d\)$/,
      },
      {
        what: "a layer of somebody's own",
        damage: () =>
          editConfig((text) =>
            text.replace(
              /("class_name": "ReLU".*?"registered_name": )null(?=\}, \{"module": "keras.layers", "class_name": "Dropout")/,
              '$1"mine>ReLU"',
            ),
          ),
        message: /not supported here: mine>ReLU \(re_lu\)/,
      },
      {
        what: 'a setting that is not supported',
        damage: () => editConfig((text) => text.replace('"groups": 1', '"groups": 3')),
        message: /not supported here: Conv2D \(conv2d\) with groups 3/,
      },
      {
        what: 'an activation that is not supported',
        damage: () => editConfig((text) => text.replace('"activation": "relu"', '"activation": "hard_sigmoid"')),
        message: /not supported here: the activation "hard_sigmoid" \(conv2d\)/,
      },
      {
        what: 'quantised weights',
        damage: () =>
          editConfig((text) =>
            text.replace(
              /"config": \{"name": "float32"\}(?=.{0,80}"units")/,
              '"config": {"name": "int8_from_float32"}',
            ),
          ),
        message: /Dense \(dense\) with the number format "int8_from_float32"/,
      },
      {
        what: 'networks inside one another without end',
        damage: () =>
          repack((parts) => {
            parts['config.json'] = Buffer.from(nested(2000));
          }),
        message: /got one that goes deeper than 64 levels/,
      },
      {
        what: 'networks inside one another, more than are understood',
        damage: () =>
          repack((parts) => {
            parts['config.json'] = Buffer.from(nested(12));
          }),
        message: /not supported here: the network Sequential/,
      },
      {
        what: 'weights that are no HDF5',
        damage: () =>
          repack((parts) => {
            parts['model.weights.h5'] = new Uint8Array(5000);
          }),
        message: /expected weights as Keras 3 saves them, got model\.weights\.h5 that cannot be read/,
      },
      {
        what: 'weights cut in the middle',
        damage: () =>
          repack((parts) => {
            parts['model.weights.h5'] = parts['model.weights.h5']!.subarray(0, 9000);
          }),
        message: /got model\.weights\.h5 that cannot be read/,
      },
      {
        what: 'weights of other shapes',
        damage: () => editConfig((text) => text.replace('"filters": 3', '"filters": 5')),
        message: /expected the kernel of the layer conv2d to be of 5×5×\?×5, got 5×5×1×3/,
      },
      {
        what: 'an enormous layer',
        damage: () => editConfig((text) => text.replace('"units": 10', '"units": 1000000')),
        message: /expected the kernel of the layer dense to be of \?×1000000, got 4×10/,
      },
      {
        what: 'weights that are missing',
        damage: () => editConfig((text) => text.replace('"use_bias": false', '"use_bias": true')),
        message: /expected 2 weights of the layer conv2d_1, got 1/,
      },
      {
        what: 'weights of another model',
        damage: async () => {
          const other = unzipSync(await readFile(join(FIXTURES, 'mlp.keras')))['model.weights.h5']!;
          await repack((parts) => {
            parts['model.weights.h5'] = other;
          });
        },
        message: /expected 2 weights of the layer conv2d, got 0/,
      },
      {
        what: 'weights that do not follow from one another',
        damage: () =>
          editConfig((text) =>
            text
              .replace(/"pool_size": \[2, 2\]/, '"pool_size": [90, 90]')
              .replace(/"strides": \[2, 2\]/, '"strides": [1, 1]'),
          ),
        message: /the network cannot be built/,
      },
      {
        what: 'a temperature of 0',
        damage: () =>
          repack((parts) => {
            parts['metadata.json'] = Buffer.from('{"inkcam":{"temperature":0}}');
          }),
        message: /expected a temperature above 0, got 0/,
      },
    ];
    for (const { what, damage, message } of damages) {
      it(`reports ${what}`, async () => {
        await damage();
        const classifier = acquireClassifier(path);
        try {
          await assert.rejects(classifier.describe(), { name: 'ModelError', message });
        } finally {
          await classifier.release();
        }
      });
    }

    it('takes a folder of that name for one of TensorFlow.js', async () => {
      path = join(folder.path, 'a folder.keras');
      await mkdir(path);
      await assert.rejects(readModel(path), { name: 'ModelError', message: /model\.json cannot be read/ });
    });

    it('reads an ending in capitals, and entries that are compressed', async () => {
      await repack(() => undefined, 9);
      await copyFile(path, join(folder.path, 'DIGITS.KERAS'));
      const { artifacts }: ModelFiles = await readModel(join(folder.path, 'DIGITS.KERAS'));
      assert.ok(artifacts.weightSpecs.length > 5);
    });
  });
});

function nested(depth: number): string {
  return '{"class_name":"Sequential","config":{"layers":['.repeat(depth) + ']}}'.repeat(depth);
}

/** Every group and data set in an HDF5 file, with its name attribute or its shape. */
async function h5Paths(data: Uint8Array): Promise<Map<string, string>> {
  const h5 = await import('h5wasm');
  const { FS } = (await h5.ready) as unknown as { FS: { writeFile(path: string, data: Uint8Array): void } };
  FS.writeFile('/looked-at.h5', data);
  const file = new h5.File('/looked-at.h5', 'r');
  const paths = new Map(
    file.paths().map((path) => {
      const item = file.get(path);
      if (item instanceof h5.Dataset) return [path, `${JSON.stringify(item.dtype)} ${item.shape?.join('×')}`];
      if (!(item instanceof h5.Group) || !('name' in item.attrs)) return [path, ''];
      const {
        value,
        metadata: { type, vlen, cset },
      } = item.attrs.name;
      return [path, JSON.stringify({ name: value, type, vlen, cset })];
    }),
  );
  file.close();
  return paths;
}
