import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireClassifier } from '../../lib/classify/classifier';

const LIB = join(__dirname, '..', '..', 'lib');

/**
 * Run in a process of its own, because two TensorFlow.js in one process share what they should not: builds the network
 * natively, trains it for a few steps, saves it to the folder in argv[1] and prints its logits for one picture.
 */
const NATIVE = `
const lib = ${JSON.stringify(LIB)} + '/';
const { loadNativeTensorFlow } = require(lib + 'train/native');
const { buildCnn } = require(lib + 'train/network');
const { train } = require(lib + 'train/train');
const { logitsOf } = require(lib + 'train/measure');
const { saveModelFolder } = require(lib + 'classify/model-files');
(async () => {
  const tf = loadNativeTensorFlow();
  const model = buildCnn(tf, 1);
  const count = 5256, images = new Uint8Array(count * 784), labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 2;
    for (let y = 4; y < 24; y++) images.fill(255, i * 784 + y * 28 + 10 + labels[i] * 6, i * 784 + y * 28 + 13 + labels[i] * 6);
  }
  const [epoch] = await train(tf, model, { images, labels }, { epochs: 1, seed: 1 });
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    await saveModelFolder(process.argv[1], artifacts, { classes: 11 });
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }));
  console.log(JSON.stringify({ loss: epoch.loss, logits: Array.from(logitsOf(tf, model, images.slice(0, 784))) }));
})();`;

describe('native TensorFlow', function () {
  this.timeout(120_000);

  it('native: trains a network that the wasm engine reads with the same outputs', async function () {
    try {
      require.resolve('@tensorflow/tfjs-node');
    } catch {
      this.skip();
    }
    const folder = await mkdtemp(join(tmpdir(), 'native '));
    try {
      const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', NATIVE, folder], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const { loss, logits } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { loss: number; logits: number[] };
      assert.ok(Number.isFinite(loss));
      const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits))), sum = powers.reduce((a, b) => a + b);
      const image = new Uint8Array(784);
      for (let y = 4; y < 24; y++) image.fill(255, y * 28 + 10, y * 28 + 13);
      const classifier = acquireClassifier(folder);
      try {
        const [{ probabilities, notDigit }] = await classifier.classify([image]);
        [...probabilities, notDigit].forEach((probability, i) => { assert.ok(Math.abs(probability - powers[i] / sum) < 1e-5, `output ${i}`); });
      } finally {
        await classifier.release();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
