import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { DIGIT_SIZE } from '../extract/normalise';
import { Adam } from './adam';
import { BatchMaker } from './batches';
import { PIXELS, type LabelledDigits } from './idx';
import { CLASSES, type TensorFlow } from './network';
import { makeBatch, planEpoch, type Batch } from './samples';

export interface TrainingOptions {
  epochs: number;
  /** Samples a step. Default 128. */
  batchSize?: number;
  /** The greatest; it rises to that at first and falls to nothing along a cosine. Default 0.002. */
  learningRate?: number;
  /** Whole number; the same one gives the same samples and the same initial weights. */
  seed: number;
  /** Called at the end of each epoch and about once a second in between. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Called when an epoch was the best so far, with the best weights in the model. */
  onBest?: (epoch: EpochResult) => Promise<void>;
  /** Stops the training; the best epoch so far stays. */
  signal?: AbortSignal;
}

/** What one epoch came to. */
export interface EpochResult {
  /** From 1. */
  epoch: number;
  /** Mean over the epoch's samples. */
  loss: number;
  accuracy: number;
  /** Over digits that are held out, as they are and augmented, and negatives. */
  validationLoss: number;
  validationAccuracy: number;
  seconds: number;
}

export interface TrainingProgress extends Partial<EpochResult> {
  epoch: number;
  epochs: number;
  /** Share of the epoch that is done, 0 to 1. */
  share: number;
  loss: number;
  accuracy: number;
  samplesPerSecond: number;
  secondsLeft: number;
}

/** The loss has become NaN or infinite. */
export class TrainingError extends Error {
  override name = 'TrainingError';
}

/** Digits of the training set that are held out to validate with. */
export const HELD_OUT = 5000;

/** Of each label, this share goes to the other classes (Szegedy et al. 2016). */
const LABEL_SMOOTHING = 0.02;
const WEIGHT_DECAY = 0.01;
const AVERAGING = 0.999;
const WARM_UP_STEPS = 300;

/** Splits off the last digits, to validate and calibrate with. */
export function holdOut({ images, labels }: LabelledDigits, count = HELD_OUT): { training: LabelledDigits; heldOut: LabelledDigits } {
  const split = labels.length - count;
  return {
    training: { images: images.subarray(0, split * PIXELS), labels: labels.subarray(0, split) },
    heldOut: { images: images.subarray(split * PIXELS), labels: labels.subarray(split) },
  };
}

/** Held-out digits as they are, and as many samples as in training, the same for the same seed. */
export function validationSet(heldOut: LabelledDigits, seed: number): Batch {
  const count = heldOut.labels.length;
  const [plan] = planEpoch(count, count, seed, 0);
  const made = makeBatch(heldOut, plan);
  const images = new Uint8Array(heldOut.images.length + made.images.length);
  images.set(heldOut.images);
  images.set(made.images, heldOut.images.length);
  const labels = new Uint8Array(count + made.labels.length);
  labels.set(heldOut.labels);
  labels.set(made.labels, count);
  return { images, labels };
}

/**
 * Trains a network that ends in logits. When it returns or throws, the model holds the weights (their moving average)
 * of the best epoch so far.
 * @returns the epochs that were completed
 * @throws (rejects) TrainingError where the loss becomes NaN
 */
export async function train(tf: TensorFlow, model: Sequential, data: LabelledDigits, options: TrainingOptions): Promise<EpochResult[]> {
  const { epochs, batchSize = 128, learningRate = 0.002, seed, onProgress, onBest, signal } = options;
  const { training, heldOut } = holdOut(data);
  const validation = validationSet(heldOut, seed);
  const weights = model.trainableWeights.map((weight) => weight.read() as Variable);
  const optimizer = new Adam(tf, weights, AVERAGING, WEIGHT_DECAY);
  const batches = new BatchMaker(training);
  const steps = planEpoch(training.labels.length, batchSize, seed, 1).length * epochs;
  const results: EpochResult[] = [];
  let step = 0, best: { loss: number; weights: Float32Array[] } | undefined;
  const began = performance.now();
  try {
    for (let epoch = 1; epoch <= epochs && !signal?.aborted; epoch++) {
      const start = performance.now();
      let loss = 0, right = 0, seen = 0, told = start;
      const plans = planEpoch(training.labels.length, batchSize, seed, epoch);
      for await (const batch of batches.make(plans)) {
        if (signal?.aborted) break;
        const result = trainStep(tf, model, weights, optimizer, batch, rate(step++, steps, learningRate));
        if (!Number.isFinite(result.loss)) throw new TrainingError(`the loss has become ${result.loss} in epoch ${epoch}; a lower learning rate than ${learningRate} may help`);
        loss += result.loss * batch.labels.length;
        right += result.right;
        seen += batch.labels.length;
        const now = performance.now();
        if (now - told > 1000) {
          told = now;
          onProgress?.({
            epoch, epochs, share: seen / (plans.length * batchSize), loss: loss / seen, accuracy: right / seen,
            samplesPerSecond: seen / ((now - start) / 1000), secondsLeft: (now - began) / 1000 * (steps / step - 1),
          });
        }
      }
      if (signal?.aborted) break;
      optimizer.swap();
      const measured = evaluate(tf, model, validation);
      const result: EpochResult = {
        epoch, loss: loss / seen, accuracy: right / seen, validationLoss: measured.loss, validationAccuracy: measured.accuracy,
        seconds: (performance.now() - start) / 1000,
      };
      results.push(result);
      if (!best || measured.loss < best.loss) {
        best = { loss: measured.loss, weights: weights.map((weight) => weight.dataSync<'float32'>().slice()) };
        await onBest?.(result);
      }
      optimizer.swap();
      onProgress?.({ ...result, epochs, share: 1, samplesPerSecond: seen / result.seconds, secondsLeft: (performance.now() - began) / 1000 * (steps / step - 1) });
    }
  } finally {
    await batches.close();
    best?.weights.forEach((values, i) => {
      tf.tidy(() => { weights[i].assign(tf.tensor(values, weights[i].shape)); });
    });
    optimizer.dispose();
  }
  return results;
}

/** Linear warm-up, then a cosine to 0 (Loshchilov and Hutter 2017). */
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
    let logits: Tensor2D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const output = model.apply(x, { training: true }) as Tensor2D;
      logits = tf.keep(output.clone());
      return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(output)), 1)));
    }, weights);
    optimizer.apply(grads, learningRate);
    const right = logits ? tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), classes), 'int32')).dataSync()[0] : 0;
    logits?.dispose();
    return { loss: value.dataSync()[0], right };
  });
}

/** @param images n·784 bytes @returns [n, 28, 28, 1], 0 to 1 */
export function inputs(tf: TensorFlow, images: Uint8Array): Tensor4D {
  const values = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) values[i] = images[i] / 255;
  return tf.tensor4d(values, [images.length / PIXELS, DIGIT_SIZE, DIGIT_SIZE, 1]);
}

/** @param images n·784 bytes @returns n·11 logits */
export function logitsOf(tf: TensorFlow, model: Sequential, images: Uint8Array): Float32Array {
  const chunk = 250 * PIXELS;
  const out = new Float32Array(images.length / PIXELS * CLASSES);
  for (let at = 0; at < images.length; at += chunk) {
    const part = tf.tidy(() => (model.apply(inputs(tf, images.subarray(at, at + chunk))) as Tensor2D).dataSync<'float32'>());
    out.set(part, at / PIXELS * CLASSES);
  }
  return out;
}

/** Mean cross-entropy, without smoothing, and the share of right classes. */
export function evaluate(tf: TensorFlow, model: Sequential, { images, labels }: Batch | LabelledDigits): { loss: number; accuracy: number } {
  const logits = logitsOf(tf, model, images);
  let loss = 0, right = 0;
  labels.forEach((label, i) => {
    const own = logits.subarray(i * CLASSES, (i + 1) * CLASSES);
    const greatest = own.reduce((a, b) => Math.max(a, b));
    loss += Math.log(own.reduce((sum, logit) => sum + Math.exp(logit - greatest), 0)) + greatest - own[label];
    if (own[label] === greatest) right++;
  });
  return { loss: loss / labels.length, accuracy: right / labels.length };
}
