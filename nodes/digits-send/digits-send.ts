import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** digits → a job for the readers; their readings come back */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-send',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
