import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { chooseEngine } from './engines';
import type { TrainingProgress, TrainingResult } from './result';
import { checkSettings, type EngineName, type TrainingSettings } from './settings';
import { TrainingError } from './train';
import type { News, Order } from './training-worker';

export type { TrainingProgress, TrainingResult, TrainingSettings };

export interface TrainingCallbacks {
  /** Called at the end of each epoch and a few times a second in between. */
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Called with a few words on what is done before and after the epochs. */
  onStage?: ((stage: string) => void) | undefined;
  /** Stops the training; the best epoch so far is saved, unless there is none yet. */
  signal?: AbortSignal | undefined;
}

const SCRIPT = join(__dirname, 'training-worker.js');

/** A training that was stopped and has not ended by itself after this is ended, milliseconds. */
const PATIENCE = 8000;

/**
 * Trains a model beside this process, in a thread or a process of its own, and saves it.
 *
 * @returns what it came to, once nothing of it runs any more; also where it was stopped after its first epoch
 * @throws (rejects) TrainingSettingsError; EngineError where native TensorFlow is asked for and cannot be had; what
 *   `runSession` throws, by its name, message and status. Then nothing has been saved, and what was there before is whole.
 */
export async function startTraining(settings: TrainingSettings, { onProgress, onStage, signal }: TrainingCallbacks = {}): Promise<TrainingResult> {
  const checked = checkSettings(settings);
  const engine = await unlessStopped(chooseEngine(checked.engine), signal);
  const helper = startHelper(engine);
  let patience: NodeJS.Timeout | undefined;
  const stop = (): void => {
    helper.send({ stop: true });
    patience = setTimeout(() => { void helper.end(); }, PATIENCE);
  };
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise<TrainingResult>((resolve, reject) => {
      helper.listen((news) => {
        if ('progress' in news) onProgress?.(news.progress);
        else if ('stage' in news) onStage?.(news.stage);
        else if ('result' in news) resolve(news.result);
        else reject(Object.assign(new Error(news.error.message), news.error));
      }, (how) => { reject(new Error(`the training has ended unexpectedly (${how}); nothing has been saved`)); });
      helper.send({ start: checked, engine });
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    clearTimeout(patience);
    await helper.end();
  }
}

/** Does not wait for the proof of native TensorFlow, which others may wait for. */
async function unlessStopped<T extends string>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => { stop = () => { resolve(undefined); }; });
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) stop();
    const found = await Promise.race([stopped, result]);
    if (found === undefined || signal?.aborted) throw new TrainingError('stopped before the first epoch was done; nothing has been saved');
    return found;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The thread or process that a training is in. */
interface Helper {
  send(order: Order): void;
  listen(onNews: (news: News) => void, onEnd: (how: string) => void): void;
  /** Ends it and waits until it has gone. */
  end(): Promise<void>;
}

function startHelper(engine: EngineName): Helper {
  if (engine === 'wasm') {
    const worker = new Worker(SCRIPT);
    return {
      send: (order) => { worker.postMessage(order); },
      listen(onNews, onEnd) {
        worker.on('message', onNews);
        worker.on('error', ({ message }) => { onEnd(message); });
        worker.on('exit', (code) => { onEnd(`exit code ${code}`); });
      },
      end: async () => { await worker.terminate(); },
    };
  }
  const child = fork(SCRIPT, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => { resolve(); });
    child.once('error', () => { resolve(); });
  });
  return {
    // One that has gone is told of by "exit".
    send: (order) => { child.send(order, () => undefined); },
    listen(onNews, onEnd) {
      child.on('message', (news) => { onNews(news as News); });
      child.on('error', ({ message }) => { onEnd(message); });
      child.on('exit', (code, signal) => { onEnd(signal ?? `exit code ${code}`); });
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
