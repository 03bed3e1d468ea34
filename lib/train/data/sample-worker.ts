/** The worker that draws and augments samples ahead of the training, on a processor core of its own. */
import { serve, transferring } from '../../workers/serve';
import type { LabelledDigits } from '../../data/idx';
import { makeBatch, type Batch, type BatchPlan } from './samples';

export interface SampleMethods {
  /** @param data in shared memory, so that it costs nothing to send it along */
  makeBatch(data: LabelledDigits, plan: BatchPlan): Batch;
}

serve<SampleMethods>({
  makeBatch(data, plan) {
    const batch = makeBatch(data, plan);
    return transferring(batch, [batch.images.buffer, batch.labels.buffer]);
  },
});
