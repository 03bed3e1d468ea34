import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Classifier } from '../../lib/engine/classifier';
import type { LabelledDigits } from '../../lib/data/idx';
import { evaluateModel } from '../../lib/evaluate/evaluate';
import { drawConfusion, drawMistakes, MOST_MISTAKES } from '../../lib/evaluate/pictures';
import { acquireModel } from '../common/model';
import { progressText } from '../common/progress';
import { handleInput } from '../common/input-handler';
import { numberSetting } from '../common/settings';

interface EvaluateSettings extends NodeDef {
  /** Id of a `digits-model`; without one, the shipped model is evaluated. */
  model?: string;
  /** Share, 0 to 1, that is to be right of what the filter lets pass. */
  precision?: string | number;
}

/** labelled digits → how good the model is on them */
export function create(RED: NodeAPI): (this: Node, settings: EvaluateSettings) => void {
  function EvaluateNode(this: Node, settings: EvaluateSettings): void {
    RED.nodes.createNode(this, settings);
    let classifier: Classifier | undefined;

    handleInput(this, async (msg, { signal, status }) => {
      classifier ??= acquireModel(RED, settings.model);
      // Checked by evaluateModel.
      const data = msg.payload as LabelledDigits;
      const { mistakes, ...figures } = await evaluateModel(classifier, data, {
        precision: numberSetting(settings.precision),
        signal,
        onProgress: (done, total) => {
          status.show({ fill: 'blue', shape: 'dot', text: progressText('evaluating', done, total) });
        },
      });
      const [confusionPicture, mistakesPicture] = await Promise.all([
        drawConfusion(figures),
        drawMistakes({ n: figures.n, mistakes }, data),
      ]);
      status.show({ fill: 'green', shape: 'dot', text: `${(100 * figures.accuracy).toFixed(2)} % right` });
      return Object.assign(msg, {
        payload: { ...figures, mistakes: mistakes.slice(0, MOST_MISTAKES) },
        confusionPicture,
        mistakesPicture,
      });
    });

    this.on('close', (_removed: boolean, done: () => void) => {
      void Promise.resolve(classifier?.release()).then(() => {
        done();
      });
    });
  }

  return EvaluateNode;
}
