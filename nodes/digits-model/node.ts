import type { NodeAPI, NodeDef } from 'node-red';
import { acquireClassifier, SHIPPED_MODEL } from '../../lib/engine/classifier';
import { ModelWatch } from '../../lib/models/watch';
import { WorkerError } from '../../lib/workers/host';
import type { DigitsModelNode } from '../common/model';
import { settingPath } from '../common/user-folder';

interface ModelSettings extends NodeDef {
  /** A .keras file, a model.json or its folder, relative to Node-RED's user folder; empty for the shipped model. */
  path?: string;
}

/** Which model reads the digits. All nodes that use the same one share one worker. */
export function create(RED: NodeAPI): (this: DigitsModelNode, settings: ModelSettings) => void {
  function ModelNode(this: DigitsModelNode, settings: ModelSettings): void {
    RED.nodes.createNode(this, settings);
    const path = settings.path?.trim();
    const absolute = path ? settingPath(RED, path) : SHIPPED_MODEL;
    this.classifier = () => acquireClassifier(absolute);
    // The shipped model changes with an update only.
    if (path) swapWhileRunning(this, absolute);
  }

  return ModelNode;
}

/**
 * Loads the model anew whenever its files have changed. It has no status of its own: the nodes that read show what is
 * wrong.
 */
function swapWhileRunning(node: DigitsModelNode, path: string): void {
  const classifier = node.classifier();
  const reload = async (): Promise<void> => {
    const before = classifier.info;
    try {
      const info = await classifier.reload();
      if (info && info.checksum !== before?.checksum)
        node.log(`reads with the new model at ${path}${info.name ? `: ${info.name}` : ''}`);
    } catch (error) {
      if (error instanceof WorkerError && error.code === 'closed') return;
      node.warn(
        `the new model cannot be read${before ? ', so the one before goes on' : ''}: ` +
          (error instanceof Error ? error.message : String(error)),
      );
    }
  };
  const watch = new ModelWatch(path, () => {
    void reload();
  });
  node.on('close', (_removed: boolean, done: () => void) => {
    watch.close();
    void classifier.release().then(() => {
      done();
    });
  });
}
