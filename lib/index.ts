/**
 * Reads handwritten digits, and trains models that read them, in any program. Each part is loaded when it is first
 * asked for. docs/library.md shows how.
 */
import type { Classifier } from './engine/classifier';
import type { PictureReader } from './pipeline/picture-reader';
import type { TrainingCallbacks, TrainingResult, TrainingSettings } from './train/start-training';

export type { Classifier, ModelInfo, ModelStatus, Prediction } from './engine/classifier';
export type { Reading } from './classify/reading';
export type { Digit, ExtractedDigit } from './extract/digit';
export type { ExtractOptions } from './extract/options';
export type { Box, Mask, PictureError, RawPicture } from './pictures/picture';
export type { PictureSize, ReadOptions } from './pipeline/reader';
export type { ThresholdOptions } from './threshold/options';
export type { PictureReader, TrainingCallbacks, TrainingResult, TrainingSettings };

/**
 * Opens a reader of pictures; close it when it is done.
 * @param model a folder with model.json, that file or a .keras file; or a model that has been opened, which the reader
 *   releases when it is closed; default: the model that comes with the package
 */
export async function openReader(model?: string | Classifier): Promise<PictureReader> {
  const { PictureReader: Reader } = await import('./pipeline/picture-reader.js');
  return new Reader(model);
}

/**
 * Opens a model, to classify pictures of 28×28 pixels or to ask what it is; release it when it is done.
 * @param model as for `openReader`
 * @throws (rejects) ModelError where it cannot be loaded, naming the file and what is wrong with it
 */
export async function openModel(model?: string): Promise<Classifier> {
  const { acquireClassifier } = await import('./engine/classifier.js');
  const classifier = acquireClassifier(model);
  try {
    await classifier.describe();
    return classifier;
  } catch (error) {
    await classifier.release();
    throw error;
  }
}

/**
 * Trains a model, in a thread or process of its own, and saves it with a model card.
 * @param settings where the data lie and where to save (`out`); everything else has a default
 * @returns how good it is, and where it was saved
 * @throws (rejects) TrainingSettingsError, DataSetError, DownloadError, ModelError, EngineError or TrainingError; then
 *   nothing has been saved
 */
export async function train(settings: TrainingSettings, callbacks?: TrainingCallbacks): Promise<TrainingResult> {
  const { startTraining } = await import('./train/start-training.js');
  return startTraining(settings, callbacks);
}
