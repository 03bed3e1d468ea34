// npm run train: trains the digit network and writes it to a folder, with its model card.
import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { io } from '@tensorflow/tfjs-core';
import { saveModelFolder, type ModelMetadata } from '../lib/models/model-files';
import { digitFigures, type DigitFigures } from '../lib/evaluate/digits';
import { modelCard } from '../lib/train/card';
import { readLabelledDigits, readMnist } from '../lib/data/idx';
import { predictionsOf } from '../lib/train/measure';
import { loadNativeTensorFlow } from '../lib/train/native';
import { buildCnn, CLASSES } from '../lib/train/network';
import { reportOn } from '../lib/train/report';
import { holdOut, train, type TrainingProgress } from '../lib/train/train';
import { writeFileWhole } from '../lib/write-file';

const ROOT = join(__dirname, '..', '..');
const DATA = process.env.DIGITS_DATA ?? join(ROOT, '..', 'shared', 'data');

const USAGE = `usage: npm run train -- [--engine auto|native] [--mnist DIR] [--epochs N] [--seed N] --out PATH

  --out PATH      folder for model.json, its weights and MODEL_CARD.md
  --engine NAME   what computes: native (@tensorflow/tfjs-node, to be installed by you), or auto, the best there is;
                  default: auto
  --mnist DIR     folder of MNIST's four IDX files, gzip or not; default: the folder mnist in DIGITS_DATA
  --epochs N      how often to go through the data; default: 12
  --seed N        whole number; the same one gives the same samples; default: 1

Not there yet, but planned: --engine wasm, --network mlp, --samples DIR, --from PATH, and a PATH that ends in .keras.
Ctrl+C ends the training and keeps the best epoch so far.`;

class UsageError extends Error {}

interface Settings { out: string; mnist: string; epochs: number; seed: number }

function readSettings(): Settings | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { engine: text, network: text, mnist: text, samples: text, from: text, epochs: text, seed: text, out: text, help: { type: 'boolean' } },
  });
  if (values.help) return undefined;
  const { out, engine = 'auto', network = 'cnn', mnist = join(DATA, 'mnist') } = values;
  if (!out) throw new UsageError('--out PATH is missing');
  oneOf('--engine', engine, ['auto', 'wasm', 'native']);
  oneOf('--network', network, ['cnn', 'mlp']);
  const missing = [
    engine === 'wasm' && '--engine wasm', network === 'mlp' && '--network mlp', values.samples !== undefined && '--samples', values.from !== undefined && '--from',
    extname(out) === '.keras' && 'an --out that ends in .keras',
  ].find((option) => option !== false);
  if (missing) throw new UsageError(`${missing} is not there yet`);
  return { out, mnist, epochs: wholeNumber('--epochs', values.epochs ?? '12', 1), seed: wholeNumber('--seed', values.seed ?? '1', 0) };
}

function oneOf(option: string, value: string, known: string[]): void {
  if (!known.includes(value)) throw new UsageError(`expected ${option} to be ${known.join(' or ')}, got ${value}`);
}

function wholeNumber(option: string, value: string, least: number): number {
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) throw new UsageError(`expected ${option} to be a whole number from ${least}, got ${value}`);
  return Number(value);
}

async function main({ out, mnist, epochs, seed }: Settings): Promise<void> {
  const began = performance.now();
  const [training, test] = [await readMnist(mnist, 'train'), await readMnist(mnist, 'test')];
  const tf = loadNativeTensorFlow();
  const model = buildCnn(tf, seed);
  console.log(`${model.countParams()} weights, ${training.labels.length} digits, ${epochs} epochs`);

  const stop = new AbortController();
  process.once('SIGINT', () => { stop.abort(); });
  const results = await train(tf, model, training, { epochs, seed, signal: stop.signal, onProgress: show });
  if (results.length === 0) throw new Error('stopped before the first epoch was done; nothing has been saved');
  const best = results.reduce((a, b) => b.validationLoss < a.validationLoss ? b : a);

  const report = reportOn(tf, model, training, test, seed);
  const seconds = (performance.now() - began) / 1000;
  const about = { name: 'InkCam digits', version: packageVersion(), trainedAt: new Date().toISOString() };
  const metadata: ModelMetadata = {
    ...about, classes: CLASSES, accuracy: report.test.accuracy, calibrationError: report.test.calibrationError,
    temperature: report.temperature, epochs: best.epoch, seed,
  };
  await model.save({ save: async (artifacts: io.ModelArtifacts) => {
    await saveModelFolder(out, artifacts, metadata);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  } });
  const { heldOut, training: used } = holdOut(training);
  await writeFileWhole(join(out, 'MODEL_CARD.md'), modelCard({
    ...about, weights: model.countParams(), digits: used.labels.length, heldOut: heldOut.labels.length, epochs, bestEpoch: best.epoch, seed, seconds,
    engine: 'native TensorFlow', others: await otherSets((images) => predictionsOf(tf, model, images, report.temperature)),
  }, report));
  console.log(`test accuracy ${report.test.accuracy.toFixed(4)}, ${Math.round(seconds)} s`);
}

function packageVersion(): string {
  return (require(join(ROOT, 'package.json')) as { version: string }).version;
}

/** Every data set in the folder sets beside MNIST: NAME-images-idx3-ubyte.gz and NAME-labels-idx1-ubyte.gz. */
async function otherSets(predict: (images: Uint8Array) => ReturnType<typeof predictionsOf>): Promise<Record<string, DigitFigures>> {
  const folder = join(DATA, 'sets');
  const figures: Record<string, DigitFigures> = {};
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const [, name] = /^(.+)-images-idx3-ubyte(?:\.gz)?$/.exec(file) ?? [];
    if (!name) continue;
    const { images, labels } = await readLabelledDigits(join(folder, file), join(folder, file.replace('-images-idx3-', '-labels-idx1-')));
    figures[name] = digitFigures(predict(images), labels);
  }
  return figures;
}

/** One line for each epoch; on a terminal also one that is written over meanwhile. */
function show({ epoch, epochs, share, loss, accuracy, samplesPerSecond, secondsLeft, result }: TrainingProgress): void {
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const line = `${epoch}/${epochs} · loss ${loss.toFixed(4)} · ${percent(accuracy)}`;
  const speed = `${Math.round(samplesPerSecond)} a second · ${Math.round(secondsLeft)} s left`;
  if (result) {
    console.log(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${line} · validation loss ${result.validationLoss.toFixed(4)} · ${percent(result.validationAccuracy)} · ${speed}`);
  } else if (process.stdout.isTTY) {
    process.stdout.write(`\r\x1b[K${line} · ${percent(share)} of the epoch · ${speed}`);
  }
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) {
    console.error(`\n${USAGE}`);
    process.exitCode = 2;
  } else {
    process.exitCode = 1;
  }
}

try {
  const settings = readSettings();
  if (settings) main(settings).catch(fail);
  else console.log(USAGE);
} catch (error) {
  fail(error);
}
