import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** a message → progress (output 1), and at the end the model (output 2) */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-train',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
