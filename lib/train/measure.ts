import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { toPrediction, type Prediction } from '../classify/prediction';
import { DIGIT_SIZE } from '../extract/normalise';
import { negativeLogLikelihood } from './calibrate';
import { PIXELS, type LabelledDigits } from '../data/idx';
import { CLASSES, type TensorFlow } from './network';

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

/** What the product would say of each picture. */
export function predictionsOf(tf: TensorFlow, model: Sequential, images: Uint8Array, temperature: number): Prediction[] {
  const logits = logitsOf(tf, model, images);
  return Array.from({ length: logits.length / CLASSES }, (_, i) => toPrediction(logits.subarray(i * CLASSES, (i + 1) * CLASSES), temperature));
}

/** Mean cross-entropy, without label smoothing, and the share of pictures whose greatest logit is the label's. */
export function lossAndAccuracy(tf: TensorFlow, model: Sequential, { images, labels }: LabelledDigits): { loss: number; accuracy: number } {
  const logits = logitsOf(tf, model, images);
  let right = 0;
  labels.forEach((label, i) => {
    const own = logits.subarray(i * CLASSES, (i + 1) * CLASSES);
    if (own[label] === own.reduce((a, b) => Math.max(a, b))) right++;
  });
  return { loss: negativeLogLikelihood(logits, labels, CLASSES), accuracy: right / labels.length };
}
