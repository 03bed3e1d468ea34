/**
 * Where a training computes: a thread for wasm, a process for native TensorFlow. It does one training and ends.
 */
import { serve, type Job } from '../workers/serve';
import { loadTensorFlow } from './engine/engines';
import type { EngineName, CheckedSettings } from './common/settings';
import { runSession } from './loop/session';
import type { TrainingProgress, TrainingResult } from './common/result';

/** What is told while a training runs. */
export type TrainingEvent = { stage: string } | { progress: TrainingProgress };

export interface TrainingMethods {
  /** Emits `TrainingEvent`; the best epoch so far is saved when it is stopped. */
  train(settings: CheckedSettings, engine: EngineName): Promise<TrainingResult>;
}

serve<TrainingMethods>({
  async train(this: Job, settings, engine) {
    const tell = (news: TrainingEvent): void => {
      this.emit(news);
    };
    tell({ stage: `starting ${engine}` });
    const tf = await loadTensorFlow(engine);
    return runSession(tf, engine, settings, {
      signal: this.signal,
      onProgress: (progress) => {
        tell({ progress });
      },
      onStage: (stage) => {
        tell({ stage });
      },
    });
  },
});
