import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { SHIPPED_MODEL } from '../../lib/engine/classifier';
import { Network } from '../../lib/engine/network';
import { readModel, saveModel, type ModelFiles } from '../../lib/models/model-files';
import { makeModel, saveModel as saveNetwork, temporaryFolder, tf, type ModelKind } from '../classify/models';

const FIXTURES = join(__dirname, '../../../test/models/fixtures');
const mlp: ModelKind = { network: 'mlp', inputShape: [784], classes: 10, ending: 'softmax' };

/** JSON that is about to be damaged: whatever is asked for is taken to be there. */
type Json = { [name in Name]: Json } & { [place: number]: Json };
type Name =
  | 'args'
  | 'config'
  | 'inbound_nodes'
  | 'inkcam'
  | 'keras_history'
  | 'modelTopology'
  | 'name'
  | 'userDefinedMetadata'
  | 'layers'
  | 'weights'
  | 'weightsManifest';

describe('a damaged model', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'model');
  });
  afterEach(() => folder.remove());

  const weightsFile = async (): Promise<string> =>
    join(path, (await readdir(path)).find((name) => name.endsWith('.bin')) ?? '');
  const load = async (): Promise<Network> => Network.load(tf, await readModel(path));
  const refused = (message: RegExp): Promise<void> => assert.rejects(load(), { name: 'ModelError', message });
  const editJson = async (edit: (json: Json) => void, keepChecksum = false): Promise<void> => {
    const file = join(path, 'model.json');
    const json = JSON.parse(await readFile(file, 'utf8')) as Json;
    if (!keepChecksum) delete (json as { checksum?: unknown }).checksum;
    edit(json);
    await writeFile(file, JSON.stringify(json));
  };
  /** As other programs save them: without a checksum in the name. */
  const withPlainName = async (edit: (weights: Float32Array) => void = () => undefined): Promise<void> => {
    const file = await weightsFile();
    const bytes = await readFile(file);
    const weights = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    edit(weights);
    await writeFile(file, new Uint8Array(weights.buffer));
    await rename(file, join(path, 'group1-shard1of1.bin'));
    await editJson((json) => {
      Object.assign(json.weightsManifest[0]!, { paths: ['group1-shard1of1.bin'] });
    });
  };

  describe('that is the shipped one', () => {
    beforeEach(() => cp(dirname(SHIPPED_MODEL), path, { recursive: true }));

    it('is read as long as it is whole', async () => {
      const network = await load();
      assert.equal(network.info.parameters, 90_971);
      network.dispose();
    });

    it('is refused for one bit of its weights, wherever that is', async () => {
      const file = await weightsFile();
      const whole = await readFile(file);
      const [, sum] = /weights-([0-9a-f]{12})\.bin$/.exec(file) ?? [];
      const message = new RegExp(
        `weights-${sum}\\.bin: expected the contents with the checksum ${sum}, as its name says, ` +
          'got [0-9a-f]{12}; it has been damaged: copy or save the model again',
      );
      for (let i = 0; i < 40; i++) {
        const bytes = Buffer.from(whole);
        bytes[Math.floor((i / 40) * bytes.length)]! ^= 1 << (i % 8);
        await writeFile(file, bytes);
        await refused(message);
      }
    });

    it('is refused for one bit of its description, or read as it was', async () => {
      const file = join(path, 'model.json');
      const whole = await readFile(file);
      const { artifacts, metadata } = await readModel(path);
      for (let i = 0; i < 300; i++) {
        const bytes = Buffer.from(whole);
        bytes[Math.floor((i / 300) * bytes.length)]! ^= 1 << (i % 8);
        await writeFile(file, bytes);
        const files = await readModel(path).catch((error: unknown) => {
          assert.equal((error as Error).name, 'ModelError', (error as Error).stack);
        });
        if (files) assert.deepEqual([files.artifacts, files.metadata], [artifacts, metadata]);
      }
    });

    it('is refused where its description was changed, unless the checksum is taken out', async () => {
      const warmer = (json: Json): void => {
        Object.assign(json.userDefinedMetadata.inkcam, { temperature: 2 });
      };
      await editJson(warmer, true);
      await refused(
        /model\.json: its checksum is wrong: it has been damaged, or changed by hand\. .* take "checksum" out of it/,
      );
      await editJson(warmer);
      assert.equal((await readModel(path)).metadata.temperature, 2);
    });
  });

  describe('that others have saved', () => {
    beforeEach(() => saveNetwork(makeModel(mlp), path));

    it('is read as long as it is whole', async () => {
      await withPlainName();
      (await load()).dispose();
    });

    for (const value of [NaN, Infinity]) {
      it(`is refused for a weight that is ${value}, which is named`, async () => {
        await withPlainName((weights) => {
          weights[784 * 16 + 3] = value;
        });
        await refused(
          new RegExp(
            `expected weights that are numbers, got ${value} in \\S*bias \\(1 of 16\\); the model is damaged, or ` +
              'its training has gone astray: copy it again, or train it anew',
          ),
        );
      });
    }

    it('is refused for outputs that are no numbers', async () => {
      await withPlainName((weights) => weights.fill(3e38));
      await refused(/expected outputs that are numbers, got NaN; the model is damaged/);
    });

    it('is refused for a layer that claims more weights than there are, before they take memory', async () => {
      await editJson((json) => {
        Object.assign(layersOf(json)[0]!.config, { units: 1_000_000 });
      });
      await refused(/expected 12730 weights in all, as its files have, got a layer \S+ whose kernel is of 784×1000000/);
    });

    it('is refused for a layer that would give enormous pictures', async () => {
      await saveNetwork(
        tf.sequential({
          layers: [
            tf.layers.upSampling2d({ inputShape: [28, 28, 1], size: [30, 30], name: 'large' }),
            tf.layers.globalAveragePooling2d({}),
            tf.layers.dense({ units: 10 }),
          ],
        }),
        path,
      );
      await refused(/expected layers that give at most 524288 numbers for a picture, got 840×840×1 from large/);
    });

    it('is refused for a layer without a name that is given the name of another', async () => {
      // TensorFlow.js counts on, whatever else it has named in this process.
      const [, count] = /(\d+)$/.exec(tf.layers.dropout({ rate: 0.5 }).name) ?? [];
      await editJson((json) => {
        layersOf(json).splice(
          1,
          0,
          ...['Dropout', 'Dropout'].map(
            (class_name, i) =>
              ({
                class_name,
                config: { rate: 0.5, ...(i === 0 && { name: `dropout_Dropout${Number(count) + 1}` }) },
              }) as unknown as Json,
          ),
        );
      });
      await refused(/the network cannot be built: The name "dropout_Dropout\d+" is used 2 times/);
    });

    it('leaves nothing in memory, however often it is refused', async () => {
      const shapes = (json: Json): unknown => Object.assign(json.weightsManifest[0]!.weights[0]!, { shape: [16, 784] });
      const names = (json: Json): unknown => Object.assign(json.weightsManifest[0]!.weights[3]!, { name: 'another' });
      const units = (json: Json): unknown => Object.assign(layersOf(json)[1]!.config, { units: 20 });
      const whole = await readFile(join(path, 'model.json'));
      const tensors = tf.memory().numTensors;
      for (const edit of [shapes, names, units]) {
        await writeFile(join(path, 'model.json'), whole);
        await editJson(edit);
        await refused(/./);
        assert.equal(tf.memory().numTensors, tensors, edit.name);
      }
      await writeFile(join(path, 'model.json'), whole);
      await withPlainName((weights) => {
        weights[0] = NaN;
      });
      await refused(/got NaN/);
      assert.equal(tf.memory().numTensors, tensors);
    });

    it('is refused where it cannot be run', async () => {
      await editJson((json) => {
        Object.assign(layersOf(json)[0]!.config, { batch_input_shape: [3, 784] });
      });
      await refused(/the network cannot be run: /);
    });

    const nonsense: [what: string, edit: (json: Json) => unknown, message: RegExp][] = [
      [
        'layers that are no list',
        (json) => Object.assign(json.modelTopology.config, { layers: 7 }),
        /expected a network with a list of layers, got 7/,
      ],
      [
        'no layers',
        (json) => Object.assign(json.modelTopology.config, { layers: [] }),
        /expected a network with a list of layers, got \[\]/,
      ],
      [
        'a layer that is none',
        (json) => Object.assign(layersOf(json), { 0: 'dense' }),
        /expected layers with a class and settings, got "dense"/,
      ],
      [
        'two layers of one name',
        (json) => Object.assign(layersOf(json)[1]!.config, { name: layersOf(json)[0]!.config.name }),
        /expected every layer to have a name of its own, got two layers /,
      ],
      [
        'a name that is none',
        (json) => Object.assign(layersOf(json)[1]!.config, { name: 4 }),
        /expected the name of a layer to be a text, got 4/,
      ],
      [
        'too many layers',
        (json) =>
          Object.assign(json.modelTopology.config, {
            layers: Array.from({ length: 501 }, (_, i) => ({ class_name: 'Flatten', config: { name: `f${i}` } })),
          }),
        /expected at most 500 layers, got 501/,
      ],
      [
        'too long a description',
        (json) => Object.assign(json, { more: 'x'.repeat(1024 * 1024) }),
        /expected at most 1 MB, got 2 MB/,
      ],
      [
        'a description that goes too deep',
        (json) => Object.assign(json, { more: JSON.parse('['.repeat(100) + ']'.repeat(100)) as unknown }),
        /got one that goes deeper than 64 levels/,
      ],
      [
        'a number that would be counted up to',
        (json) => Object.assign(layersOf(json)[0]!.config, { shared_axes: [1, 1e9] }),
        /expected settings of 1048576 at most, got 1000000000 for shared_axes/,
      ],
      [
        'strides of 0',
        (json) => Object.assign(layersOf(json)[0]!.config, { strides: [1, 0] }),
        /expected strides to be whole numbers from 1, got 0/,
      ],
      [
        'a dilation of 0, of which nothing can be computed',
        (json) => Object.assign(layersOf(json)[0]!.config, { dilation_rate: 0 }),
        /expected dilation_rate to be whole numbers from 1, got 0/,
      ],
      [
        'units that are a text',
        (json) => Object.assign(layersOf(json)[0]!.config, { units: '16' }),
        /the network cannot be built/,
      ],
      [
        'an input without end',
        (json) => Object.assign(layersOf(json)[0]!.config, { batch_input_shape: [null, 1e9, 1e9] }),
        /expected settings of 1048576 at most, got 1000000000 for batch_input_shape/,
      ],
      [
        'settings in camel case, which are looked for nowhere',
        (json) => Object.assign(json.modelTopology.config, { inboundNodes: [] }),
        /expected the network's settings to have names such as inbound_nodes, got inboundNodes/,
      ],
      [
        'weights of one name',
        (json) =>
          Object.assign(json.weightsManifest[0]!.weights[1]!, { name: json.weightsManifest[0]!.weights[0]!.name }),
        /expected every weight to have a name of its own, got 4 weights with 3 names/,
      ],
      [
        'weights of a kind that objects have',
        (json) => Object.assign(json.weightsManifest[0]!.weights[0]!, { dtype: 'constructor' }),
        /to be of float32, .*, got constructor/,
      ],
      [
        'more weights than there is room for',
        (json) => Object.assign(json.weightsManifest[0]!.weights[0]!, { shape: [1e9, 1e9] }),
        /expected 4e\+18|expected 4000000000000\d+ bytes of weights, got 50920/,
      ],
      [
        'weights in a folder',
        (json) => Object.assign(json.weightsManifest[0]!, { paths: ['.'] }),
        /to be a file, got something else of that name/,
      ],
      [
        'weights beyond all names',
        (json) => Object.assign(json.weightsManifest[0]!, { paths: ['a\0b'] }),
        /the weight file .* is missing/,
      ],
      [
        'weights at a full path',
        (json) => Object.assign(json.weightsManifest[0]!, { paths: ['/etc/passwd'] }),
        /expected its weight files beside it, got \/etc\/passwd/,
      ],
      [
        'weights outside, by a detour',
        (json) => Object.assign(json.weightsManifest[0]!, { paths: ['a/../../b'] }),
        /expected its weight files beside it, got a\/\.\.\/\.\.\/b/,
      ],
      [
        'a name that is no text',
        (json) => Object.assign(json, { userDefinedMetadata: { inkcam: { name: { first: 1 } } } }),
        /expected a name, a text of at most 200 characters, got \{"first":1\}/,
      ],
      [
        'an accuracy in percent',
        (json) => Object.assign(json, { userDefinedMetadata: { inkcam: { accuracy: 99 } } }),
        /expected an accuracy from 0 to 1, got 99/,
      ],
    ];
    for (const [what, edit, message] of nonsense) {
      it(`is refused for ${what}`, async () => {
        await editJson((json) => {
          edit(json);
        });
        await refused(message);
      });
    }

    it('is refused for an endless description', async () => {
      await writeFile(join(path, 'model.json'), `{"more":${'['.repeat(500_000)}${']'.repeat(500_000)}}`);
      await refused(/got one that goes deeper than 64 levels/);
    });

    it('is refused where a pipe stands in its place, which would keep one waiting', async function () {
      if (process.platform === 'win32') this.skip();
      await mkdir(join(folder.path, 'pipes'));
      path = join(folder.path, 'pipes', 'model.json');
      execFileSync('mkfifo', [path, join(folder.path, 'pipes', 'digits.keras')]);
      await refused(/expected .*model\.json to be a file, got something else of that name/);
      path = join(folder.path, 'pipes', 'digits.keras');
      await refused(/expected .*digits\.keras to be a file, got something else of that name/);
    });
  });

  describe('whose layers do not follow from one another', () => {
    /** In both formats: what Keras has as `keras_history` is the same as `inbound_nodes` of TensorFlow.js. */
    for (const format of ['keras', 'folder'] as const) {
      let files: ModelFiles;
      const edited = async (
        edit: (layers: Json[]) => void,
        wrap = (network: Json): unknown => network,
      ): Promise<void> => {
        if (format === 'folder') {
          await saveModel(path, files.artifacts, {});
          await editJson((json) => {
            edit(layersOf(json));
            Object.assign(json, { modelTopology: wrap(json.modelTopology) });
          });
          return;
        }
        path = join(folder.path, 'digits.keras');
        const parts = unzipSync(await readFile(join(FIXTURES, 'functional.keras')));
        const config = JSON.parse(Buffer.from(parts['config.json']!).toString()) as Json;
        edit(layersOf({ modelTopology: config } as Json));
        parts['config.json'] = Buffer.from(JSON.stringify(wrap(config)));
        await writeFile(path, zipSync(parts, { level: 0 }));
      };
      /** Where the first tensor that this layer takes comes from: [name, call, tensor]. */
      const source = (layer: Json): Json => {
        const call = layer.inbound_nodes[0]!;
        if (format === 'folder') return call[0]!;
        const given = call.args[0]!;
        return (Array.isArray(given) ? (given[0] as Json) : given).config.keras_history;
      };
      const last = (layers: Json[]): Json => layers[layers.length - 1]!;

      describe(format === 'keras' ? 'a .keras file' : 'a folder', () => {
        before(async () => {
          files = await readModel(join(FIXTURES, 'functional.keras'));
        });

        it('is refused for a name that no layer has', async () => {
          await edited((layers) => Object.assign(source(last(layers)), { 0: 'nobody' }));
          await assert.rejects(readModel(path), {
            name: 'ModelError',
            message:
              /the layer "\w+" takes what comes from "nobody", which is no layer of the network; save the model again/,
          });
        });

        it('is refused for a call that was never made', async () => {
          await edited((layers) => Object.assign(source(last(layers)), { 1: 7 }));
          await assert.rejects(readModel(path), {
            name: 'ModelError',
            message: /takes what comes from call [78] of "\w+", which is called 1 times/,
          });
        });

        for (const value of ['0', -1, 1.5, null]) {
          it(`is refused for the call ${JSON.stringify(value)}`, async () => {
            await edited((layers) => Object.assign(source(last(layers)), { 1: value }));
            await assert.rejects(readModel(path), {
              name: 'ModelError',
              message: /expected the layer "\w+" to name layers as \[name, call, tensor\], got/,
            });
          });
        }

        it('is refused for layers that wait for each other', async () => {
          await edited((layers) => {
            // The first one takes nothing.
            Object.assign(source(layers[1]!), { 0: last(layers).name });
          });
          await assert.rejects(readModel(path), {
            name: 'ModelError',
            message:
              /expected layers that follow from one another, but "\w+" would have to wait for what comes after it/,
          });
        });

        it('is refused for a wrong name in a network inside it', async () => {
          await edited(
            (layers) => Object.assign(source(last(layers)), { 0: 'nobody' }),
            (network) => ({ class_name: 'Sequential', config: { name: 'outer', layers: [network] } }),
          );
          await assert.rejects(readModel(path), { name: 'ModelError', message: /takes what comes from "nobody"/ });
        });

        it('is refused for an end that is no layer', async () => {
          await edited((layers) =>
            Object.assign(last(layers), {
              name: 'renamed',
              config: Object.assign(last(layers).config, { name: 'renamed' }),
            }),
          );
          await assert.rejects(readModel(path), {
            name: 'ModelError',
            message: /the network's output_layers takes what comes from "\w+", which is no layer/,
          });
        });
      });
    }
  });

  describe('that is a .keras file', () => {
    it('is refused for texts in its weights that the HDF5 library would read for ever', async () => {
      path = join(folder.path, 'digits.keras');
      const parts = unzipSync(await readFile(join(FIXTURES, 'mlp.keras')));
      const weights = Buffer.from(parts['model.weights.h5']!);
      const heap = weights.indexOf('GCOL');
      assert.ok(heap > 0);
      // The first of its things: number 0, which is room that is free, and of no size.
      weights.writeUInt16LE(0, heap + 16);
      weights.writeBigUInt64LE(0n, heap + 24);
      await writeFile(path, zipSync({ ...parts, 'model.weights.h5': weights }, { level: 0 }));
      await assert.rejects(readModel(path), {
        name: 'ModelError',
        message: /model\.weights\.h5 that cannot be read: its texts are damaged/,
      });
    });
  });
});

function layersOf(json: Json): Json[] {
  return json.modelTopology.config.layers as unknown as Json[];
}
