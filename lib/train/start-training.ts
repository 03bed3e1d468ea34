import { join } from 'node:path';
import { DownloadError } from '../data/download';
import { DataSetError } from '../data/idx';
import { ModelError } from '../models/model';
import { SamplesError } from '../samples/labels';
import { WorkerError, WorkerHost } from '../workers/host';
import { chooseEngine } from './engine/engines';
import { EngineError } from './engine/native';
import type { TrainingProgress, TrainingResult } from './common/result';
import { checkSettings, TrainingSettingsError, type TrainingSettings } from './common/settings';
import { TrainingError } from './common/errors';
import type { TrainingMethods, TrainingEvent } from './training-worker';

export type { TrainingProgress, TrainingResult, TrainingSettings };

export interface TrainingCallbacks {
  /** Called at the end of each epoch and a few times a second in between. */
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Called with a few words on what is done before and after the epochs. */
  onStage?: ((stage: string) => void) | undefined;
  /** Stops the training; the best epoch so far is saved, unless there is none yet. */
  signal?: AbortSignal | undefined;
}

/**
 * A training that tells nothing for so long is stuck, milliseconds. It tells of itself a few times a second while it
 * trains, but not while it reads data and measures, which takes minutes on a Pi.
 */
const SILENCE = 15 * 60_000;

/**
 * Trains a model beside this process, in a thread or a process of its own, and saves it.
 *
 * @returns what it came to, once nothing of it runs any more; also where it was stopped after its first epoch
 * @throws (rejects) TrainingSettingsError; EngineError where native TensorFlow is asked for and cannot be had; what
 *   `runSession` throws. Then nothing has been saved, and what was there before is whole.
 */
export async function startTraining(
  settings: TrainingSettings,
  { onProgress, onStage, signal }: TrainingCallbacks = {},
): Promise<TrainingResult> {
  const checked = checkSettings(settings);
  const engine = await unlessStopped(chooseEngine(checked.engine), signal);
  const host = new WorkerHost<TrainingMethods>({
    name: 'the training',
    script: join(__dirname, 'training-worker.js'),
    kind: engine === 'wasm' ? 'thread' : 'process',
    deadline: SILENCE,
    errors: [TrainingError, TrainingSettingsError, EngineError, ModelError, DataSetError, DownloadError, SamplesError],
  });
  try {
    return await host.exec('train', [checked, engine], {
      signal,
      onEvent: (event) => {
        const news = event as TrainingEvent;
        if ('progress' in news) onProgress?.(news.progress);
        else onStage?.(news.stage);
      },
    });
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    throw new TrainingError(
      `${error.code === 'closed' ? 'the training did not stop when asked to, and was ended' : error.message}; ` +
        `nothing has been saved`,
      { cause: error },
    );
  } finally {
    await host.close();
  }
}

/** Does not wait for the proof of native TensorFlow, which others may wait for. */
async function unlessStopped<T extends string>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined);
    };
  });
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) stop();
    const found = await Promise.race([stopped, result]);
    if (found === undefined || signal?.aborted)
      throw new TrainingError('stopped before the first epoch was done; nothing has been saved');
    return found;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
