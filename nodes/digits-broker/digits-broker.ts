import type { NodeAPI, NodeDef } from 'node-red';
import type { BrokerCredentials, BrokerNode } from '../common/broker';

interface BrokerNodeSettings extends NodeDef {
  url?: string;
  prefix?: string;
}

/** Where cameras and readers meet. */
export = (RED: NodeAPI): void => {
  function Broker(this: BrokerNode, settings: BrokerNodeSettings): void {
    RED.nodes.createNode(this, settings);
    const { user, password } = this.credentials as BrokerCredentials | undefined ?? {};
    this.broker = { url: settings.url?.trim() ?? '', prefix: settings.prefix?.trim() || 'digits', user, password };
  }

  RED.nodes.registerType<BrokerNode, BrokerNodeSettings, object, BrokerCredentials>('digits-broker', Broker, { credentials: { user: { type: 'text' }, password: { type: 'password' } } });
};
