import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';
import { servePreviews } from '../common/preview';

/** picture → mask */
export = (RED: NodeAPI): void => {
  servePreviews(RED);
  RED.nodes.registerType(
    'digits-threshold',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
