import * as util from 'node:util';
import type { TensorFlow } from './network';
import { ExplainedError } from '../../errors';

/** Native TensorFlow cannot be had here; the message says why and how to come by it. */
export class EngineError extends ExplainedError {
  override name = 'EngineError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, { status: 'no native engine', ...options });
  }
}

/**
 * Loads `@tensorflow/tfjs-node` where the user has installed it.
 *
 * Never to be called in the main process: on processors that it was not built for, loading it ends the process.
 *
 * @throws EngineError
 */
export function loadNativeTensorFlow(): TensorFlow {
  // tfjs-node 4.22 needs what Node 23 has taken away.
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) =>
    value === null || value === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    return require('@tensorflow/tfjs-node') as TensorFlow;
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    throw new EngineError(
      'native TensorFlow cannot be loaded (npm install @tensorflow/tfjs-node adds it where there is one for this ' +
        `computer): ${reason}`,
      { cause: error },
    );
  }
}
