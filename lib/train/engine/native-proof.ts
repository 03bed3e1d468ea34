/**
 * A process that finds out whether native TensorFlow works on this computer; on one that it was not built for, it dies.
 */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { serve } from '../../workers/serve';
import { EngineError, loadNativeTensorFlow } from './native';

export interface ProofMethods {
  /** @throws EngineError where TensorFlow cannot be loaded or computes something else than it should */
  prove(): void;
}

serve<ProofMethods>({
  prove() {
    const tf = loadNativeTensorFlow();
    const { shape } = tf.conv2d<Tensor4D>(tf.ones([1, 28, 28, 1]), tf.ones([3, 3, 1, 2]), 1, 'valid');
    if (shape.join() !== '1,26,26,2')
      throw new EngineError(`expected a convolution of the shape 1,26,26,2, got ${shape.join()}`);
  },
});
