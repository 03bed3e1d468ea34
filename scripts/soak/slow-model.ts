import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAPI, NodeDef } from 'node-red';
import { acquireClassifier } from '../../lib/classify/classifier';
import type { DigitsModelNode } from '../../nodes/common/model';
import { takeUp } from './probe';

/** A model that takes its time: stands in the place of a `digits-model`. */
export = (RED: NodeAPI): void => {
  function SlowModel(this: DigitsModelNode, settings: NodeDef & { milliseconds: number }): void {
    RED.nodes.createNode(this, settings);
    this.classifier = () => {
      const classifier = acquireClassifier();
      const { classify } = classifier;
      return Object.assign(classifier, {
        classify: async (images: readonly Uint8Array[]) => {
          takeUp(images);
          await sleep(settings.milliseconds);
          return classify(images);
        },
      });
    };
  }

  RED.nodes.registerType('slow-model', SlowModel);
};
