import type { Node, NodeAPI } from 'node-red';
import { acquireClassifier, type Classifier } from '../../lib/engine/classifier';

/** What the configuration node `digits-model` offers to the nodes that name it in their `model` setting. */
export interface DigitsModelNode extends Node {
  /** Takes hold of the model. Nothing is loaded before it is first used; who takes hold releases it in its `close`. */
  classifier(): Classifier;
}

/**
 * Takes hold of the model that a node is set to. Call it with the first message, for an error then reaches `done`.
 * @param id of a `digits-model`; empty for the shipped model
 * @throws where there is no such node, e.g. because it is disabled.
 */
export function acquireModel(RED: NodeAPI, id: string | undefined): Classifier {
  if (!id) return acquireClassifier();
  const model = RED.nodes.getNode(id) as DigitsModelNode | null;
  if (!model) throw new Error('the digit model that this node is set to does not exist or is disabled');
  return model.classifier();
}
