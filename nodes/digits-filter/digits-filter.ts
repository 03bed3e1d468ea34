import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** reading → accepted (output 1) or rejected (output 2) */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-filter',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
