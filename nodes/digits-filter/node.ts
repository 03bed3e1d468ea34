import type { Node, NodeAPI, NodeDef } from 'node-red';
import { FILTER_DEFAULTS } from '../../lib/filter/filter';
import { StreamFilter } from '../../lib/filter/streams';
import { describe } from '../../lib/pictures/picture';
import type { DigitsMessage } from '../common/frame';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

interface FilterSettings extends NodeDef {
  minimumConfidence?: string | number;
  inARow?: string | number;
  onlyOnChange?: boolean;
}

interface ReadingMessage extends DigitsMessage {
  confidence?: unknown;
  digits?: unknown;
  otherWriting?: unknown;
  accepted?: boolean;
  reason?: string;
}

/** What "classify digits" puts together: digits, and newlines between lines of writing. */
const TEXT = /^(\d+(\n\d+)*)?$/;

/** reading → accepted (output 1) or rejected (output 2) */
export function create(RED: NodeAPI): (this: Node, settings: FilterSettings) => void {
  function FilterNode(this: Node, settings: FilterSettings): void {
    RED.nodes.createNode(this, settings);
    let filter: StreamFilter | undefined;

    handleInput(this, (msg: ReadingMessage) => {
      filter ??= new StreamFilter({
        minimumConfidence: numberSetting(settings.minimumConfidence) ?? FILTER_DEFAULTS.minimumConfidence,
        inARow: numberSetting(settings.inARow) ?? FILTER_DEFAULTS.inARow,
        onlyOnChange: settings.onlyOnChange ?? FILTER_DEFAULTS.onlyOnChange,
      });
      if (Object.hasOwn(msg, 'reset')) {
        filter.reset();
        return null;
      }
      const { payload, confidence, digits, otherWriting } = msg;
      if (
        typeof payload !== 'string' ||
        !TEXT.test(payload) ||
        typeof confidence !== 'number' ||
        !(confidence >= 0 && confidence <= 1)
      ) {
        throw new TypeError(
          'expected what "classify digits" sends, a string of digits in msg.payload and a number from 0 to 1 in ' +
            `msg.confidence, got ${describe(payload)} and ${describe(confidence)}`,
        );
      }
      const verdict = filter.judge(streamOf(msg), {
        text: payload,
        confidence,
        digits,
        otherWriting: otherWriting === true,
      });
      msg.accepted = verdict.accepted;
      if (verdict.accepted) {
        msg.confidence = verdict.confidence;
        delete msg.reason;
        return [msg, null];
      }
      msg.reason = verdict.reason;
      return [null, msg];
    });
  }

  return FilterNode;
}

/** Which readings follow one another: those of the same live stream, or else the same camera, and of the same topic. */
function streamOf({ frame, topic }: ReadingMessage): string {
  return [frame?.stream ?? frame?.source, topic]
    .map((name: unknown) => (typeof name === 'string' ? name : ''))
    .join('\n');
}
