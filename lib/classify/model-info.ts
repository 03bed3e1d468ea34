import { createHash } from 'node:crypto';
import type { ModelFiles } from '../models/model';

/** What a model is, for people and for those who use its logits. */
export interface ModelInfo {
  /** Of the file that it was read from. */
  path: string;
  name?: string;
  version?: string;
  /** Share of the test set that it reads right, 0 to 1, as its maker measured it. */
  accuracy?: number;
  /** ISO 8601. */
  trainedAt?: string;
  /** See `ModelMetadata`. */
  temperature: number;
  /** 10, or 11 where the last output is "not a digit". */
  classes: 10 | 11;
  /** Of one picture, without the batch: [28, 28], [28, 28, 1] or [784]. */
  inputShape: number[];
  /** Number of weights. */
  parameters: number;
  /** Another one for every other network, weights or metadata: 12 hexadecimal digits. */
  checksum: string;
}

/**
 * @param network what only the network itself tells
 */
export function infoOf(
  files: ModelFiles,
  network: Pick<ModelInfo, 'classes' | 'inputShape' | 'parameters'>,
): ModelInfo {
  const {
    path,
    metadata: { name, version, accuracy, trainedAt, temperature = 1 },
  } = files;
  return {
    path,
    ...definedOf({ name, version, accuracy, trainedAt }),
    temperature,
    ...network,
    checksum: checksumOf(files),
  };
}

function checksumOf({ artifacts: { modelTopology, weightSpecs, weightData }, metadata }: ModelFiles): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([modelTopology, weightSpecs, metadata]))
    .update(new Uint8Array(weightData));
  return hash.digest('hex').slice(0, 12);
}

/** Without the properties that are undefined. */
function definedOf<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
