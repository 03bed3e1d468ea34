import type { Node, NodeAPI, NodeDef } from 'node-red';
import { readMask } from '../../lib/pipeline/reader';
import { checkThresholdOptions, type Polarity, type ThresholdMethod } from '../../lib/threshold/options';
import { acquireInk } from '../../lib/ink/ink';
import { addDebugPictures, traceOf } from '../common/debug';
import { checkDecoder } from '../common/decoder';
import { describeFrame, type DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

interface ThresholdSettings extends NodeDef {
  method?: ThresholdMethod;
  polarity?: Polarity;
  level?: string | number;
  sensitivity?: string | number;
  debugPictures?: boolean;
}

/** picture → mask */
export function create(RED: NodeAPI): (this: Node, settings: ThresholdSettings) => void {
  function ThresholdNode(this: Node, settings: ThresholdSettings): void {
    RED.nodes.createNode(this, settings);
    const { method = 'automatic', polarity = 'automatic' } = settings;
    const level = numberSetting(settings.level);
    const sensitivity = numberSetting(settings.sensitivity);
    const options = {
      method,
      polarity,
      ...(level !== undefined && { level }),
      ...(sensitivity !== undefined && { sensitivity }),
    };
    const ink = acquireInk();

    const status = handleInput(this, async (msg: DigitsMessage) => {
      checkThresholdOptions(options);
      const trace = traceOf(settings);
      const { mask, size } = await readMask(ink, msg.payload, { threshold: options, trace });
      await addDebugPictures(msg, trace);
      describeFrame(msg, size);
      msg.payload = mask;
      return msg;
    });

    checkDecoder(this, status);
    this.on('close', (_removed: boolean, done: () => void) => {
      void ink.release().then(done);
    });
  }

  return ThresholdNode;
}
