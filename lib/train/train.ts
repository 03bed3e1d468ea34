import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { Adam } from './adam';
import { BatchMaker } from './batches';
import { PIXELS, type LabelledDigits } from '../data/idx';
import { inputs, lossAndAccuracy } from './measure';
import { CLASSES, type TensorFlow } from './network';
import { makeBatch, planEpoch, type Batch } from './samples';

export interface TrainingOptions {
  epochs: number;
  /** Whole number; the same one gives the same samples and the same initial weights. */
  seed: number;
  /** Samples a step. Default 128. */
  batchSize?: number;
  /** The greatest: it rises to that at first and falls to nothing along a cosine. Default 0.002. */
  learningRate?: number;
  /** Called at the end of each epoch and about once a second in between. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Called after an epoch that was the best so far, with its weights in the model; the training waits for it. */
  onBest?: (epoch: EpochResult) => Promise<void>;
  /** Stops the training; the best epoch so far stays. */
  signal?: AbortSignal;
}

/** What one epoch came to. */
export interface EpochResult {
  /** From 1. */
  epoch: number;
  /** Means over the epoch's samples, as the weights were at each step. */
  loss: number;
  accuracy: number;
  /** Of the weights at its end, over the samples held out. */
  validationLoss: number;
  validationAccuracy: number;
  seconds: number;
}

export interface TrainingProgress {
  epoch: number;
  epochs: number;
  /** Share of the epoch that is done, 0 to 1. */
  share: number;
  /** Means over the epoch so far. */
  loss: number;
  accuracy: number;
  samplesPerSecond: number;
  /** Until the last epoch's end. */
  secondsLeft: number;
  /** At the end of an epoch. */
  result?: EpochResult;
}

/** The training has gone astray. */
export class TrainingError extends Error {
  override name = 'TrainingError';
}

/** Of each label, this share goes to all classes alike (Szegedy et al. 2016). */
const LABEL_SMOOTHING = 0.02;
const WEIGHT_DECAY = 0.01;
/** How much of the weights' moving average stays at each step. */
const AVERAGING = 0.999;
const WARM_UP_STEPS = 300;

/** Splits off the last digits of a data set, at most 5,000 and a tenth of it, to validate and calibrate with. */
export function holdOut({ images, labels }: LabelledDigits): { training: LabelledDigits; heldOut: LabelledDigits } {
  const split = labels.length - Math.min(5000, Math.ceil(labels.length / 10));
  return {
    training: { images: images.subarray(0, split * PIXELS), labels: labels.subarray(0, split) },
    heldOut: { images: images.subarray(split * PIXELS), labels: labels.subarray(split) },
  };
}

/** The digits held out, as they are, and as many samples as in training; the same ones for the same seed. */
export function validationSet(heldOut: LabelledDigits, seed: number): Batch {
  const count = heldOut.labels.length;
  const [plan] = planEpoch(count, count, seed, 0);
  const made = makeBatch(heldOut, plan);
  const images = new Uint8Array(2 * count * PIXELS), labels = new Uint8Array(2 * count);
  images.set(heldOut.images);
  images.set(made.images, count * PIXELS);
  labels.set(heldOut.labels);
  labels.set(made.labels, count);
  return { images, labels };
}

/**
 * Trains a network that ends in logits. When it returns or throws, the model holds the weights (their moving average) of
 * the best epoch so far.
 *
 * @param data of which some are held out, see `holdOut`
 * @returns the epochs that were completed
 * @throws (rejects) TrainingError where the loss is no number any more
 */
export async function train(tf: TensorFlow, model: Sequential, data: LabelledDigits, options: TrainingOptions): Promise<EpochResult[]> {
  const { epochs, seed, batchSize = 128, learningRate = 0.002, onProgress, onBest, signal } = options;
  const { training, heldOut } = holdOut(data);
  const validation = validationSet(heldOut, seed);
  const weights = model.trainableWeights.map((weight) => weight.read()).filter((weight): weight is Variable => weight instanceof tf.Variable);
  const optimizer = new Adam(tf, weights, AVERAGING, WEIGHT_DECAY);
  const batches = new BatchMaker(training);
  const stepsAnEpoch = planEpoch(training.labels.length, batchSize, seed, 1).length;
  const steps = stepsAnEpoch * epochs;
  const results: EpochResult[] = [];
  let best: { loss: number; values: Float32Array[] } | undefined;
  let step = 0;
  const began = performance.now();
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const start = performance.now();
      let told = start, loss = 0, right = 0, seen = 0;
      const progress = (): TrainingProgress => {
        const now = performance.now();
        return {
          epoch, epochs, share: seen / (stepsAnEpoch * batchSize), loss: loss / seen, accuracy: right / seen,
          samplesPerSecond: seen / ((now - start) / 1000), secondsLeft: (now - began) / 1000 * (steps / step - 1),
        };
      };
      for await (const batch of batches.make(planEpoch(training.labels.length, batchSize, seed, epoch))) {
        if (signal?.aborted) return results;
        const made = trainStep(tf, model, weights, optimizer, batch, rate(step++, steps, learningRate));
        if (!Number.isFinite(made.loss)) throw new TrainingError(`the loss has become ${made.loss} in epoch ${epoch}; try a lower learning rate than ${learningRate}`);
        loss += made.loss * batch.labels.length;
        right += made.right;
        seen += batch.labels.length;
        if (performance.now() - told > 1000) {
          told = performance.now();
          onProgress?.(progress());
        }
      }
      optimizer.swap();
      const measured = lossAndAccuracy(tf, model, validation);
      const result = {
        epoch, loss: loss / seen, accuracy: right / seen, validationLoss: measured.loss, validationAccuracy: measured.accuracy,
        seconds: (performance.now() - start) / 1000,
      };
      results.push(result);
      if (!best || measured.loss < best.loss) {
        best = { loss: measured.loss, values: weights.map((weight) => weight.dataSync<'float32'>().slice()) };
        await onBest?.(result);
      }
      optimizer.swap();
      onProgress?.({ ...progress(), result });
    }
    return results;
  } finally {
    await batches.close();
    best?.values.forEach((values, i) => {
      tf.tidy(() => { weights[i].assign(tf.tensor(values, weights[i].shape)); });
    });
    optimizer.dispose();
  }
}

/** Linear warm-up, then a cosine down to 0 (Loshchilov and Hutter 2017). */
function rate(step: number, steps: number, greatest: number): number {
  const warm = Math.min(WARM_UP_STEPS, steps / 10);
  if (step < warm) return greatest * (step + 1) / warm;
  return greatest * (1 + Math.cos(Math.PI * (step - warm) / (steps - warm))) / 2;
}

function trainStep(tf: TensorFlow, model: Sequential, weights: Variable[], optimizer: Adam, { images, labels }: Batch, learningRate: number): { loss: number; right: number } {
  return tf.tidy(() => {
    const x = inputs(tf, images);
    const classes = tf.tensor1d(labels, 'int32');
    const y = tf.add(tf.mul(tf.oneHot(classes, CLASSES), 1 - LABEL_SMOOTHING), LABEL_SMOOTHING / CLASSES);
    let right: Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(x, { training: true }) as Tensor2D;
      right = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), classes), 'int32')));
      return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
    }, weights);
    optimizer.apply(grads, learningRate);
    const result = { loss: value.dataSync()[0], right: right?.dataSync()[0] ?? 0 };
    right?.dispose();
    return result;
  });
}
