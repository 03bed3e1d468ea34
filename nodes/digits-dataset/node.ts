import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import type { DataSet } from '../../lib/data/data-set';
import { indicesFrom, parseRequest, randomIndices } from '../../lib/data/request';
import { loadDataSet, type DataSource, type Part } from '../../lib/data/sources';
import { drawContactSheet } from '../../lib/explain/contact-sheet';
import { describe } from '../../lib/pictures/picture';
import { progressText } from '../common/progress';
import { handleInput, type Outgoing } from '../common/input-handler';
import { ownPath, settingPath } from '../common/user-folder';
import { DIGIT_SIZE } from '../../lib/digit';

interface DatasetSettings extends NodeDef {
  source?: DataSource['kind'];
  /** Relative to Node-RED's user folder; empty for pictures: where `digits-samples` puts them. */
  folder?: string;
  part?: Part;
  /** Address of a folder with MNIST's files, asked before the public mirrors. */
  mirror?: string;
}

/** a request → labelled digits, one digit, several, or a contact sheet */
export function create(RED: NodeAPI): (this: Node, settings: DatasetSettings) => void {
  function DatasetNode(this: Node, settings: DatasetSettings): void {
    RED.nodes.createNode(this, settings);
    let set: DataSet | undefined;

    handleInput(this, async (msg, { signal, status }) => {
      const request = parseRequest(msg.payload);
      if (!set || request.kind === 'fetch') {
        set = await loadDataSet(sourceOf(RED, settings), {
          signal,
          onProgress: ({ doing, done, total }) => {
            status.show({ fill: 'blue', shape: 'dot', text: progressText(doing, done, total) });
          },
        });
        status.show({ fill: 'green', shape: 'dot', text: `${set.size.toLocaleString('en')} digits` });
      }
      switch (request.kind) {
        case 'all':
          return Object.assign(msg, { payload: set });
        case 'fetch':
          return Object.assign(msg, { payload: set.toJSON() });
        case 'sample':
          return sampleMessages(msg, set, [request.index]);
        case 'random':
          return sampleMessages(msg, set, randomIndices(set, request.count));
        case 'sheet': {
          const { count, from } = request;
          const indices = from === undefined ? randomIndices(set, count) : indicesFrom(set, from, count);
          return Object.assign(msg, {
            payload: await drawSheet(set, indices),
            indices,
            labels: indices.map((index) => set?.sample(index).label),
          });
        }
      }
    });
  }

  return DatasetNode;
}

function sourceOf(RED: NodeAPI, { source = 'mnist', folder = '', part = 'test', mirror }: DatasetSettings): DataSource {
  const own = mirror?.trim() ?? '';
  const path = folder.trim();
  switch (source) {
    case 'mnist':
      return { kind: source, folder: ownPath(RED, 'mnist'), part, ...(own && { mirror: own }) };
    case 'idx':
      if (!path) throw new Error('no folder of IDX files is set');
      return { kind: source, folder: settingPath(RED, path), part };
    case 'pictures':
      return { kind: source, folder: path ? settingPath(RED, path) : ownPath(RED, 'samples') };
    default:
      throw new Error(`expected the source to be mnist, idx or pictures, got ${describe(source)}`);
  }
}

/** One message for each digit; several of them with `msg.parts`, so that a join node can put them together. */
function sampleMessages(msg: NodeMessageInFlow, set: DataSet, indices: number[]): Outgoing {
  const messages = indices.map((index, i) => {
    const { image, label } = set.sample(index);
    return {
      ...msg,
      payload: { data: image, width: DIGIT_SIZE, height: DIGIT_SIZE, channels: 1 },
      label,
      index,
      ...(indices.length > 1 && { parts: { id: msg._msgid, type: 'array', index: i, count: indices.length } }),
    };
  });
  return messages.length === 1 ? Object.assign(msg, messages[0]) : [messages];
}

function drawSheet(set: DataSet, indices: number[]): Promise<Buffer> {
  const cells = indices.map((index) => {
    const { image, label } = set.sample(index);
    return { image, lines: [String(label)] };
  });
  return drawContactSheet(cells, { title: `${set.name}: ${indices.length} of ${set.size.toLocaleString('en')}` });
}
