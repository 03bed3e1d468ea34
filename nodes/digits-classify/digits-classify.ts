import type { Node, NodeAPI, NodeDef } from 'node-red';
import { acquireClassifier } from '../../lib/classify/classifier';
import type { Digit } from '../../lib/extract/digit';
import { readText } from '../../lib/reader';
import { acquireInk } from '../../lib/workers/ink';
import { describeFrame, frameSize, type DigitsMessage } from '../common/frame';
import { receive } from '../common/receive';

interface ClassifySettings extends NodeDef {
  /** Id of a `digits-model`; without one, the shipped model reads. */
  model?: string;
}

/** digits, or anything before them → text */
export = (RED: NodeAPI): void => {
  function ClassifyNode(this: Node, settings: ClassifySettings): void {
    RED.nodes.createNode(this, settings);
    const ink = acquireInk();
    const classifier = acquireClassifier();

    receive(this, async (msg: DigitsMessage & { digits?: Digit[]; confidence?: number }) => {
      const frame = frameSize(msg);
      const { reading, size } = await readText(ink, classifier, msg.payload, frame && { extract: { frame } });
      describeFrame(msg, size);
      msg.payload = reading.text;
      msg.confidence = reading.confidence;
      msg.digits = reading.digits;
      return msg;
    });

    this.on('close', (_removed: boolean, done: () => void) => { void Promise.all([ink.release(), classifier.release()]).then(() => { done(); }); });
  }

  RED.nodes.registerType('digits-classify', ClassifyNode);
};
