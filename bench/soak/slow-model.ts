import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAPI, NodeDef } from 'node-red';
import { acquireClassifier, type Classifier } from '../../lib/engine/classifier';
import type { DigitsModelNode } from '../../nodes/common/model';
import { takeUp } from './probe';

/** A model that takes its time: stands in the place of a `digits-model`. */
export = (RED: NodeAPI): void => {
  function SlowModel(this: DigitsModelNode, settings: NodeDef & { milliseconds: number }): void {
    RED.nodes.createNode(this, settings);
    this.classifier = () => {
      const quick = acquireClassifier();
      const classify: Classifier['classify'] = async (images) => {
        takeUp(images);
        await sleep(settings.milliseconds);
        return quick.classify(images);
      };
      return Object.create(quick, { classify: { value: classify } }) as Classifier;
    };
  }

  RED.nodes.registerType('slow-model', SlowModel);
};
