import { ModelError, type WeightSpec } from '../model';
import type { KerasLayer } from './from-keras';
import type { Weight, WeightReader } from './weights';

/**
 * Collects the weights of a network's layers in the form of TensorFlow.js.
 * @throws ModelError where there are more or fewer than the layers have, or of other shapes
 */
export function weightsFromKeras(
  file: string,
  layers: KerasLayer[],
  reader: WeightReader,
): { weightSpecs: WeightSpec[]; weightData: ArrayBuffer } {
  const weightSpecs: WeightSpec[] = [];
  const values: Float32Array[] = [];
  const collect = (inside: KerasLayer[], container?: string): void => {
    const groups = reader.groups(inside, container);
    for (const layer of inside) {
      const group = groups.get(layer);
      if (layer.layers) {
        collect(layer.layers, group ?? `${container ?? ''}/layers/${layer.group}`);
        continue;
      }
      for (const { name, weight } of weightsOf(file, layer, group === undefined ? [] : reader.weights(group))) {
        weightSpecs.push({ name: `${layer.name}/${name}`, shape: weight.shape, dtype: 'float32' });
        values.push(weight.values);
      }
    }
  };
  collect(layers);
  const weightData = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of values) {
    weightData.set(part, offset);
    offset += part.length;
  }
  return { weightSpecs, weightData: weightData.buffer };
}

/** Tells which of the weights that were found for a layer is which of its own, in the order that both have. */
function weightsOf(file: string, { name, kind, settings }: KerasLayer, found: Weight[]): NamedWeight[] {
  const wanted = kind.weights?.(settings) ?? [];
  if (found.length !== wanted.length)
    throw new ModelError(`${file}: expected ${wanted.length} weights of the layer ${name}, got ${found.length}`);
  return wanted.map(([own, shape = []], i) => {
    const weight = found.at(i);
    if (!weight || !fits(weight, shape)) {
      const sides = shape.map((side) => (side === null ? '?' : JSON.stringify(side)));
      throw new ModelError(
        `${file}: expected the ${own} of the layer ${name} to be of ${sides.join('×')}, ` +
          `got ${weight?.shape.join('×') ?? 'none'}`,
      );
    }
    return { name: own, weight };
  });
}

interface NamedWeight {
  /** In TensorFlow.js, without the layer's. */
  name: string;
  weight: Weight;
}

/** Whether a weight is of a shape; where nothing is known of it, TensorFlow.js will see. */
function fits({ shape }: Weight, expected: readonly unknown[]): boolean {
  return (
    expected.length === 0 ||
    (shape.length === expected.length && expected.every((side, i) => side === null || side === shape[i]))
  );
}
