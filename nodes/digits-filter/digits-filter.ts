import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { FILTER_DEFAULTS, ReadingFilter } from '../../lib/filter/filter';
import { describe } from '../../lib/pictures/picture';
import { receive } from '../common/receive';
import { numberSetting } from '../common/settings';

interface FilterSettings extends NodeDef {
  minimumConfidence?: string | number;
  inARow?: string | number;
  onlyOnChange?: boolean;
}

interface ReadingMessage extends NodeMessageInFlow {
  confidence?: unknown;
  accepted?: boolean;
  reason?: string;
}

/** reading → accepted (output 1) or rejected (output 2) */
export = (RED: NodeAPI): void => {
  function FilterNode(this: Node, settings: FilterSettings): void {
    RED.nodes.createNode(this, settings);
    let filter: ReadingFilter | undefined;

    receive(this, (msg: ReadingMessage) => {
      filter ??= new ReadingFilter({
        minimumConfidence: numberSetting(settings.minimumConfidence) ?? FILTER_DEFAULTS.minimumConfidence,
        inARow: numberSetting(settings.inARow) ?? FILTER_DEFAULTS.inARow,
        onlyOnChange: settings.onlyOnChange ?? FILTER_DEFAULTS.onlyOnChange,
      });
      const { payload, confidence } = msg;
      if (typeof payload !== 'string' || typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) {
        throw new TypeError('expected what "classify digits" sends, a string in msg.payload and a number from 0 to 1 in msg.confidence, '
          + `got ${describe(payload)} and ${describe(confidence)}`);
      }
      const verdict = filter.judge(payload, confidence);
      msg.accepted = verdict.accepted;
      if (verdict.accepted) {
        delete msg.reason;
        return [msg, null];
      }
      msg.reason = verdict.reason;
      return [null, msg];
    });
  }

  RED.nodes.registerType('digits-filter', FilterNode);
};
