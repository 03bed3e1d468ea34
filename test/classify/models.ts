import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { saveModel as saveModelFiles, type ModelMetadata } from '../../lib/models/model-files';
import { plainTensorFlow } from '../../support/tensorflow';

export const tf = plainTensorFlow();
const { layers, sequential } = tf;

export interface ModelKind {
  network: 'cnn' | 'mlp';
  inputShape: number[];
  classes: number;
  ending: 'softmax' | 'logits' | 'softmax layer' | 'sigmoid';
}

/** A small network with random weights; they do not read digits, but every output depends on every layer. */
export function makeModel({ network, inputShape, classes, ending }: ModelKind): LayersModel {
  const model = sequential();
  if (network === 'cnn') {
    model.add(layers.conv2d({ inputShape, filters: 4, kernelSize: 3, activation: 'relu' }));
    model.add(layers.batchNormalization());
    model.add(layers.maxPooling2d({ poolSize: 2 }));
    model.add(layers.flatten());
  } else if (inputShape.length === 1) {
    model.add(layers.dense({ inputShape, units: 16, activation: 'relu' }));
  } else {
    model.add(layers.flatten({ inputShape }));
    model.add(layers.dense({ units: 16, activation: 'relu' }));
  }
  model.add(
    layers.dense({ units: classes, activation: ending === 'softmax' || ending === 'sigmoid' ? ending : 'linear' }),
  );
  if (ending === 'softmax layer') model.add(layers.softmax());
  // Also the moving mean and variance of the batch normalisation, which would be 0 and 1.
  model.setWeights(
    model
      .getWeights()
      .map(({ shape }, i) => tf.randomUniform(shape, shape.length > 1 ? -0.1 : 0.05, 0.15, 'float32', i)),
  );
  return model;
}

/** Saves a model as the trainer does: in a .keras file or a folder. */
export async function saveModel(model: LayersModel, path: string, metadata: ModelMetadata = {}): Promise<void> {
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      await saveModelFiles(path, artifacts, metadata);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}

/** What the network gives for pictures, computed by the plain JavaScript backend: n rows of its outputs. */
export function outputsOf(model: LayersModel, images: Uint8Array[]): number[][] {
  return tf.tidy(() => {
    const shape = model.inputs[0]!.shape.slice(1) as number[];
    const input = tf.tensor(
      images.flatMap((image) => Array.from(image, (value) => value / 255)),
      [images.length, ...shape],
    );
    return (model.predict(input) as Tensor2D).arraySync();
  });
}

/** Pictures of rectangles, each one different. */
export function drawImages(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, n) =>
    Uint8Array.from({ length: 784 }, (_, i) => {
      const x = i % 28;
      const y = Math.floor(i / 28);
      return x > 3 + (n % 7) && x < 12 + (n % 13) && y > 4 + (n % 5) && y < 24 ? 255 - ((n * 17) % 200) : 0;
    }),
  );
}

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'inkcam models '));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
