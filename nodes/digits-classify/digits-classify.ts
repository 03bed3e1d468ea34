import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** digits, or anything before them → text */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-classify',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
