import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireClassifier } from '../../lib/engine/classifier';
import { readModel } from '../../lib/models/model-files';
import { makeModel, saveModel, temporaryFolder, type ModelKind } from '../classify/models';

const mlp: ModelKind = { network: 'mlp', inputShape: [784], classes: 10, ending: 'softmax' };

describe('model files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'digits');
    await saveModel(makeModel(mlp), path, { name: 'mine', accuracy: 0.5, temperature: 1.25 });
  });
  afterEach(() => folder.remove());

  const weightsFile = async (): Promise<string> =>
    join(path, (await readdir(path)).find((name) => name.endsWith('.bin')) ?? '');
  const editJson = async (edit: (json: Record<string, unknown>) => void): Promise<void> => {
    const json = JSON.parse(await readFile(join(path, 'model.json'), 'utf8')) as Record<string, unknown>;
    // Somebody who changes it by hand has to say so.
    delete json.checksum;
    edit(json);
    await writeFile(join(path, 'model.json'), JSON.stringify(json));
  };

  it('reads what was saved, by its folder or its file', async () => {
    for (const name of [path, join(path, 'model.json')]) {
      const { metadata, artifacts, path: file } = await readModel(name);
      assert.equal(file, join(path, 'model.json'));
      assert.deepEqual(metadata, { name: 'mine', accuracy: 0.5, temperature: 1.25 });
      assert.equal(artifacts.weightData.byteLength, 4 * (784 * 16 + 16 + 16 * 10 + 10));
    }
  });

  it('reads weights that are split into several files', async () => {
    const file = await weightsFile();
    const weights = await readFile(file);
    await writeFile(join(path, 'shard1'), weights.subarray(0, 5000));
    await writeFile(join(path, 'shard2'), weights.subarray(5000));
    await editJson((json) => {
      (json.weightsManifest as { paths: string[] }[])[0]!.paths = ['shard1', './shard2'];
    });
    assert.deepEqual(Buffer.from((await readModel(path)).artifacts.weightData), weights);
  });

  it('replaces a model, keeps the weights of the one before, and leaves nothing else', async () => {
    const first = await weightsFile();
    await writeFile(`${first}.0123abcd.tmp`, 'left by a killed process');
    await writeFile(join(path, 'my notes.txt'), 'not ours');
    await saveModel(makeModel({ ...mlp, classes: 11 }), path);
    assert.equal((await readdir(path)).filter((name) => name.endsWith('.bin')).length, 2);
    await saveModel(makeModel({ ...mlp, network: 'cnn', inputShape: [28, 28, 1] }), path);
    const names = await readdir(path);
    assert.equal(names.filter((name) => name.endsWith('.bin')).length, 2);
    await assert.rejects(stat(first), { code: 'ENOENT' });
    assert.ok(names.includes('my notes.txt'));
    assert.equal(names.length, 4);
    await readModel(path);
  });

  const damages: { what: string; damage: () => Promise<unknown>; message: RegExp }[] = [
    {
      what: 'a path where nothing is',
      damage: () => Promise.resolve((path = join(folder.path, 'nothing'))),
      message: /no model at .*nothing \(ENOENT\)/,
    },
    {
      what: 'a folder without model.json',
      damage: () => unlink(join(path, 'model.json')),
      message: /no model at .*digits: model\.json cannot be read \(ENOENT\)/,
    },
    {
      what: 'a file of another format',
      damage: () => Promise.resolve((path = join(folder.path, 'digits.h5'))),
      message:
        /expected a \.keras file of Keras 3 or a TensorFlow\.js model \(a folder with model\.json and its weights\), got .*digits\.h5/,
    },
    {
      what: 'a model.json that is no JSON',
      damage: () => writeFile(join(path, 'model.json'), '\x89PNG'),
      message: /expected a model\.json of TensorFlow\.js, got what is no JSON object/,
    },
    {
      what: 'a model.json cut in the middle',
      damage: () => truncate(join(path, 'model.json'), 200),
      message: /no JSON object/,
    },
    {
      what: 'some other JSON',
      damage: () => writeFile(join(path, 'model.json'), '{"name":"a package"}'),
      message: /JSON without modelTopology and weightsManifest/,
    },
    {
      what: 'a graph model',
      damage: () =>
        editJson((json) => {
          json.format = 'graph-model';
        }),
      message: /expected .* format "layers-model", got "graph-model"/,
    },
    {
      what: 'a missing weight file',
      damage: async () => unlink(await weightsFile()),
      message: /weight file .*weights-.*\.bin is missing/,
    },
    {
      what: 'a truncated weight file',
      damage: async () => truncate(await weightsFile(), 1000),
      message: /expected 50920 bytes of weights, got 1000/,
    },
    {
      what: 'a weight file that is too long',
      damage: async () => writeFile(await weightsFile(), Buffer.alloc(50921)),
      message: /expected 50920 bytes of weights, got 50921/,
    },
    {
      what: 'a weight file elsewhere',
      damage: () =>
        editJson((json) => {
          (json.weightsManifest as { paths: string[] }[])[0]!.paths = ['../secret'];
        }),
      message: /expected its weight files beside it, got \.\.\/secret/,
    },
    {
      what: 'a manifest of another shape',
      damage: () =>
        editJson((json) => {
          json.weightsManifest = [{ files: [] }];
        }),
      message: /groups of paths and weights, got \{"files":\[\]\}/,
    },
    {
      what: 'an unknown kind of weight',
      damage: () =>
        editJson((json) => {
          (json.weightsManifest as { weights: { dtype: string }[] }[])[0]!.weights[0]!.dtype = 'string';
        }),
      message: /to be of float32, .*, got string/,
    },
    {
      what: 'a temperature of 0',
      damage: () =>
        editJson((json) => {
          json.userDefinedMetadata = { inkcam: { temperature: 0 } };
        }),
      message: /expected a temperature above 0, got 0/,
    },
    {
      what: 'an unknown layer',
      damage: async () =>
        editJson((json) => {
          json.modelTopology = JSON.parse(
            JSON.stringify(json.modelTopology).replace('"Dense"', '"Telepathy"'),
          ) as object;
        }),
      message: /the network cannot be built: Unknown layer: Telepathy/,
    },
    {
      what: 'weights of other shapes',
      damage: () =>
        editJson((json) => {
          (json.weightsManifest as { weights: { shape: number[] }[] }[])[0]!.weights[0]!.shape = [16, 784];
        }),
      message: /the network cannot be built: .*shape/i,
    },
    {
      what: 'an input of another size',
      damage: () =>
        saveModel(makeModel({ network: 'cnn', inputShape: [32, 32, 3], classes: 10, ending: 'softmax' }), path),
      message: /expected one input of 28×28, 28×28×1 or 784, got 32×32×3/,
    },
    {
      what: 'outputs for other classes',
      damage: () => saveModel(makeModel({ ...mlp, classes: 26 }), path),
      message: /expected one output of 10 classes .* or 11 .*, got 26/,
    },
    {
      what: 'outputs that are no probabilities',
      damage: () => saveModel(makeModel({ ...mlp, ending: 'sigmoid' }), path),
      message: /logits or a softmax, got the activation "sigmoid"/,
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

  it('makes the folder that it saves to, and says when it cannot', async () => {
    await saveModel(makeModel(mlp), join(folder.path, 'a', 'b'));
    await readModel(join(folder.path, 'a', 'b'));
    await mkdir(join(folder.path, 'c'));
    await writeFile(join(folder.path, 'c', 'file'), '');
    await assert.rejects(saveModel(makeModel(mlp), join(folder.path, 'c', 'file')), { code: 'EEXIST' });
  });
});
