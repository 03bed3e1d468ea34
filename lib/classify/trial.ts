import type { engine } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { MOST_NUMBERS } from '../inference/network';
import { ModelError } from '../models/model-files';
import { DIGIT_PIXELS, DIGIT_SIZE } from '../digit';
import { at } from '../lists';

/** How far a softmax's outputs may be from 1 in sum: 32-bit floats are within a millionth. */
const TOLERANCE = 1e-3;

/** What a damaged or diverged model is to be told apart by, and what to do about it. */
const ADVICE = 'the model is damaged, or its training has gone astray: copy it again, or train it anew';

type Layer = InstanceType<typeof layers.Layer>;

/** What builds networks. */
interface Builder {
  layers: Pick<typeof layers, 'Layer'>;
  engine: typeof engine;
}

let building: Promise<unknown> = Promise.resolve();

/**
 * Builds a network that may have no more weights than are at hand, so that a layer that claims to be enormous takes no
 * memory. One is built after the other, because TensorFlow.js has no place to say so but its class of all layers. Of
 * one that cannot be built nothing is left in memory.
 * @param budget numbers that all its weights have
 */
export function withinBudget<T>(tf: Builder, path: string, budget: number, build: () => Promise<T>): Promise<T> {
  const built = building.then(() => counted(tf, path, budget, build));
  building = built.catch(() => undefined);
  return built;
}

async function counted<T>(
  { layers: { Layer }, engine: engineOf }: Builder,
  path: string,
  budget: number,
  build: () => Promise<T>,
): Promise<T> {
  const prototype = Layer.prototype as unknown as {
    addWeight: (this: Layer, name: string, shape: (number | null)[], ...rest: unknown[]) => { dispose(): void };
  };
  const { addWeight } = prototype;
  const added: { dispose(): void }[] = [];
  let left = budget;
  prototype.addWeight = function (name, shape, ...rest) {
    left -= shape.reduce<number>((product, side) => product * (side ?? NaN), 1);
    if (!(left >= 0))
      throw new ModelError(
        `${path}: expected ${budget} weights in all, as its files have, got a layer ${this.name} whose ${name} is ` +
          `of ${shape.join('×')}`,
      );
    const weight = addWeight.call(this, name, shape, ...rest);
    added.push(weight);
    return weight;
  };
  // Whatever tensors are left over go at its end; weights are none of them.
  engineOf().startScope();
  try {
    return await build();
  } catch (error) {
    for (const weight of added) weight.dispose();
    throw error;
  } finally {
    engineOf().endScope();
    prototype.addWeight = addWeight;
  }
}

/**
 * @throws ModelError where a layer, also one in a network inside, would give more numbers than a reader of digits
 * needs.
 */
export function assertModest(path: string, model: LayersModel): void {
  for (const layer of model.layers) {
    if ('layers' in layer) assertModest(path, layer as unknown as LayersModel);
    for (const shape of layer.inboundNodes.flatMap(
      ({ outputShapes }) => outputShapes as unknown as (number | null)[][],
    )) {
      const sides = shape.slice(1);
      const numbers = sides.reduce<number>((product, side) => product * (side ?? 1), 1);
      if (!sides.every((side) => side === null || (Number.isInteger(side) && side > 0)) || numbers > MOST_NUMBERS) {
        throw new ModelError(
          `${path}: expected layers that give at most ${MOST_NUMBERS} numbers for a picture, got ${sides.join('×')} ` +
            `from ${layer.name}`,
        );
      }
    }
  }
}

/** @throws ModelError where a weight is no number */
export function assertNumbers(path: string, model: LayersModel): void {
  for (const weight of model.weights) {
    const values = weight.read().dataSync<'float32'>();
    let wrong = 0;
    let first = 0;
    for (const value of values) {
      if (Number.isFinite(value)) continue;
      if (wrong === 0) first = value;
      wrong++;
    }
    if (wrong > 0)
      throw new ModelError(
        `${path}: expected weights that are numbers, got ${first} in ${weight.originalName} (${wrong} of ` +
          `${values.length}); ${ADVICE}`,
      );
  }
}

/**
 * @param outputs of the network, `classes` for each of `count` pictures
 * @throws ModelError where they are not what a reader of digits gives
 */
export function assertOutputs(
  path: string,
  outputs: Float32Array,
  count: number,
  classes: number,
  softmax: boolean,
): void {
  if (outputs.length !== count * classes)
    throw new ModelError(`${path}: expected ${classes} outputs for a picture, got ${outputs.length} for ${count}`);
  for (let first = 0; first < outputs.length; first += classes) {
    let sum = 0;
    let least = Infinity;
    for (const output of outputs.subarray(first, first + classes)) {
      if (!Number.isFinite(output))
        throw new ModelError(`${path}: expected outputs that are numbers, got ${output}; ${ADVICE}`);
      sum += output;
      least = Math.min(least, output);
    }
    if (softmax && (least < 0 || Math.abs(sum - 1) > TOLERANCE)) {
      throw new ModelError(
        `${path}: expected probabilities that sum up to 1, got ` +
          `${least < 0 ? `one of ${least}` : `a sum of ${sum.toFixed(4)}`}; ${ADVICE}`,
      );
    }
  }
}

/**
 * Pictures that a network has to read, whatever it makes of them: a blank one, a full one, strokes, a ring and noise.
 * @returns n·784 bytes
 */
export function trialPictures(): Uint8Array {
  let noise = 1;
  const draw: ((x: number, y: number) => number)[] = [
    () => 0,
    () => 255,
    (x, y) => (Math.abs(x - 13.5) < 2 && y > 3 && y < 24 ? 255 : 0),
    (x, y) => (Math.abs(x + y - 27) < 3 && y > 3 && y < 24 ? 255 : 0),
    (x, y) => Math.max(0, 255 - 100 * Math.abs(Math.hypot(x - 13.5, y - 13.5) - 8)),
    // The Lehmer generator of Park and Miller (1988).
    () => (noise = (noise * 48271) % 2147483647) & 255,
    () => ((noise = (noise * 48271) % 2147483647) & 15 ? 0 : 255),
  ];
  return Uint8Array.from({ length: draw.length * DIGIT_PIXELS }, (_, i) =>
    at(draw, Math.floor(i / DIGIT_PIXELS))(i % DIGIT_SIZE, Math.floor(i / DIGIT_SIZE) % DIGIT_SIZE),
  );
}
