// Model files, damaged and hostile ones, in the real engine.
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acquireClassifier, SHIPPED_MODEL, type Classifier, type Prediction } from '../../lib/engine/classifier';
import { ModelError } from '../../lib/models/model-files';
import { drawDigit } from '../../lib/train/synthesis/drawn-digits';
import { Random } from '../../lib/random';
import { WorkerError } from '../../lib/workers/host';
import { accepted, beginning, refusal, type FuzzCase, type OpenArea, type Outcome } from './case';
import { predictionProblem } from './checks';
import type { Dice } from './dice';
import { makeTrial, type Model, type Trial } from './model-trials';

const ROOT = join(__dirname, '../../..');
const FIXTURES = ['functional', 'many', 'mlp', 'sequential'].map((name) =>
  join(ROOT, 'test/models/fixtures', `${name}.keras`),
);

/** Further files of Keras, where they are at hand; what is larger takes too long. */
const MORE = join(process.env.DIGITS_DATA ?? join(ROOT, '../shared/data'), 'keras');
const MOST_BYTES = 1e6;

const IMAGES = Array.from({ length: 5 }, (_, i) => drawDigit(new Random(1, i)).image);

export const open: OpenArea = async ({ folder }) => {
  const fixtures = await Promise.all(FIXTURES.map((path) => kerasModel(path)));
  const shipped = await folderModel(dirname(SHIPPED_MODEL));
  const more = existsSync(MORE)
    ? await Promise.all(
        (await readdir(MORE))
          .filter((name) => name.endsWith('.keras') && statSync(join(MORE, name)).size < MOST_BYTES)
          .sort()
          .map((name) => kerasModel(join(MORE, name))),
      )
    : [];
  const kerases = (dice: Dice): Model => dice.pick(dice.chance(1 / 8) && more.length > 0 ? more : fixtures);

  for (const model of [shipped, ...fixtures, ...more]) {
    const path = await put(join(folder, 'first'), model.files);
    const classifier = acquireClassifier(path);
    model.predictions = await classifier.classify(IMAGES);
    await classifier.release();
    await rm(join(folder, 'first'), { recursive: true, force: true });
  }
  const living = {
    folder: await startLiving(join(folder, 'living'), shipped),
    keras: await startLiving(join(folder, 'living'), fixtures[0]!),
  };

  return {
    make(dice): FuzzCase {
      const trial = makeTrial(dice, shipped, kerases);
      const { name, model, files } = trial;
      const alone = dice.chance(1 / 4);
      return {
        name: alone ? `${name}, alone` : name,
        input: Object.entries(files).find(
          ([file, bytes]) => !(file in model.files && model.files[file]!.equals(bytes)),
        )?.[1],
        run: () =>
          alone
            ? load(join(folder, 'alone'), trial)
            : swap(join(folder, 'living'), living[model.keras ? 'keras' : 'folder'], trial),
      };
    },
    close: async () => {
      await Promise.all([living.folder.classifier.release(), living.keras.classifier.release()]);
    },
  };
};

/** A model that reads all the while. */
interface Living {
  classifier: Classifier;
  model: Model;
}

async function startLiving(folder: string, model: Model): Promise<Living> {
  const classifier = acquireClassifier(await put(folder, model.files));
  await classifier.describe();
  return { classifier, model };
}

/** In a worker of its own. */
async function load(folder: string, trial: Trial): Promise<Outcome> {
  const classifier = acquireClassifier(await putTrial(folder, trial));
  try {
    return judge(await classifier.classify(IMAGES), trial);
  } catch (error) {
    return refusal(error, [ModelError, WorkerError]);
  } finally {
    await classifier.release();
    await rm(folder, { recursive: true, force: true });
  }
}

/** In place of one that reads: where it is refused that one has to go on, and in any case it has to come back. */
async function swap(folder: string, { classifier, model }: Living, trial: Trial): Promise<Outcome> {
  const path = await putTrial(folder, trial);
  let outcome: Outcome;
  try {
    await classifier.reload();
    outcome = judge(await classifier.classify(IMAGES), trial);
  } catch (error) {
    outcome = refusal(error, [ModelError, WorkerError]);
    if (!(await goesOn(classifier, model)))
      outcome.findings.push({ fault: 'wrong', detail: 'the model that read before does not go on' });
  }
  await rm(path, { recursive: true, force: true });
  await put(folder, model.files);
  await classifier.reload().catch(() => undefined);
  if (!(await goesOn(classifier, model)))
    outcome.findings.push({ fault: 'wrong', detail: 'the model that read before is not loaded again' });
  return outcome;
}

async function goesOn(classifier: Classifier, { predictions }: Model): Promise<boolean> {
  try {
    return same(await classifier.classify(IMAGES), predictions);
  } catch {
    return false;
  }
}

function judge(predictions: Prediction[], { name, model, rule }: Trial): Outcome {
  if (predictions.length !== IMAGES.length)
    return accepted(`${predictions.length} predictions for ${IMAGES.length} pictures`);
  const problem = predictions.map((each) => predictionProblem(each)).find((each) => each !== undefined);
  if (problem) return accepted(`${beginning(name)}: ${problem}`);
  if (rule === 'refused')
    return accepted(`${beginning(name)}: damaged, as its checksum or its numbers tell, and loaded all the same`);
  return accepted(
    rule === 'same' && !same(predictions, model.predictions)
      ? `${beginning(name)}: damaged, as its checksum tells, and reads otherwise than before`
      : undefined,
  );
}

function same(some: Prediction[], others: Prediction[]): boolean {
  return some.every(
    ({ digit, confidence }, i) => digit === others[i]!.digit && Math.abs(confidence - others[i]!.confidence) < 1e-4,
  );
}

/** @returns the model's path */
async function putTrial(folder: string, { model, files, prepare }: Trial): Promise<string> {
  const path = pathIn(folder, model.keras);
  if (!prepare) return put(folder, files);
  await mkdir(folder, { recursive: true });
  await rm(path, { recursive: true, force: true });
  await prepare(path);
  return path;
}

async function put(folder: string, files: Record<string, Buffer>): Promise<string> {
  const keras = 'model.keras' in files;
  await mkdir(keras ? folder : join(folder, 'model'), { recursive: true });
  for (const [name, bytes] of Object.entries(files))
    await writeFile(join(folder, keras ? name : join('model', name)), bytes);
  return pathIn(folder, keras);
}

function pathIn(folder: string, keras: boolean): string {
  return join(folder, keras ? 'model.keras' : 'model');
}

async function kerasModel(path: string): Promise<Model> {
  return {
    name: path.split('/').at(-1) ?? '',
    files: { 'model.keras': await readFile(path) },
    keras: true,
    predictions: [],
  };
}

async function folderModel(path: string): Promise<Model> {
  const names = (await readdir(path)).filter((name) => /\.(json|bin)$/.test(name));
  return {
    name: 'the shipped model',
    files: Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(path, name))] as const)),
    ),
    keras: false,
    predictions: [],
  };
}
