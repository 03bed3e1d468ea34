import { join } from 'node:path';
import { MEASURES, SURROUNDINGS_CHANNELS, SURROUNDINGS_SIZE, type Surroundings } from '../extract/surroundings';
import { compile } from '../inference/compile';
import { Executor } from '../inference/executor';
import { readModelFolder } from '../models/folder';
import { ModelError } from '../models/model';
import type { CompiledModel } from './compiled-model';
import { CANDIDATES, PICTURE_BYTES, type Judgement } from './judgement';
import type { Networks } from './predict';
import { softmax, toPredictions } from './prediction';
import { assertOutputs } from './trial';
import { DIGIT_PIXELS } from '../digit';
import { loadOnce } from '../memoize';
import { Lru } from '../lru';

/** The network that looks at what stands about shapes; it comes with the package, whatever model reads the digits. */
const SURROUNDINGS_MODEL = join(__dirname, '..', '..', '..', 'models', 'surroundings', 'model.json');

/** Models that are kept ready in a thread; each takes some megabytes. */
const MOST_MODELS = 4;

/** By checksum. */
const executors = new Lru<string, Executor>(MOST_MODELS);

const surroundingsExecutor = loadOnce(loadSurroundings);

/** Both networks, computed in this thread. */
export function kernelNetworks(model: CompiledModel): Networks {
  const { classes, temperature } = model.info;
  return {
    classify: (images) => {
      const all = new Uint8Array(images.length * DIGIT_PIXELS);
      images.forEach((image, i) => {
        all.set(image, i * DIGIT_PIXELS);
      });
      return Promise.resolve(toPredictions(logitsOf(model, all), classes, temperature));
    },
    judge,
  };
}

/**
 * @param images n·784 bytes, each picture 28×28, white ink (255) on black (0)
 * @returns n·classes logits
 * @throws ModelError where one of them is no number
 */
export function logitsOf(
  { network, info: { checksum, path, classes } }: CompiledModel,
  images: Uint8Array,
): Float32Array<ArrayBuffer> {
  const executor = executors.get(checksum) ?? new Executor(network);
  const logits = executor.compute(images);
  executors.set(checksum, executor);
  assertOutputs(path, logits, images.length / DIGIT_PIXELS, classes, false);
  return logits;
}

/** Tells what shapes are from what stands about them. */
export async function judge(shapes: readonly Surroundings[]): Promise<Judgement[]> {
  const executor = await surroundingsExecutor();
  const pictures = new Uint8Array(shapes.length * PICTURE_BYTES);
  const measures = new Float32Array(shapes.length * MEASURES);
  shapes.forEach(({ picture, measures: own }, i) => {
    pictures.set(picture, i * PICTURE_BYTES);
    measures.set(own, i * MEASURES);
  });
  const logits = executor.compute(pictures, measures);
  const count = CANDIDATES.length;
  assertOutputs(SURROUNDINGS_MODEL, logits, shapes.length, count, false);
  return shapes.map((_, i) => softmax(logits.subarray(i * count, (i + 1) * count)));
}

async function loadSurroundings(): Promise<Executor> {
  const { path, artifacts } = await readModelFolder(SURROUNDINGS_MODEL);
  const network = compile(artifacts);
  const { width, height, channels } = network?.picture ?? {};
  const fits =
    width === SURROUNDINGS_SIZE &&
    height === SURROUNDINGS_SIZE &&
    channels === SURROUNDINGS_CHANNELS &&
    network?.numbers === MEASURES &&
    network.outputs === CANDIDATES.length;
  if (!fits) throw new ModelError(`${path}: expected the network for surroundings that comes with the package`);
  return new Executor(network);
}
