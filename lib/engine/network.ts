import type * as core from '@tensorflow/tfjs-core';
import type { LayersModel, layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import { ModelError, type ModelFiles } from '../models/model-files';
import { kernelFailures } from './kernel-failures';
import { infoOf, type ModelInfo } from '../classify/model-info';
import { LEAST_PROBABILITY } from '../classify/prediction';
import { assertModest, assertNumbers, assertOutputs, trialPictures, withinBudget } from '../classify/trial';
import { DIGIT_PIXELS } from '../digit';
import { at } from '../lists';

/** What is used of TensorFlow.js here; the wasm bundle and native tfjs-node both have it. */
export type TensorFlow = Pick<typeof core, 'tidy' | 'tensor' | 'engine'> & {
  loadLayersModel: typeof loadLayersModel;
  layers: Pick<typeof layers, 'Layer'>;
};

/** Pictures computed at once: more is hardly faster, and the memory that wasm takes is never given back. */
const BATCH = 32;

/** A network that reads digits, ready to compute. */
export class Network {
  private constructor(
    private readonly tf: TensorFlow,
    readonly model: LayersModel,
    readonly endsInSoftmax: boolean,
    readonly info: ModelInfo,
  ) {}

  /**
   * Builds a network from its files and tries it with a few pictures; so the first digit takes no longer than the next,
   * either.
   * @throws (rejects) ModelError where it cannot be built or run, its inputs or outputs are not those of a digit
   *   reader, or a weight or an output is no number.
   */
  static async load(tf: TensorFlow, files: ModelFiles): Promise<Network> {
    const { path, artifacts } = files;
    const model = await build(tf, path, artifacts);
    try {
      const info = infoOf(files, {
        classes: classesOf(path, model),
        inputShape: inputShapeOf(path, model),
        parameters: model.countParams(),
      });
      assertModest(path, model);
      assertNumbers(path, model);
      const network = new Network(tf, model, endsInSoftmax(path, model), info);
      attempt(path, 'run', () => network.logits(trialPictures()));
      return network;
    } catch (error) {
      disposeOf(model);
      throw unusable(path, 'built', error);
    }
  }

  /**
   * @param images n·784 bytes, each picture 28×28, white ink (255) on black (0); the network gets them as 0 to 1
   * @returns n·classes logits
   * @throws ModelError where one of them is no number, or could not be computed
   */
  logits(images: Uint8Array): Float32Array<ArrayBuffer> {
    const { classes, path } = this.info;
    const count = images.length / DIGIT_PIXELS;
    const logits = new Float32Array(count * classes);
    for (let first = 0; first < count; first += BATCH) {
      const last = Math.min(count, first + BATCH);
      const outputs = this.outputs(images.subarray(first * DIGIT_PIXELS, last * DIGIT_PIXELS));
      assertOutputs(path, outputs, last - first, classes, this.endsInSoftmax);
      logits.set(outputs, first * classes);
    }
    return this.endsInSoftmax
      ? logits.map((probability) => Math.log(Math.max(probability, LEAST_PROBABILITY)))
      : logits;
  }

  dispose(): void {
    disposeOf(this.model);
  }

  private outputs(images: Uint8Array): Float32Array {
    const { tf, model, info } = this;
    const inputs = Float32Array.from(images, (value) => value / 255);
    const before = kernelFailures().count;
    const output = tf.tidy(
      () => model.predictOnBatch(tf.tensor(inputs, [images.length / DIGIT_PIXELS, ...info.inputShape])) as core.Tensor,
    );
    try {
      // Not within `tidy`, which would look for tensors among the numbers, one by one.
      const values = output.dataSync<'float32'>();
      const { count, last } = kernelFailures();
      if (count > before)
        throw new ModelError(
          `${info.path}: the engine could not compute a layer of the network; there may be too little memory (${last})`,
        );
      return values;
    } finally {
      output.dispose();
    }
  }
}

async function build(tf: TensorFlow, path: string, artifacts: ModelFiles['artifacts']): Promise<LayersModel> {
  const budget = artifacts.weightSpecs.reduce(
    (sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1),
    0,
  );
  try {
    return await withinBudget(tf, path, budget, () => tf.loadLayersModel({ load: () => Promise.resolve(artifacts) }));
  } catch (error) {
    throw unusable(path, 'built', error);
  }
}

/**
 * Lets go of all weights. TensorFlow.js keeps those of networks inside a network; and a sequential one is put together
 * only when it is first asked for something, which may fail then, and once more here.
 */
function disposeOf(model: LayersModel): void {
  const weights = [...model.weights];
  for (const dispose of [
    () => model.dispose(),
    ...weights.map((weight) => () => {
      weight.dispose();
    }),
  ]) {
    try {
      dispose();
    } catch {
      // It has been let go of already.
    }
  }
}

function attempt<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unusable(path, what, error);
  }
}

function unusable(path: string, what: string, error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  // What TensorFlow.js stumbles over inside says nothing to anybody who has a model.
  const [reason] =
    error instanceof TypeError
      ? ['its description does not fit together']
      : String(error instanceof Error ? error.message : error).split('\n');
  return new ModelError(`${path}: the network cannot be ${what}: ${reason}`, { cause: error });
}

function inputShapeOf(path: string, model: LayersModel): number[] {
  const shapes = model.inputs.map(({ shape }) => shape.slice(1));
  const [shape] = shapes;
  if (shape && shapes.length === 1 && ['28,28', '28,28,1', '784'].includes(shape.join())) return shape as number[];
  throw new ModelError(`${path}: expected one input of 28×28, 28×28×1 or 784, got ${listed(shapes)}`);
}

function classesOf(path: string, model: LayersModel): 10 | 11 {
  const shapes = model.outputs.map(({ shape }) => shape.slice(1));
  const [classes, ...further] = shapes.flat();
  if (shapes.length === 1 && further.length === 0 && (classes === 10 || classes === 11)) return classes;
  throw new ModelError(
    `${path}: expected one output of 10 classes (the digits) or 11 (and "not a digit"), got ${listed(shapes)}`,
  );
}

function endsInSoftmax(path: string, model: LayersModel): boolean {
  const layer = at(model.outputLayers, 0);
  // The last layer of all may be inside a network inside this one.
  if ('outputLayers' in layer) return endsInSoftmax(path, layer as LayersModel);
  const activation = layer.getClassName() === 'Softmax' ? 'softmax' : (layer.getConfig().activation ?? 'linear');
  if (activation !== 'softmax' && activation !== 'linear') {
    throw new ModelError(
      `${path}: expected a last layer that gives logits or a softmax, got the activation ${JSON.stringify(activation)}`,
    );
  }
  return activation === 'softmax';
}

function listed(shapes: (number | null)[][]): string {
  return shapes.map((shape) => shape.map((side) => side ?? '?').join('×') || 'a single number').join(' and ');
}
