import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';
import { servePreviews } from '../common/preview';

/** a reading with its frame → the frame with the reading drawn on it */
export = (RED: NodeAPI): void => {
  servePreviews(RED);
  RED.nodes.registerType(
    'digits-annotate',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
