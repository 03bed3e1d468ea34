// An area in which messages go to a planted node.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenArea } from '../../bench/fuzz/case';
import { tryMessage } from '../../bench/fuzz/messages';
import { EmbeddedNodeRed } from '../../bench/fuzz/node-red';
import type { Goods } from '../../bench/fuzz/nodes';
import { WatchedFolder } from '../../bench/fuzz/watched-folder';

/** By the payload: the columns in which the message has to be counted. */
export const MESSAGES: Record<string, string> = {
  nothing: 'unanswered',
  NaN: 'wrong',
  escape: 'outside',
  pollute: 'wrong',
  mumble: 'unclear',
  fail: 'refused',
};

export const open: OpenArea = async ({ folder }) => {
  const nodeRed = await EmbeddedNodeRed.start(
    join(folder, 'user'),
    [
      { id: 'my tab', type: 'tab' },
      { id: 'node', z: 'my tab', type: 'planted', wires: [['sink']] },
      { id: 'sink', z: 'my tab', type: 'debug', active: false, wires: [] },
    ],
    [join(__dirname, 'planted-node.js')],
  );
  mkdirSync(join(folder, 'cwd'));
  process.chdir(join(folder, 'cwd'));
  const watched = new WatchedFolder(folder, (path) => path.startsWith('user/'));
  // Its results are looked at as classify's are.
  const target = { id: 'node', type: 'digits-classify', settings: {}, sound: false };
  return {
    make(dice) {
      const payload = dice.pick(Object.keys(MESSAGES));
      return { name: payload, run: () => tryMessage(nodeRed, target, { payload }, {} as Goods, watched, 2000) };
    },
    close: () => nodeRed.stop(),
  };
};
