import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Classifier, ModelStatus } from '../../lib/classify/classifier';
import type { Digit } from '../../lib/extract/digit';
import { readText } from '../../lib/reader';
import { acquireInk } from '../../lib/workers/ink';
import { addDebugPictures, traceOf } from '../common/debug';
import { describeFrame, frameSize, type DigitsMessage } from '../common/frame';
import { acquireModel } from '../common/model';
import { receive } from '../common/receive';

interface ClassifySettings extends NodeDef {
  /** Id of a `digits-model`; without one, the shipped model reads. */
  model?: string;
  debugPictures?: boolean;
}

/** digits, or anything before them → text */
export = (RED: NodeAPI): void => {
  function ClassifyNode(this: Node, settings: ClassifySettings): void {
    RED.nodes.createNode(this, settings);
    const ink = acquireInk();
    let classifier: Classifier | undefined;

    receive(this, async (msg: DigitsMessage & { digits?: Digit[]; confidence?: number; otherWriting?: boolean }, { status }) => {
      classifier ??= acquireModel(RED, settings.model);
      const ignore = classifier.onStatus(({ state }: ModelStatus) => {
        status.show(state === 'loading' ? { fill: 'yellow', shape: 'ring', text: 'loading the model' } : {});
      });
      try {
        const frame = frameSize(msg), trace = traceOf(settings);
        const { reading, size } = await readText(ink, classifier, msg.payload, { ...(frame && { extract: { frame } }), trace });
        await addDebugPictures(msg, trace);
        describeFrame(msg, size);
        msg.payload = reading.text;
        msg.confidence = reading.confidence;
        msg.digits = reading.digits;
        msg.otherWriting = reading.otherWriting;
        return msg;
      } finally {
        ignore();
      }
    });

    this.on('close', (_removed: boolean, done: () => void) => {
      void Promise.all([ink.release(), classifier?.release()]).then(() => { done(); });
    });
  }

  RED.nodes.registerType('digits-classify', ClassifyNode);
};
