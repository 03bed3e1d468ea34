import type { io } from '@tensorflow/tfjs-core';
import { ModelError } from '../model';
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
): { weightSpecs: io.WeightsManifestEntry[]; weightData: ArrayBuffer } {
  const weightSpecs: io.WeightsManifestEntry[] = [];
  const values: Float32Array[] = [];
  const collect = (inside: KerasLayer[], container?: string): void => {
    const groups = reader.groups(inside, container);
    inside.forEach((layer, i) => {
      const group = groups[i];
      if (layer.layers) {
        collect(layer.layers, group ?? `${container ?? ''}/layers/${layer.group}`);
        return;
      }
      const wanted = layer.kind.weights?.(layer.settings) ?? [];
      const found = group === undefined ? [] : reader.weights(group);
      if (found.length !== wanted.length)
        throw new ModelError(
          `${file}: expected ${wanted.length} weights of the layer ${layer.name}, got ${found.length}`,
        );
      wanted.forEach(([name, shape = []], k) => {
        if (!fits(found[k], shape)) {
          throw new ModelError(
            `${file}: expected the ${name} of the layer ` +
              `${layer.name} to ` +
              `be ` +
              `of ` +
              `${shape.map((side) => (side === null ? '?' : JSON.stringify(side))).join('×')}, ` +
              `got ` +
              found[k].shape.join('×'),
          );
        }
        weightSpecs.push({ name: `${layer.name}/${name}`, shape: found[k].shape, dtype: 'float32' });
        values.push(found[k].values);
      });
    });
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

/** Whether a weight is of a shape; where nothing is known of it, TensorFlow.js will see. */
function fits({ shape }: Weight, expected: readonly unknown[]): boolean {
  return (
    expected.length === 0 ||
    (shape.length === expected.length && expected.every((side, i) => side === null || side === shape[i]))
  );
}
