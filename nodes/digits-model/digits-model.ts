import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { acquireClassifier, SHIPPED_MODEL } from '../../lib/classify/classifier';
import type { DigitsModelNode } from '../common/model';

interface ModelSettings extends NodeDef {
  /** A model.json or its folder, relative to Node-RED's user folder; empty for the shipped model. */
  path?: string;
}

/** Which model reads the digits. All nodes that use the same one share one worker. */
export = (RED: NodeAPI): void => {
  function ModelNode(this: DigitsModelNode, settings: ModelSettings): void {
    RED.nodes.createNode(this, settings);
    const path = settings.path?.trim();
    const absolute = path ? resolve(RED.settings.userDir ?? '.', path) : SHIPPED_MODEL;
    this.classifier = () => acquireClassifier(absolute);
  }

  RED.nodes.registerType('digits-model', ModelNode);
};
