/**
 * Where a training computes: a thread for wasm, a process for native TensorFlow. It does one training and ends.
 */
import { parentPort } from 'node:worker_threads';
import { loadTensorFlow } from './engines';
import type { EngineName, CheckedSettings } from './settings';
import { runSession } from './session';
import type { TrainingProgress, TrainingResult } from './result';

/** What `startTraining` sends. */
export type Order = { start: CheckedSettings; engine: EngineName } | { stop: true };

/** What comes back. */
export type News = { stage: string } | { progress: TrainingProgress } | { result: TrainingResult } | { error: { name: string; message: string; status?: unknown; stack?: string | undefined } };

const stop = new AbortController();
const send = (news: News): void => {
  if (parentPort) parentPort.postMessage(news);
  else process.send?.(news);
};

function receive(order: Order): void {
  if ('stop' in order) stop.abort();
  else void work(order.start, order.engine);
}

async function work(settings: CheckedSettings, engine: EngineName): Promise<void> {
  try {
    send({ stage: `starting ${engine}` });
    const tf = await loadTensorFlow(engine);
    const result = await runSession(tf, engine, settings, {
      signal: stop.signal,
      onProgress: (progress) => { send({ progress }); },
      onStage: (stage) => { send({ stage }); },
    });
    send({ result });
  } catch (error) {
    const { name, message, status, stack } = error as Error & { status?: unknown };
    send({ error: { name, message, status, stack } });
  }
}

if (parentPort) {
  parentPort.on('message', receive);
} else {
  process.on('message', receive);
  // Node-RED has gone, and nobody is left to train for.
  process.on('disconnect', () => { process.exit(0); });
  // Ctrl+C reaches everybody on a terminal; the parent says what is to be done.
  process.on('SIGINT', () => undefined);
}
