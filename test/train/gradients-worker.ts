/** Computes all cases on the wasm backend, in a thread that has no other TensorFlow.js. */
import { parentPort } from 'node:worker_threads';
import { loadTensorFlow } from '../../lib/train/engine/engines';
import { CASES } from './gradients';

void (async () => {
  const tf = await loadTensorFlow('wasm');
  const results = Object.fromEntries(
    Object.entries(CASES).map(([name, run]) => [name, tf.tidy(() => run(tf) as never)]),
  );
  const tensors = tf.memory().numTensors;
  parentPort?.postMessage({ results, tensors, backend: tf.getBackend() });
})();
