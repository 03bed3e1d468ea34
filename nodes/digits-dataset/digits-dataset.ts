import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** a request → labelled digits, one digit, several, or a contact sheet */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-dataset',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
