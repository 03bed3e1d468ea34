import { DIGITS } from '../../digit';

/** Temperatures outside these would tell of a mistake, not of a network. */
const LEAST = 0.2;
const GREATEST = 8;

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature that makes a network's probabilities most likely (temperature scaling, Guo et al. 2017: "On
 * Calibration of Modern Neural Networks"): it minimises the mean negative logarithm of the right class's probability,
 * found by golden-section search over the temperature's logarithm.
 *
 * @param logits `labels.length * classes` values, of pictures that the network was not trained with
 * @param labels 0 to `classes - 1`
 */
export function bestTemperature(logits: Float32Array, labels: ArrayLike<number>, classes = DIGITS + 1): number {
  const cost = (logTemperature: number): number =>
    negativeLogLikelihood(logits, labels, classes, Math.exp(logTemperature));
  let low = Math.log(LEAST);
  let high = Math.log(GREATEST);
  let a = high - GOLDEN * (high - low);
  let b = low + GOLDEN * (high - low);
  let costA = cost(a);
  let costB = cost(b);
  while (high - low > 1e-3) {
    if (costA < costB) {
      [high, b, costB] = [b, a, costA];
      a = high - GOLDEN * (high - low);
      costA = cost(a);
    } else {
      [low, a, costA] = [a, b, costB];
      b = low + GOLDEN * (high - low);
      costB = cost(b);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Mean over all pictures of −log(probability of the right class), natural logarithm. */
export function negativeLogLikelihood(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  temperature = 1,
): number {
  let total = 0;
  for (let i = 0, at = 0; i < labels.length; i++, at += classes) {
    let greatest = -Infinity;
    let sum = 0;
    for (let k = 0; k < classes; k++) greatest = Math.max(greatest, logits[at + k]);
    for (let k = 0; k < classes; k++) sum += Math.exp((logits[at + k] - greatest) / temperature);
    total += Math.log(sum) - (logits[at + labels[i]] - greatest) / temperature;
  }
  return total / labels.length;
}
