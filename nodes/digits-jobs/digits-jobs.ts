import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** The readers' share of the jobs; the readings come back by a wire and are published. */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-jobs',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
