import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';
import { servePreviews } from '../common/preview';

/** trigger → picture; or live, frame after frame */
export = (RED: NodeAPI): void => {
  servePreviews(RED);
  RED.nodes.registerType(
    'digits-camera',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
