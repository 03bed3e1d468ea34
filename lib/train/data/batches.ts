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
    const waiting = plans.values();
    const ask = (): void => {
      const next = waiting.next();
      if (next.done === true) return;
      const batch = this.#host.exec('makeBatch', [this.#data, next.value]);
      // Whoever stops early leaves batches that nobody waits for.
      batch.catch(() => undefined);
      coming.push(batch);
    };
    for (let i = 0; i < AHEAD; i++) ask();
    for (let next = coming.shift(); next; next = coming.shift()) {
      const batch = await next;
      ask();
      yield batch;
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
