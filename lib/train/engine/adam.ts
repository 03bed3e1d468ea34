import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './network';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019), and with a moving average of the
 * weights beside them (Polyak and Juditsky 1992), which classifies better than the weights of any one step.
 */
export class Adam {
  readonly #slots: { weight: Variable; mean: Variable; square: Variable; average: Variable }[];
  #steps = 0;

  /** @param averaging how much of the average is kept at each step, 0 to 1; 0 for none */
  constructor(
    private readonly tf: TensorFlow,
    weights: readonly Variable[],
    private readonly averaging: number,
    private readonly decay: number,
  ) {
    this.#slots = weights.map((weight) => ({
      weight,
      mean: tf.tidy(() => tf.variable(tf.zerosLike(weight), false)),
      square: tf.tidy(() => tf.variable(tf.zerosLike(weight), false)),
      average: tf.tidy(() => tf.variable(weight.clone(), false)),
    }));
  }

  /** One step against the gradients, which go by the weights' names. */
  apply(gradients: Record<string, Tensor>, learningRate: number): void {
    const { tf } = this;
    const byName = new Map(Object.entries(gradients));
    this.#steps++;
    const rate = (learningRate * Math.sqrt(1 - BETA2 ** this.#steps)) / (1 - BETA1 ** this.#steps);
    // In the first steps a long average would still hold the initial weights.
    const keep = Math.min(this.averaging, (1 + this.#steps) / (10 + this.#steps));
    tf.tidy(() => {
      for (const { weight, mean, square, average } of this.#slots) {
        const gradient = byName.get(weight.name);
        if (!gradient) throw new Error(`expected a gradient of ${weight.name}, got none`);
        mean.assign(tf.add(tf.mul(mean, BETA1), tf.mul(gradient, 1 - BETA1)));
        square.assign(tf.add(tf.mul(square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
        const step = tf.mul(tf.div(mean, tf.add(tf.sqrt(square), EPSILON)), rate);
        // Biases are not decayed.
        const shrunk = weight.rank > 1 ? tf.mul(weight, 1 - learningRate * this.decay) : weight;
        weight.assign(tf.sub(shrunk, step));
        if (this.averaging > 0) average.assign(tf.add(tf.mul(average, keep), tf.mul(weight, 1 - keep)));
      }
    });
  }

  /** Exchanges the weights and their average; calling it twice changes nothing. */
  swap(): void {
    this.tf.tidy(() => {
      for (const { weight, average } of this.#slots) {
        const now = weight.clone();
        weight.assign(average);
        if (this.averaging > 0) average.assign(now);
      }
    });
  }

  /** Does this with the weights' average in their place. */
  async averaged<T>(task: () => Promise<T>): Promise<T> {
    this.swap();
    try {
      return await task();
    } finally {
      this.swap();
    }
  }

  dispose(): void {
    for (const { mean, square, average } of this.#slots) this.tf.dispose([mean, square, average]);
  }
}
