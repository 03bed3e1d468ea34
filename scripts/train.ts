// npm run train: trains a digit network, or goes on from one, and saves it.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTraining, type TrainingProgress, type TrainingSettings } from '../lib/train/start-training';
import { DEFAULT_BATCH_SIZE, TrainingSettingsError } from '../lib/train/common/settings';

const ROOT = join(__dirname, '..', '..');
const DATA = process.env.DIGITS_DATA ?? join(ROOT, '..', 'shared', 'data');

const USAGE = `usage: npm run train -- [--engine auto|wasm|native] [--network cnn|mlp] [--mnist DIR] [--samples DIR] [--hands DIR]
                        [--letters DIR] [--pages DIR] [--from PATH] [--epochs N] [--batch-size N] [--learning-rate X]
                        [--augmentation on|off] [--seed N] --out PATH

  --out PATH       a file that ends in .keras, or a folder for model.json, its weights and MODEL_CARD.md
  --engine NAME    what computes: native (@tensorflow/tfjs-node, to be installed by you), wasm, or auto, the best there
                   is; default: auto
  --network NAME   cnn, the compact network of the shipped model, or mlp, that of the original project; default: cnn
  --mnist DIR      folder of MNIST's four IDX files, gzip or not; default: the folder mnist in DIGITS_DATA where there is
                   one, else MNIST is fetched; none: without
  --samples DIR    folder of labelled pictures: in folders named 0 to 9 and not-a-digit, or named like 7.png; trained with
                   beside MNIST
  --hands DIR      folder with digits by further hands, pendigits-30 and femnist, as IDX files: half to two thirds are
                   trained with beside MNIST, the rest is measured with; other sets in it are not looked at
  --letters DIR    folder with letters as IDX files, labels being ASCII codes, 255 for other writing: trained with as what
                   is no digit, but for those that look like digits; a tenth is measured with
  --pages DIR      folder with shapes of drawn pages as IDX files, see scripts/surroundings/digits.ts
  --from PATH      a model to go on from; with --samples it learns these without forgetting MNIST
  --epochs N       how often to go through the data; default: by network and engine
  --batch-size N   samples a step, 1 to 4096; default: ${DEFAULT_BATCH_SIZE}
  --learning-rate X  above 0, at most 1; default: by network
  --augmentation on|off  samples made anew each time, drawn ones among them; default: on, but off for mlp
  --seed N         whole number; the same one gives the same samples; default: 1

Ctrl+C ends the training and keeps the best epoch so far.`;

class UsageError extends Error {}

function readSettings(): TrainingSettings | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      engine: text,
      network: text,
      mnist: text,
      samples: text,
      hands: text,
      letters: text,
      pages: text,
      from: text,
      epochs: text,
      'batch-size': text,
      'learning-rate': text,
      augmentation: text,
      seed: text,
      out: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const { out, engine, network, samples, hands, letters, pages, from, augmentation } = values;
  if (!out) throw new UsageError('--out PATH is missing');
  const folder = join(DATA, 'mnist');
  const fetched = join(ROOT, '.node-red', 'digits', 'mnist');
  if (augmentation !== undefined && augmentation !== 'on' && augmentation !== 'off')
    throw new UsageError(`expected --augmentation to be on or off, got ${augmentation}`);
  const rate = values['learning-rate'];
  const mnist =
    values.mnist === 'none'
      ? {}
      : values.mnist
        ? { mnist: values.mnist }
        : existsSync(folder)
          ? { mnist: folder }
          : { mnist: fetched, fetch: true };
  return {
    ...mnist,
    out,
    engine: engine as TrainingSettings['engine'],
    network: network as TrainingSettings['network'],
    samples,
    hands,
    letters,
    pages,
    from,
    epochs: wholeNumber('--epochs', values.epochs),
    batchSize: wholeNumber('--batch-size', values['batch-size']),
    learningRate: rate === undefined ? undefined : rate.trim() === '' ? NaN : Number(rate),
    augmentation: augmentation && augmentation === 'on',
    seed: wholeNumber('--seed', values.seed),
    name: 'InkCam digits',
    version: packageVersion(),
    sets: join(DATA, 'sets'),
  };
}

function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value !== undefined && !/^\d{1,9}$/.test(value))
    throw new UsageError(`expected ${option} to be a whole number, got ${value}`);
  return value === undefined ? undefined : Number(value);
}

function packageVersion(): string {
  return (require(join(ROOT, 'package.json')) as { version: string }).version;
}

async function main(settings: TrainingSettings): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  const {
    engine,
    accuracy,
    tested,
    testedOn,
    independent,
    better,
    before,
    after,
    samples,
    path,
    notes,
    stopped,
    seconds,
  } = await startTraining(settings, {
    signal: stop.signal,
    onProgress: show,
    onStage: (stage) => {
      overwrite(stage);
    },
  });
  overwrite('');
  for (const note of notes) console.log(note);
  if (before && after) {
    const which = samples?.test ? 'that had no part in it' : 'that it was judged by, too few to test with others';
    const own = `own samples ${which}: ${percent(before.samples)} before, ${percent(after.samples)} after`;
    console.log(`${own}; ${testedOn}: ${percent(before.usual)} before, ${percent(after.usual)} after`);
  }
  if (better === false) console.log('that is worse than before: not saved');
  else if (path)
    console.log(
      `saved as ${basename(path)}, trained on ${engine}${stopped ? `, stopped; tested on ${tested} digits` : ''}`,
    );
  if (!independent) console.log(`there is no independent test: too few samples; these ${tested} chose the best epoch`);
  console.log(`test accuracy ${accuracy.toFixed(4)}, ${Math.round(seconds)} s`);
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

/** On a terminal, a line that the next one is written over. */
function overwrite(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
}

const BAR = 24;

/** One line for each epoch; on a terminal a progress bar meanwhile. */
function show({ epoch, epochs, share, loss, accuracy, samplesPerSecond, secondsLeft, result }: TrainingProgress): void {
  const line = `${epoch}/${epochs} · loss ${loss.toFixed(4)} · ${percent(accuracy)}`;
  const speed = `${Math.round(samplesPerSecond)} a second · ${Math.round(secondsLeft)} s left`;
  if (result) {
    overwrite('');
    console.log(
      `${line} · validation loss ${result.validationLoss.toFixed(4)} · ` +
        `${percent(result.validationAccuracy)} · ` +
        speed,
    );
  } else {
    const done = Math.round(BAR * share);
    overwrite(`${'█'.repeat(done)}${'░'.repeat(BAR - done)} ${line} · ${speed}`);
  }
}

function fail(error: unknown): void {
  overwrite('');
  console.error(error instanceof Error ? error.message : error);
  if (
    error instanceof UsageError ||
    error instanceof TrainingSettingsError ||
    (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
  ) {
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
