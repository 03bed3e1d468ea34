import assert from 'node:assert/strict';
import { acquireClassifier } from '../../lib/engine/classifier';

describe('a classifier that is asked for nothing', () => {
  it('answers so, and starts nothing', async () => {
    const classifier = acquireClassifier('/no/such/model');
    try {
      assert.deepEqual(await classifier.classify([]), []);
      assert.deepEqual(await classifier.judge([]), []);
      assert.deepEqual(classifier.status, { state: 'idle' });
    } finally {
      await classifier.release();
    }
    await assert.rejects(classifier.classify([]), { name: 'WorkerError', message: 'the classifier has been released' });
    await assert.rejects(classifier.judge([]), { name: 'WorkerError', message: 'the classifier has been released' });
  });
});
