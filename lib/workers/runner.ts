import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './protocol';

/** Where a worker runs: a thread shares memory with its host; a process can end without taking its host along. */
export type RunnerKind = 'thread' | 'process';

export interface RunnerListener {
  onMessage(message: FromWorker): void;
  /** Once, when it has ended, whatever the reason; `how` says which, '' where there is nothing to say. */
  onEnd(how: string): void;
}

/** A worker's thread or process. */
export interface Runner {
  /** @throws DOMException (DataCloneError) or TypeError for what cannot be copied */
  send(message: ToWorker, transfer: ArrayBuffer[]): void;
  /** Ends it, whatever it is at, and resolves when it has gone. */
  end(): Promise<void>;
}

export interface RunnerSettings {
  kind: RunnerKind;
  /** Absolute path of a script that calls `serve` (./serve). */
  script: string;
  /** For a thread, its `workerData`. */
  data: unknown;
  /** See `WorkerHostOptions`. */
  youngGeneration?: number | undefined;
}

/** Starts a script in a thread or in a process. */
export function startRunner(settings: RunnerSettings, listener: RunnerListener): Runner {
  return settings.kind === 'thread' ? startThread(settings, listener) : startProcess(settings.script, listener);
}

function startThread({ script, data: workerData, youngGeneration }: RunnerSettings, listener: RunnerListener): Runner {
  const worker = new Worker(script, {
    workerData,
    ...(youngGeneration && { resourceLimits: { maxYoungGenerationSizeMb: youngGeneration } }),
  });
  let how = '';
  worker.on('message', (message: FromWorker) => {
    listener.onMessage(message);
  });
  worker.on('error', (error) => {
    how = error instanceof Error ? error.message : String(error);
  });
  worker.on('exit', () => {
    listener.onEnd(how);
  });
  return {
    send: (message, transfer) => {
      worker.postMessage(message, transfer);
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

function startProcess(script: string, listener: RunnerListener): Runner {
  const child = fork(script, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      listener.onEnd(how);
      resolve();
    };
    child.once('exit', (code, signal) => {
      end(`its process ended with ${signal ?? `exit code ${code ?? 0}`}`);
    });
    child.once('error', ({ message }) => {
      end(message);
    });
  });
  child.on('message', (message) => {
    listener.onMessage(message as FromWorker);
  });
  return {
    // One that has gone is told of by "exit".
    send: (message) => {
      child.send(message, () => undefined);
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
