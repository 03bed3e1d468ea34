import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';
import { offerPreviews } from '../common/preview';

/** trigger → picture; or live, frame after frame */
export = (RED: NodeAPI): void => {
  offerPreviews(RED);
  RED.nodes.registerType(
    'digits-camera',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
