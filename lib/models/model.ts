import { ExplainedError } from '../errors';

/**
 * What this project writes beside a network, as `inkcam` in the `userDefinedMetadata` of model.json or in metadata.json
 * of a .keras file. A model made elsewhere has none of it.
 */
export interface ModelMetadata {
  name?: string;
  version?: string;
  /** Share of the test set that it reads right, 0 to 1. */
  accuracy?: number;
  /**
   * The logits are divided by it before the softmax, so that a probability is the share of such readings that are
   * right. Above 0; default 1. (Guo et al. 2017: "On Calibration of Modern Neural Networks".)
   */
  temperature?: number;
  /** 10, or 11 where the last output is "not a digit". For people to read: the network itself decides. */
  classes?: number;
  /** ISO 8601. */
  trainedAt?: string;
  [more: string]: unknown;
}

/** What a weight is, as model.json says it: TensorFlow.js has the same, and this needs none of its types. */
export interface WeightSpec {
  name: string;
  shape: number[];
  dtype: 'float32' | 'int32' | 'bool' | 'string' | 'complex64';
  quantization?: { scale?: number; min?: number; dtype: 'uint16' | 'uint8' | 'float16' };
}

/** A model as it lies on the disk, checked as far as that goes without building the network. */
export interface ModelFiles {
  /** Of model.json or of the .keras file. */
  path: string;
  artifacts: { modelTopology: object; weightSpecs: WeightSpec[]; weightData: ArrayBuffer };
  metadata: ModelMetadata;
}

/** A model cannot be read; the message names what was expected and what came. */
export class ModelError extends ExplainedError {
  override name = 'ModelError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { status: 'model unreadable', ...options });
  }
}

/**
 * Checks what is wanted of `inkcam` in a model file's metadata.
 * @throws ModelError
 */
export function checkMetadata(file: string, { inkcam }: { inkcam?: unknown }): ModelMetadata {
  const metadata: Record<string, unknown> = isRecord(inkcam) ? inkcam : {};
  for (const [name, [expected, fits]] of Object.entries(EXPECTED)) {
    const value = metadata[name];
    if (value !== undefined && !fits(value))
      throw new ModelError(`${file}: expected ${expected}, got ${JSON.stringify(value).slice(0, 80)}`);
  }
  return metadata;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= 200;

/** What is shown to people or computed with, and so has to be what it says. */
const EXPECTED: Record<string, [expected: string, fits: (value: unknown) => boolean]> = {
  temperature: ['a temperature above 0', (value) => typeof value === 'number' && value > 0 && Number.isFinite(value)],
  accuracy: ['an accuracy from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  name: ['a name, a text of at most 200 characters', isText],
  version: ['a version, a text of at most 200 characters', isText],
  trainedAt: ['the time of the training as a text', isText],
};

/** An object that is no array, such as JSON has them. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
