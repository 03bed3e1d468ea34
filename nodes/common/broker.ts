import type { Node, NodeAPI } from 'node-red';
import { FleetError } from '../../lib/fleet/errors';
import type { BrokerSettings, LinkState } from '../../lib/fleet/link';
import type { Status } from './status';

export interface BrokerCredentials {
  user?: string;
  password?: string;
}

/** What the configuration node `digits-broker` offers to the nodes that name it in their `broker` setting. */
export interface BrokerNode extends Node<BrokerCredentials> {
  broker: BrokerSettings;
}

/** @throws FleetError where none is chosen, or there is no such node */
export function findBroker(RED: NodeAPI, id: string | undefined): BrokerSettings {
  const node = id ? (RED.nodes.getNode(id) as BrokerNode | null) : null;
  if (!node)
    throw new FleetError(
      'no broker is chosen, or the one that this node is set to does not exist or is disabled',
      'no broker chosen',
    );
  return node.broker;
}

export function showLink(status: Status, link: LinkState, text: string): void {
  if (link.state === 'connecting') status.rest({ fill: 'yellow', shape: 'ring', text: 'connecting' });
  else if (link.state === 'waiting') status.rest({ fill: 'red', shape: 'ring', text: link.error.status });
  else status.rest({ fill: 'green', shape: 'dot', text });
}
