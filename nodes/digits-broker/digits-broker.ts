import type { NodeAPI } from 'node-red';
import type { BrokerCredentials, BrokerNode } from '../common/broker';
import { onFirstUse } from '../common/on-first-use';
import type { BrokerNodeSettings } from './node';

/** Where cameras and readers meet. */
export = (RED: NodeAPI): void => {
  const start = onFirstUse(RED, () => require('./node') as typeof import('./node'));
  RED.nodes.registerType<BrokerNode, BrokerNodeSettings, object, BrokerCredentials>('digits-broker', start, {
    credentials: { user: { type: 'text' }, password: { type: 'password' } },
  });
};
