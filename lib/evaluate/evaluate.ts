import type { Classifier, ModelInfo } from '../engine/classifier';
import { type Prediction } from '../classify/prediction';
import { DataSetError, type LabelledDigits } from '../data/idx';
import { zip } from '../lists';
import { describe } from '../pictures/picture';
import { digitFigures, judge, type DigitFigures, type Judgement } from './digits';
import { thresholdFor, type Threshold } from './threshold';
import { DIGIT_PIXELS, NOT_A_DIGIT } from '../digit';

/** A picture that was read wrong. */
interface Mistake {
  /** Its number in the data set, from 0 on. */
  index: number;
  /** What it is, and what was read: 0 to 9, or `NOT_A_DIGIT`. */
  label: number;
  read: number;
  /** Of what was read, 0 to 1. */
  confidence: number;
}

/** How good a model is on a data set. */
export interface Evaluation extends DigitFigures {
  model: Partial<Pick<ModelInfo, 'name' | 'version'>>;
  threshold: Threshold;
  digitsPerSecond: number;
  /** All of them, the surest first. */
  mistakes: Mistake[];
}

export interface EvaluateOptions {
  /** See `thresholdFor`; default 0.99. */
  precision?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Pictures sent to the engine at a time: few, so that a camera's frames get their turn in between. */
const BATCH = 64;

/**
 * Reads all pictures of a data set with a model and compares.
 * @throws (rejects) DataSetError for what is no data set; ModelError; the signal's reason where that is aborted
 */
export async function evaluateModel(
  classifier: Classifier,
  data: LabelledDigits,
  { precision = 0.99, signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  assertLabelled(data);
  if (!(precision >= 0 && precision <= 1))
    throw new RangeError(`expected the wanted precision to be a number from 0 to 1, got ${precision}`);
  const { images, labels } = data;
  // The model is loaded before the clock starts.
  const { name, version } = await classifier.describe();
  const predictions: Prediction[] = [];
  const start = performance.now();
  for (let first = 0; first < labels.length; first += BATCH) {
    signal?.throwIfAborted();
    const count = Math.min(BATCH, labels.length - first);
    const batch = Array.from({ length: count }, (_, i) =>
      images.subarray((first + i) * DIGIT_PIXELS, (first + i + 1) * DIGIT_PIXELS),
    );
    predictions.push(...(await classifier.classify(batch)));
    onProgress?.(first + count, labels.length);
  }
  signal?.throwIfAborted();
  const digitsPerSecond = (labels.length / (performance.now() - start)) * 1000;
  const judgements = judge(predictions, labels);
  return {
    model: { ...(name !== undefined && { name }), ...(version !== undefined && { version }) },
    ...digitFigures(predictions, labels),
    threshold: thresholdFor(judgements, labels, precision),
    digitsPerSecond,
    mistakes: mistakesOf(judgements, labels),
  };
}

function mistakesOf(judgements: readonly Judgement[], labels: Uint8Array): Mistake[] {
  const mistakes = zip(judgements, labels).flatMap(([judgement, label], index) =>
    judgement.read === label ? [] : [{ index, label, ...judgement }],
  );
  return mistakes.sort((a, b) => b.confidence - a.confidence);
}

/** What comes from a message has no type. */
function assertLabelled(data: unknown): asserts data is LabelledDigits {
  const expected = `expected labelled digits ({ images, labels }, ${DIGIT_PIXELS} bytes of images for each label)`;
  const { images, labels } = (data ?? {}) as Partial<Record<keyof LabelledDigits, unknown>>;
  if (!(images instanceof Uint8Array && labels instanceof Uint8Array))
    throw new DataSetError(`${expected}, got ${describe(data)}`);
  if (labels.length === 0 || images.length !== labels.length * DIGIT_PIXELS)
    throw new DataSetError(`${expected}, got ${images.length} bytes and ${labels.length} labels`);
  const wrong = labels.findIndex((label) => label > NOT_A_DIGIT);
  if (wrong >= 0)
    throw new DataSetError(
      `expected labels from 0 to 9, or ${NOT_A_DIGIT} for what is no digit, got ${labels[wrong]} for number ${wrong}`,
    );
}
