import type { NodeAPI, NodeDef } from 'node-red';
import type { BrokerCredentials, BrokerNode } from '../common/broker';

export interface BrokerNodeSettings extends NodeDef {
  url?: string;
  prefix?: string;
}

/** Where cameras and readers meet. */
export function create(RED: NodeAPI): (this: BrokerNode, settings: BrokerNodeSettings) => void {
  function Broker(this: BrokerNode, settings: BrokerNodeSettings): void {
    RED.nodes.createNode(this, settings);
    const { user, password } = (this.credentials as BrokerCredentials | undefined) ?? {};
    this.broker = { url: settings.url?.trim() ?? '', prefix: settings.prefix?.trim() || 'digits', user, password };
  }

  return Broker;
}
