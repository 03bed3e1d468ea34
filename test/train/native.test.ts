import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireClassifier } from '../../lib/engine/classifier';
import { chooseEngine, proveNative } from '../../lib/train/engine/engines';

const LIB = join(__dirname, '..', '..', 'lib');

/**
 * Run in a process of its own, because two TensorFlow.js in one process share what they should not: builds the network
 * natively, trains it for a few steps, saves it to the folder in argv[1] and prints its logits for one picture.
 */
const NATIVE = `
const lib = ${JSON.stringify(LIB)} + '/';
const { loadNativeTensorFlow } = require(lib + 'train/engine/native');
const { buildCnn } = require(lib + 'train/engine/network');
const { wholeCurriculum } = require(lib + 'train/data/curriculum');
const { holdOut } = require(lib + 'train/data/split');
const { train } = require(lib + 'train/loop/train');
const { TrainableNetwork } = require(lib + 'train/engine/trainable');
const { saveModelFolder } = require(lib + 'models/folder');
(async () => {
  const tf = loadNativeTensorFlow();
  const network = new TrainableNetwork(tf, buildCnn(tf, 1), { inputShape: [28, 28, 1], classes: 11, endsInSoftmax: false });
  const count = 1256, images = new Uint8Array(count * 784), labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 2;
    for (let y = 4; y < 24; y++) images.fill(255, i * 784 + y * 28 + 10 + labels[i] * 6, i * 784 + y * 28 + 13 + labels[i] * 6);
  }
  const curriculum = await wholeCurriculum(holdOut({ images, labels }, 1), { seed: 1, batchSize: 128, classes: 11, augmentation: true, epochs: 1 });
  const { epochs: [epoch] } = await train(network, curriculum, { epochs: 1 });
  await network.model.save(tf.io.withSaveHandler(async (artifacts) => {
    await saveModelFolder(process.argv[1], artifacts, { classes: 11 });
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }));
  console.log(JSON.stringify({ loss: epoch.loss, logits: Array.from(await network.logitsOf(images.slice(0, 784))) }));
})();`;

describe('native TensorFlow', () => {
  it('native: trains a network that the wasm engine reads with the same outputs', async function () {
    await proveNative().catch(() => {
      this.skip();
    });
    const folder = await mkdtemp(join(tmpdir(), 'native '));
    try {
      const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', NATIVE, folder], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const { loss, logits } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { loss: number; logits: number[] };
      assert.ok(Number.isFinite(loss));
      const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
      const sum = powers.reduce((a, b) => a + b);
      const image = new Uint8Array(784);
      for (let y = 4; y < 24; y++) image.fill(255, y * 28 + 10, y * 28 + 13);
      const classifier = acquireClassifier(folder);
      try {
        const { probabilities, notDigit } = (await classifier.classify([image]))[0]!;
        [...probabilities, notDigit].forEach((probability, i) => {
          assert.ok(Math.abs(probability - powers[i]! / sum) < 1e-5, `output ${i}`);
        });
      } finally {
        await classifier.release();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('native: is chosen by itself where it works', async function () {
    await proveNative().catch(() => {
      this.skip();
    });
    assert.equal(await chooseEngine('auto'), 'native');
    assert.equal(await chooseEngine('wasm'), 'wasm');
  });
});

describe('the choice of an engine', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engines '));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The choice as it is made where this is installed as tfjs-node, or nothing. */
  const choose = async (installed?: string): Promise<typeof import('../../lib/train/engine/engines')> => {
    const engine = join(folder, 'lib', 'train', 'engine');
    const name = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    for (const file of ['engines.js', 'native.js', 'native-proof.js'])
      await cp(join(LIB, 'train', 'engine', file), join(engine, file));
    await cp(join(LIB, 'errors.js'), join(folder, 'lib', 'errors.js'));
    await cp(join(LIB, 'workers'), join(folder, 'lib', 'workers'), { recursive: true });
    if (installed !== undefined) {
      await mkdir(name, { recursive: true });
      await writeFile(join(name, 'index.js'), installed);
    }
    return require(join(engine, 'engines.js')) as typeof import('../../lib/train/engine/engines');
  };

  it(
    'says how to install native TensorFlow where it is asked for and not there, and takes wasm where it is not ' +
      'asked for',
    async () => {
      const { chooseEngine: chooseHere } = await choose();
      await assert.rejects(chooseHere('native'), {
        name: 'EngineError',
        message: /^native TensorFlow is not installed; .*npm install @tensorflow\/tfjs-node/,
      });
      assert.equal(await chooseHere('auto'), 'wasm');
    },
  );

  for (const [what, code, why] of [
    ['ends the process', 'process.kill(process.pid, "SIGILL");', /does not work here: its process ended with SIGILL$/],
    [
      'cannot be loaded',
      'throw new Error("no libtensorflow");',
      /does not work here: native TensorFlow cannot be loaded .*no libtensorflow$/,
    ],
    [
      'computes something else',
      'exports.ones = () => 0; exports.conv2d = () => ({ shape: [1] });',
      /does not work here: expected a convolution of the shape 1,26,26,2, got 1$/,
    ],
    ['hangs', 'for (;;);', /does not work here: it does not answer within 1 s/],
  ] as const) {
    it(`does without one that ${what}`, async () => {
      const { chooseEngine: chooseHere, proveNative: proveHere } = await choose(code);
      await assert.rejects(proveHere(what === 'hangs' ? 1000 : 30_000), { name: 'EngineError', message: why });
      if (what !== 'hangs') assert.equal(await chooseHere('auto'), 'wasm');
    });
  }

  it('takes one that works, and gives Node 23 back what it needs', async () => {
    const { chooseEngine: chooseHere } = await choose(
      'if (!require("util").isNullOrUndefined(null)) throw new Error(); exports.ones = () => 0; exports.conv2d = () ' +
        '=> ({ shape: [1, 26, 26, 2] });',
    );
    assert.equal(await chooseHere('auto'), 'native');
  });
});
