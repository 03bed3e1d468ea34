import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { ExtractedDigit } from '../../lib/extract/digit';
import { readDigits } from '../../lib/pipeline/reader';
import { acquireInk } from '../../lib/ink/ink';
import { addDebugPictures, traceOf } from '../common/debug';
import { checkDecoder } from '../common/decoder';
import { describeFrame, frameSize, type DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

interface ExtractSettings extends NodeDef {
  strengthen?: boolean;
  /** Least height of a digit, percent of the picture's shorter side. */
  minimumSize?: string | number;
  debugPictures?: boolean;
}

/** mask or picture → digits */
export function create(RED: NodeAPI): (this: Node, settings: ExtractSettings) => void {
  function ExtractNode(this: Node, settings: ExtractSettings): void {
    RED.nodes.createNode(this, settings);
    const { strengthen = true } = settings;
    const minimumSize = (numberSetting(settings.minimumSize) ?? 0) / 100;
    const ink = acquireInk();

    const status = handleInput(this, async (msg: DigitsMessage & { digits?: ExtractedDigit[] }) => {
      const frame = frameSize(msg);
      const trace = traceOf(settings);
      const { digits, size } = await readDigits(ink, msg.payload, {
        extract: { strengthen, minimumSize, ...(frame && { frame }) },
        trace,
      });
      await addDebugPictures(msg, trace);
      describeFrame(msg, size);
      msg.digits = digits;
      msg.payload = digits;
      return msg;
    });

    checkDecoder(this, status);
    this.on('close', (_removed: boolean, done: () => void) => {
      void ink.release().then(done);
    });
  }

  return ExtractNode;
}
