import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isKerasFile, saveModel, type ModelMetadata } from '../../models/model-files';
import { writeFileWhole } from '../../write-file';
import type { CardFacts } from '../report/card';
import type { Report } from '../report/report';
import type { TrainableNetwork } from '../engine/trainable';

/** Saves a network of TensorFlow.js as `saveModel` does. */
export async function saveNetwork(model: LayersModel, out: string, metadata: ModelMetadata): Promise<void> {
  await model.save({
    save: async (artifacts: io.ModelArtifacts) => {
      await saveModel(out, artifacts, metadata);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
}

/** Saves a trained network with what the product has to know of it; into a folder also its card. */
export async function saveTrained(
  network: TrainableNetwork,
  out: string,
  facts: CardFacts,
  report: Report,
  card: string,
): Promise<void> {
  const { name, version, trainedAt, classes, bestEpoch, seed, independent } = facts;
  const metadata: ModelMetadata = {
    name,
    ...(version && { version }),
    trainedAt,
    classes,
    ...(independent && { accuracy: report.test.accuracy, calibrationError: report.test.calibrationError }),
    temperature: report.temperature,
    epochs: bestEpoch,
    seed,
  };
  await saveNetwork(network.model, out, metadata);
  if (!isKerasFile(out)) await writeFileWhole(join(out, 'MODEL_CARD.md'), card);
}
