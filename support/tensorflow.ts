import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { TensorFlow } from '../lib/train/engine/network';

let loaded: TensorFlow | undefined;

/**
 * TensorFlow.js on its plain JavaScript backend, with gradients: one for all tests, because several in one process
 * share their variables' names.
 */
export function plainTensorFlow(): TensorFlow {
  return (loaded ??= load());
}

/** Outside a bundle Node cannot load the gradients, whose files import each other without extensions. */
function load(): TensorFlow {
  const folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  try {
    const outfile = join(folder, 'tensorflow.js');
    buildSync({
      stdin: {
        contents: `import '@tensorflow/tfjs-backend-cpu';
          import '@tensorflow/tfjs-core/dist/register_all_gradients';
          export * from '@tensorflow/tfjs-core';
          export { initializers, input, layers, loadLayersModel, model, sequential } from '@tensorflow/tfjs-layers';`,
        resolveDir: __dirname,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
      // One copy of the core for all of them.
      mainFields: ['module', 'main'],
    });
    const tf = require(outfile) as TensorFlow;
    // Without its advice to install the native version.
    tf.enableProdMode();
    return tf;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
