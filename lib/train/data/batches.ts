import { join } from 'node:path';
import { WorkerHost } from '../../workers/host';
import type { LabelledDigits } from '../../data/idx';
import type { SampleMethods } from './sample-worker';
import type { Batch, BatchPlan } from './samples';

/** Batches that are made ahead, so that the training never waits unless it is the faster one. */
const AHEAD = 6;

/** Makes batches in a worker. */
export class BatchMaker {
  readonly #host = new WorkerHost<SampleMethods>({
    name: 'the maker of samples',
    script: join(__dirname, 'sample-worker.js'),
  });
  readonly #data: LabelledDigits;

  constructor({ images, labels }: LabelledDigits) {
    this.#data = { images: shared(images), labels: shared(labels) };
  }

  /** The batches of these plans, in their order. */
  async *make(plans: readonly BatchPlan[]): AsyncGenerator<Batch> {
    const coming: Promise<Batch>[] = [];
    const ask = (plan: BatchPlan): void => {
      const batch = this.#host.exec('makeBatch', [this.#data, plan]);
      // Whoever stops early leaves batches that nobody waits for.
      batch.catch(() => undefined);
      coming.push(batch);
    };
    plans.slice(0, AHEAD).forEach(ask);
    for (let next = AHEAD; coming.length > 0; next++) {
      const batch = await coming.shift();
      if (next < plans.length) ask(plans[next]);
      if (batch) yield batch;
    }
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
