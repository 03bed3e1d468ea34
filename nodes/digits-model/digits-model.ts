import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** Which model reads the digits. All nodes that use the same one share one worker. */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-model',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
