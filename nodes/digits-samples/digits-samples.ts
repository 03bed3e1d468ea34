import type { NodeAPI } from 'node-red';
import { onFirstUse } from '../common/on-first-use';

/** digits → kept as samples; a command → its answer */
export = (RED: NodeAPI): void => {
  RED.nodes.registerType(
    'digits-samples',
    onFirstUse(RED, () => require('./node') as typeof import('./node')),
  );
};
