import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** labelled digits → how good the model is on them */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-evaluate',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
