import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { LEAST_PROBABILITY, toPrediction, type Prediction } from '../../classify/prediction';
import { negativeLogLikelihood } from './calibrate';
import { type LabelledDigits } from '../../data/idx';
import type { TensorFlow } from './network';
import { DIGIT_PIXELS } from '../../digit';

type Layer = ReturnType<typeof tfLayers.dense>;

/** The variables that a model is trained by. */
export function weightsOf(tf: Pick<TensorFlow, 'Variable'>, model: LayersModel): Variable[] {
  return model.trainableWeights
    .map((weight) => weight.read())
    .filter((weight): weight is Variable => weight instanceof tf.Variable);
}

/**
 * Weights on the way from some to others of the same network.
 * @param share of the way, 0 to 1
 */
export function weightsBetween(
  from: readonly Float32Array[],
  to: readonly Float32Array[],
  share: number,
): Float32Array[] {
  return to.map((values, i) => values.map((value, k) => share * value + (1 - share) * from[i][k]));
}

/** What has to be known of a network to train it. */
export interface NetworkShape {
  /** Of one picture, without the batch: [28, 28], [28, 28, 1] or [784]. */
  inputShape: number[];
  /** 10, or 11 where the last output is "not a digit". */
  classes: number;
  endsInSoftmax: boolean;
}

/** Pictures computed at once. */
const CHUNK = 250;

/** A network that reads digits, with what training and measuring need of it. */
export class TrainableNetwork {
  readonly weights: readonly Variable[];
  readonly classes: number;

  constructor(
    readonly tf: TensorFlow,
    readonly model: LayersModel,
    private readonly shape: NetworkShape,
  ) {
    this.classes = shape.classes;
    this.weights = weightsOf(tf, model);
  }

  /**
   * @param images n·784 bytes; the network gets them as 0 to 1
   * @returns [n, classes], to be disposed of by the caller
   */
  logits(images: Uint8Array, training = false): Tensor2D {
    const {
      tf,
      shape: { inputShape, endsInSoftmax },
    } = this;
    const values = new Float32Array(images.length);
    for (let i = 0; i < images.length; i++) values[i] = images[i] / 255;
    const x = tf.tensor(values, [images.length / DIGIT_PIXELS, ...inputShape]);
    const y = (training ? this.#forward(x) : this.model.apply(x, { training })) as Tensor2D;
    return endsInSoftmax ? tf.log(tf.clipByValue(y, LEAST_PROBABILITY, 1)) : y;
  }

  /**
   * All layers after one another, in training. TensorFlow.js would compute the gradient of the picture too, for a first
   * convolution that has no activation, which costs a tenth of the time.
   */
  #forward(x: Tensor): Tensor {
    const { tf, model } = this;
    const first = model.layers.find((layer) => layer.getClassName() !== 'InputLayer');
    const { strides, padding, activation, useBias } = (first?.getConfig() ?? {}) as {
      strides?: number[];
      padding?: string;
      activation?: string;
      useBias?: boolean;
    };
    if (
      model.getClassName() !== 'Sequential' ||
      first?.getClassName() !== 'Conv2D' ||
      activation !== 'linear' ||
      useBias !== true ||
      strides?.join() !== '1,1'
    ) {
      return model.apply(x, { training: true }) as Tensor;
    }
    const [kernel, bias] = (first as unknown as Layer).trainableWeights.map((weight) => weight.read());
    let y: Tensor = tf.add(
      tf.conv2d(x as Tensor4D, kernel as Tensor4D, 1, padding === 'same' ? 'same' : 'valid'),
      bias,
    );
    for (const layer of model.layers.slice(model.layers.indexOf(first) + 1))
      y = layer.apply(y, { training: true }) as Tensor;
    return y;
  }

  /**
   * @param images n·784 bytes
   * @param pause called after each 250, so that the caller may let others work, or throw to stop
   * @returns n·classes logits
   */
  async logitsOf(images: Uint8Array, pause: () => Promise<void> | void = () => undefined): Promise<Float32Array> {
    const out = new Float32Array((images.length / DIGIT_PIXELS) * this.classes);
    for (let at = 0; at < images.length; at += CHUNK * DIGIT_PIXELS) {
      const part = this.tf.tidy(() => this.logits(images.subarray(at, at + CHUNK * DIGIT_PIXELS)));
      // Not within `tidy`, which would look for tensors among the numbers, one by one.
      out.set(part.dataSync<'float32'>(), (at / DIGIT_PIXELS) * this.classes);
      part.dispose();
      await pause();
    }
    return out;
  }

  /** What the product would say of each picture. */
  async predictionsOf(
    images: Uint8Array,
    temperature: number,
    pause?: () => Promise<void> | void,
  ): Promise<Prediction[]> {
    const logits = await this.logitsOf(images, pause);
    return Array.from({ length: logits.length / this.classes }, (_, i) =>
      toPrediction(logits.subarray(i * this.classes, (i + 1) * this.classes), temperature),
    );
  }

  /** Mean cross-entropy, without label smoothing, and the share of pictures whose greatest logit is the label's. */
  lossAndAccuracy(logits: Float32Array, { labels }: LabelledDigits): { loss: number; accuracy: number } {
    let right = 0;
    labels.forEach((label, i) => {
      const own = logits.subarray(i * this.classes, (i + 1) * this.classes);
      if (own[label] === own.reduce((a, b) => Math.max(a, b))) right++;
    });
    return { loss: negativeLogLikelihood(logits, labels, this.classes), accuracy: right / labels.length };
  }

  /** Copies of all weights, also those that are not trained. */
  snapshot(): Float32Array[] {
    return this.model.weights.map((weight) => weight.read().dataSync<'float32'>().slice());
  }

  restore(values: readonly Float32Array[]): void {
    const { tf, model } = this;
    tf.tidy(() => {
      model.weights.forEach((weight, i) => {
        weight.write(tf.tensor(values[i], weight.read().shape));
      });
    });
  }

  dispose(): void {
    this.model.dispose();
  }
}
