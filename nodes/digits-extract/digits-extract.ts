import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';
import { servePreviews } from '../common/preview';

/** mask or picture → digits */
export = (RED: NodeAPI): void => {
  servePreviews(RED);
  RED.nodes.registerType(
    'digits-extract',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
