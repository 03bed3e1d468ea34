import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Adam } from '../engine/adam';
import { BatchMaker } from '../data/batches';
import { bestTemperature } from '../engine/calibrate';
import type { Curriculum } from '../data/curriculum';
import type { Batch, BatchPlan } from '../data/samples';
import type { TrainableNetwork } from '../engine/trainable';
import { Tally } from './tally';
import { TrainingError } from '../common/errors';
import { USUAL_RECIPE, type Recipe } from '../common/recipe';
import type { EpochResult, TrainingProgress } from '../common/result';

export interface TrainingOptions {
  epochs: number;
  recipe?: Recipe;
  /** Called at the end of each epoch and a few times a second in between. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Called after an epoch that was the best so far, with its weights in the model; the training waits for it. */
  onBest?: (epoch: EpochResult) => Promise<void>;
  /** Stops the training; the best epoch so far stays. */
  signal?: AbortSignal | undefined;
}

/** What a training came to. */
export interface TrainingOutcome {
  /** Those that were completed. */
  epochs: EpochResult[];
  /** The one whose weights the model holds; undefined where none was completed. */
  best?: BestEpoch;
}

interface BestEpoch extends EpochResult {
  /** See `bestTemperature`. */
  temperature: number;
}

const WARM_UP_STEPS = 300;
/** Between two calls of `onProgress`, milliseconds. */
const INTERVAL = 300;

/**
 * Trains a network. When it returns or throws, the network holds the weights of the best epoch so far: their moving
 * average, where the recipe has one. Between two steps others get their turn.
 *
 * @throws (rejects) TrainingError where the loss is no number any more; RangeError for no epochs, or for one without
 *   batches
 */
export async function train(
  network: TrainableNetwork,
  curriculum: Curriculum,
  options: TrainingOptions,
): Promise<TrainingOutcome> {
  const { epochs, signal } = options;
  if (!(epochs >= 1)) throw new RangeError(`expected at least 1 epoch, got ${epochs}`);
  const training = new Training(network, curriculum, options);
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) await training.run(epoch);
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    await training.end();
  }
  return training.outcome;
}

/** Goes through epochs, and remembers the best of them. */
class Training {
  readonly #recipe: Recipe;
  readonly #optimizer: Adam;
  readonly #batches: BatchMaker;
  readonly #results: EpochResult[] = [];
  #best: { result: BestEpoch; weights: Float32Array[] } | undefined;
  /** Of all epochs. */
  #steps = 0;
  readonly #began = performance.now();

  constructor(
    private readonly network: TrainableNetwork,
    private readonly curriculum: Curriculum,
    private readonly options: TrainingOptions,
  ) {
    this.#recipe = options.recipe ?? USUAL_RECIPE;
    this.#optimizer = new Adam(network.tf, network.weights, this.#recipe.averaging, this.#recipe.weightDecay);
    this.#batches = new BatchMaker(curriculum.data);
  }

  get outcome(): TrainingOutcome {
    return { epochs: this.#results, ...(this.#best && { best: this.#best.result }) };
  }

  async run(epoch: number): Promise<void> {
    const plans = this.curriculum.batches(epoch);
    const samples = plans.reduce((sum, { sources }) => sum + sources.length, 0);
    if (samples === 0)
      throw new RangeError(`expected an epoch of at least 1 sample, got ${plans.length} batches without any`);
    const steps = plans.length * this.options.epochs;
    const tally = new Tally(epoch, samples);
    await this.#learn(plans, steps, tally);
    await this.#withAverage(() => this.#judge(steps, tally));
  }

  /** Closes what was opened; the network gets the weights of the best epoch. */
  async end(): Promise<void> {
    await this.#batches.close();
    if (this.#best) this.network.restore(this.#best.weights);
    this.#optimizer.dispose();
  }

  /** @param steps of all epochs together */
  async #learn(plans: BatchPlan[], steps: number, tally: Tally): Promise<void> {
    const { onProgress, signal } = this.options;
    let told = tally.began;
    for await (const batch of unlessStopped(this.#batches.make(plans), signal)) {
      await this.#pause();
      const learningRate = rate(this.#steps++, steps, this.#recipe);
      const made = trainStep(this.network, this.#optimizer, batch, this.#recipe, learningRate);
      if (!Number.isFinite(made.loss)) {
        throw new TrainingError(
          `the loss has become ${made.loss} in epoch ${tally.epoch}; ` +
            `try a lower learning rate than ${this.#recipe.learningRate}`,
        );
      }
      tally.add(made, batch.labels.length);
      if (performance.now() - told > INTERVAL) {
        told = performance.now();
        onProgress?.(this.#progress(steps, tally));
      }
    }
  }

  /** Measures the network on what was held out, and remembers its weights where they are the best so far. */
  async #judge(steps: number, tally: Tally): Promise<void> {
    const { network } = this;
    const { validation } = this.curriculum;
    const logits = await network.logitsOf(validation.images, () => this.#pause());
    const measured = network.lossAndAccuracy(logits, validation);
    const result: EpochResult = {
      epoch: tally.epoch,
      ...tally.means(),
      validationLoss: measured.loss,
      validationAccuracy: measured.accuracy,
      seconds: tally.seconds(),
    };
    this.#results.push(result);
    if (!this.#best || isBetter(result, this.#best.result, this.#recipe.judge)) {
      this.#best = {
        result: { ...result, temperature: bestTemperature(logits, validation.labels, network.classes) },
        weights: network.snapshot(),
      };
      await this.options.onBest?.(result);
    }
    this.options.onProgress?.({ ...this.#progress(steps, tally), result });
  }

  /** Does something with the moving average of the weights in their place, where the recipe has one. */
  async #withAverage(task: () => Promise<void>): Promise<void> {
    await (this.#recipe.averaging > 0 ? this.#optimizer.averaged(task) : task());
  }

  #progress(steps: number, tally: Tally): TrainingProgress {
    const last = this.#results.at(-1);
    return {
      epoch: tally.epoch,
      epochs: this.options.epochs,
      share: tally.share(),
      ...tally.means(),
      validationLoss: last?.validationLoss,
      validationAccuracy: last?.validationAccuracy,
      samplesPerSecond: tally.samplesPerSecond(),
      secondsLeft: ((performance.now() - this.#began) / 1000) * (steps / this.#steps - 1),
    };
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.options.signal?.throwIfAborted();
  }
}

/** What comes, until the signal says to stop: then it is not waited for any longer. */
async function* unlessStopped<T>(items: AsyncGenerator<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const stopped =
    signal &&
    new Promise<never>((_, reject) => {
      const stop = (): void => {
        reject(signal.reason as Error);
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  stopped?.catch(() => undefined);
  for (;;) {
    const coming = items.next();
    coming.catch(() => undefined);
    const next = await (stopped ? Promise.race([coming, stopped]) : coming);
    if (next.done === true) return;
    yield next.value;
  }
}

function isBetter(a: EpochResult, b: EpochResult, judge: Recipe['judge']): boolean {
  if (judge === 'accuracy' && a.validationAccuracy !== b.validationAccuracy)
    return a.validationAccuracy > b.validationAccuracy;
  return a.validationLoss < b.validationLoss;
}

/** Linear warm-up, then a cosine down to 0 (Loshchilov and Hutter 2017). */
export function rate(step: number, steps: number, { learningRate, schedule }: Recipe): number {
  if (schedule === 'constant') return learningRate;
  const warm = Math.min(WARM_UP_STEPS, steps / 10);
  if (step < warm) return (learningRate * (step + 1)) / warm;
  return (learningRate * (1 + Math.cos((Math.PI * (step - warm)) / (steps - warm)))) / 2;
}

function trainStep(
  network: TrainableNetwork,
  optimizer: Adam,
  { images, labels }: Batch,
  { labelSmoothing }: Recipe,
  learningRate: number,
): { loss: number; right: number } {
  const { tf, classes } = network;
  return tf.tidy(() => {
    const wanted = tf.tensor1d(labels, 'int32');
    const y = tf.add(tf.mul(tf.oneHot(wanted, classes), 1 - labelSmoothing), labelSmoothing / classes);
    let right: Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = network.logits(images, true);
      right = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), wanted), 'int32')));
      return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
    }, [...network.weights]);
    optimizer.apply(grads, learningRate);
    const [loss = NaN] = value.dataSync();
    const result = { loss, right: right?.dataSync()[0] ?? 0 };
    right?.dispose();
    return result;
  });
}
