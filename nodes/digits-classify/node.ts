import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Classifier, ModelStatus } from '../../lib/engine/classifier';
import type { Digit } from '../../lib/extract/digit';
import { isList } from '../../lib/pictures/picture';
import { readText } from '../../lib/pipeline/reader';
import { acquireInk } from '../../lib/ink/ink';
import { addDebugPictures, traceOf } from '../common/debug';
import { checkDecoder } from '../common/decoder';
import { describeFrame, frameSize, type DigitsMessage } from '../common/frame';
import { acquireModel } from '../common/model';
import { handleInput } from '../common/input-handler';
import type { Status } from '../common/status';

interface ClassifySettings extends NodeDef {
  /** Id of a `digits-model`; without one, the shipped model reads. */
  model?: string;
  debugPictures?: boolean;
}

/** digits, or anything before them → text */
export function create(RED: NodeAPI): (this: Node, settings: ClassifySettings) => void {
  function ClassifyNode(this: Node, settings: ClassifySettings): void {
    RED.nodes.createNode(this, settings);
    const ink = acquireInk();
    let classifier: Classifier | undefined;

    const nodeStatus = handleInput(
      this,
      async (msg: DigitsMessage & { digits?: Digit[]; confidence?: number; otherWriting?: boolean }, { status }) => {
        if (!classifier) {
          classifier = acquireModel(RED, settings.model);
          // Not only while a message is read: the model may be swapped at any time.
          classifier.onStatus((model) => {
            showModel(status, model);
          });
        }
        const frame = frameSize(msg);
        const trace = traceOf(settings);
        const { reading, size } = await readText(ink, classifier, msg.payload, {
          ...(frame && { extract: { frame } }),
          trace,
        });
        await addDebugPictures(msg, trace);
        describeFrame(msg, size);
        msg.payload = reading.text;
        msg.confidence = reading.confidence;
        msg.digits = reading.digits;
        msg.otherWriting = reading.otherWriting;
        showModel(status, classifier.status);
        return msg;
        // The engine is faster with the digits of several messages at once; pictures would take much memory.
      },
      { together: ({ payload }) => isList(payload) },
    );

    checkDecoder(this, nodeStatus);
    this.on('close', (_removed: boolean, done: () => void) => {
      void Promise.all([ink.release(), classifier?.release()]).then(() => {
        done();
      });
    });
  }

  return ClassifyNode;
}

function showModel(status: Status, model: ModelStatus): void {
  if (model.state === 'loading') status.show({ fill: 'yellow', shape: 'ring', text: 'loading the model' });
  else if (model.state === 'failed') status.fail(model.error);
  else if (model.state === 'ready' && model.problem)
    status.show({ fill: 'yellow', shape: 'dot', text: 'kept the old model' });
  else status.show({});
}
