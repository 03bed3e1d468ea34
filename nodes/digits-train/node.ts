import type { Node, NodeAPI, NodeMessageInFlow, NodeStatus } from 'node-red';
import { describe, isList } from '../../lib/pictures/picture';
import { drawSamplesSheet } from '../../lib/train/report/samples-sheet';
import { startTraining, type TrainingProgress, type TrainingResult } from '../../lib/train/start-training';
import { readForSheet } from '../../lib/train/data/sources';
import type { TrainingSettings } from '../../lib/train/common/settings';
import { handleInput, type HandlerContext } from '../common/input-handler';
import { trainingSettings, type TrainNodeSettings } from './settings';

interface TrainMessage extends NodeMessageInFlow {
  /** On output 2: what the training came to. */
  training?: unknown;
}

/** a message → progress (output 1), and at the end the model (output 2) */
export function create(RED: NodeAPI): (this: Node, settings: TrainNodeSettings) => void {
  function TrainNode(this: Node, settings: TrainNodeSettings): void {
    RED.nodes.createNode(this, settings);
    const trainer = new Trainer(this);
    handleInput(
      this,
      async (msg: TrainMessage, job) => {
        const command = commandOf(msg.payload);
        if (command === 'stop') {
          trainer.stop();
          return null;
        }
        if (command === 'preview') {
          const { mnist, samples, seed = 1 } = trainingSettings(RED, settings, {});
          msg.payload = await drawSamplesSheet(await readForSheet({ mnist, samples }, job.signal), seed);
          return [msg, null];
        }
        msg.payload = await trainer.train(() => trainingSettings(RED, settings, command), job);
        return [null, msg];
      },
      // A sheet takes a thread of its own, so that of those one is made at a time.
      { urgent: ({ payload }) => !isPreview(payload) },
    );
  }

  return TrainNode;
}

/** One training at a time; how it goes is sent, shown and logged. */
class Trainer {
  private running: AbortController | undefined;

  constructor(private readonly node: Node) {}

  stop(): void {
    this.running?.abort();
  }

  /** @throws Error where a training is running, and whatever `settingsOf` and the training throw */
  async train(settingsOf: () => TrainingSettings, { signal, status }: HandlerContext): Promise<TrainingResult> {
    if (this.running) throw new Error('a training is running already; a message with the payload "stop" ends it');
    const stop = (this.running = new AbortController());
    const began = performance.now();
    try {
      const result = await startTraining(settingsOf(), {
        signal: AbortSignal.any([signal, stop.signal]),
        onStage: (stage) => {
          status.show({ fill: 'yellow', shape: 'ring', text: stage });
        },
        onProgress: (progress) => {
          if (signal.aborted) return;
          status.show({ fill: 'blue', shape: 'dot', text: inShort(progress) });
          this.node.send([{ topic: 'progress', payload: chartable(progress) }, null]);
          if (progress.result) this.node.log(epochLine(progress, (performance.now() - began) / 1000));
        },
      });
      this.node.log(lastLine(result));
      for (const note of result.notes) this.node.warn(note);
      status.show(resultStatus(result));
      return result;
    } finally {
      this.running = undefined;
    }
  }
}

function resultStatus({ better, accuracy, seconds: total }: TrainingResult): NodeStatus {
  return better === false
    ? { fill: 'yellow', shape: 'dot', text: 'worse: not saved' }
    : { fill: 'green', shape: 'dot', text: `${percent(accuracy)} · ${seconds(total)}` };
}

function isPreview(payload: unknown): boolean {
  return payload === 'preview' || (payload as { preview?: unknown } | null | undefined)?.preview === true;
}

/** What a message asks for: settings to start with, or a command. */
function commandOf(payload: unknown): 'stop' | 'preview' | Record<string, unknown> {
  if (payload === 'stop' || payload === 'preview') return payload;
  if (
    payload === '' ||
    payload === 'start' ||
    ['undefined', 'number', 'boolean'].includes(typeof payload) ||
    payload === null
  )
    return {};
  if (typeof payload === 'object' && !isList(payload) && !Buffer.isBuffer(payload)) {
    const { stop, preview, ...rest } = payload as Record<string, unknown>;
    return stop === true ? 'stop' : preview === true ? 'preview' : rest;
  }
  throw new TypeError(
    'expected msg.payload to start a training (settings as an object, or nothing), "stop" or "preview", ' +
      `got ${describe(payload)}`,
  );
}

/** Flat numbers, so that a chart takes any of them by its name. */
function chartable({ result, epoch, share, ...figures }: TrainingProgress): object {
  return {
    ...figures,
    epoch,
    share,
    done: epoch - 1 + share,
    epochEnd: result !== undefined,
    ...(result && { secondsAnEpoch: result.seconds }),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const seconds = (value: number): string => (value < 100 ? `${Math.ceil(value)} s` : `${Math.ceil(value / 60)} min`);

function inShort({ epoch, epochs, accuracy, secondsLeft }: TrainingProgress): string {
  return `${epoch}/${epochs} · ${percent(accuracy)} · ${seconds(secondsLeft)}`;
}

function epochLine({ epoch, epochs, result }: TrainingProgress, total: number): string {
  const {
    loss = NaN,
    accuracy = NaN,
    validationLoss = NaN,
    validationAccuracy = NaN,
    seconds: time = NaN,
  } = result ?? {};
  return (
    `Iteration ${epoch} of ${epochs} | Loss = ${loss.toFixed(5)} | Accuracy = ${accuracy.toFixed(5)} | ` +
    `Validation loss = ${validationLoss.toFixed(5)} | Validation accuracy = ${validationAccuracy.toFixed(5)} | ` +
    `Time = ${time.toFixed(2)} s | Total = ${(total / 60).toFixed(2)} min`
  );
}

function lastLine({
  engine,
  secondsAnEpoch,
  seconds: total,
  accuracy,
  tested,
  testedOn,
  independent,
  path,
  before,
  after,
  samples,
}: TrainingResult): string {
  const seen = samples?.test === 0 ? ' (no independent test: too few)' : '';
  const change =
    before && after
      ? ` | Own samples = ${before.samples.toFixed(4)} before, ${after.samples.toFixed(4)} after${seen}`
      : '';
  return (
    `Trained on ${engine} | Time per epoch = ${secondsAnEpoch.toFixed(2)} s | Total training time = ` +
    `${(total / 60).toFixed(2)} min | ${independent ? 'Test' : 'Validation'} accuracy = ${accuracy.toFixed(4)} ` +
    `(${tested} pictures, ${testedOn}${independent ? '' : '; no independent test: too few'})${change} | ` +
    (path === undefined ? 'Worse than before: not saved' : `Saved at ${path}`)
  );
}
