import { join } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { SHIPPED_MODEL } from '../../lib/engine/classifier';
import { MNIST_MIRRORS } from '../../lib/data/mnist';
import { describe } from '../../lib/pictures/picture';
import { TrainingSettingsError, type TrainingSettings } from '../../lib/train/common/settings';
import { numberSetting } from '../common/settings';
import { messagePath, ownPath, settingPath } from '../common/user-folder';

/** As the editor stores them; empty fields leave it to `lib`. */
export interface TrainNodeSettings extends NodeDef {
  data?: string;
  /** Folder of IDX files; empty: MNIST is fetched into the user folder. */
  mnist?: string;
  /** Address of a folder with MNIST's files, asked before the public mirrors. */
  mirror?: string;
  samples?: string;
  network?: string;
  from?: string;
  epochs?: string | number;
  batchSize?: string | number;
  learningRate?: string | number;
  /** '', 'on' or 'off'. */
  augmentation?: string;
  seed?: string | number;
  engine?: string;
  out?: string;
}

/** What a message may set anew. Its paths have to stay where the collection keeps its own things. */
const OVERRIDES = [
  'data',
  'mnist',
  'samples',
  'network',
  'from',
  'epochs',
  'batchSize',
  'learningRate',
  'augmentation',
  'seed',
  'engine',
  'out',
  'name',
] as const;

const DATA = ['mnist', 'samples', 'both'];
const NETWORKS = ['cnn', 'mlp', 'existing'];

/** Where a model goes that nobody has named a place for. */
const DEFAULT_OUT = 'trained';

/**
 * What a training is to do, by the node's settings and what a message sets anew.
 * @throws TrainingSettingsError or PathError
 */
export function trainingSettings(
  RED: NodeAPI,
  settings: TrainNodeSettings,
  message: Record<string, unknown>,
): TrainingSettings {
  for (const name of Object.keys(message)) {
    if (!OVERRIDES.some((known) => known === name))
      throw new TrainingSettingsError(
        `expected settings of a training (${OVERRIDES.join(', ')}) in msg.payload, got ${name}`,
      );
  }
  /** A place: from the message, or as set, or its default. */
  const place = (name: 'mnist' | 'samples' | 'from' | 'out', folder: string, usual: string): string => {
    if (message[name] !== undefined) return messagePath(folder, message[name]);
    const set = settings[name]?.trim();
    return set ? settingPath(RED, set) : usual;
  };
  const choice = (name: 'data' | 'network', known: string[]): string => {
    const value = message[name] ?? (settings[name] || known[0]);
    if (!known.includes(value as string))
      throw new TrainingSettingsError(`expected ${name} to be ${known.join(' or ')}, got ${describe(value)}`);
    return value as string;
  };
  const models = ownPath(RED, 'models');
  const own = ownPath(RED);
  const data = choice('data', DATA);
  const network =
    message.from !== undefined && message.network === undefined ? 'existing' : choice('network', NETWORKS);
  const fetched = ownPath(RED, 'mnist');
  const mnist = place('mnist', own, fetched);
  const overridden = Object.fromEntries(
    (['batchSize', 'learningRate', 'epochs', 'seed', 'engine', 'augmentation', 'name'] as const)
      .filter((name) => message[name] !== undefined)
      .map((name) => [name, message[name]]),
  );
  return {
    ...(data !== 'samples' && {
      mnist,
      fetch: mnist === fetched,
      ...(settings.mirror?.trim() && { mirrors: [settings.mirror.trim(), ...MNIST_MIRRORS] }),
    }),
    ...(data !== 'mnist' && { samples: place('samples', own, ownPath(RED, 'samples')) }),
    ...(network === 'existing'
      ? { from: message.from === 'shipped' ? SHIPPED_MODEL : place('from', models, SHIPPED_MODEL) }
      : { network: network as 'cnn' | 'mlp' }),
    epochs: numberSetting(settings.epochs),
    batchSize: numberSetting(settings.batchSize),
    learningRate: numberSetting(settings.learningRate),
    seed: numberSetting(settings.seed),
    engine: (settings.engine || 'auto') as TrainingSettings['engine'],
    ...(settings.augmentation && { augmentation: settings.augmentation === 'on' }),
    ...overridden,
    out: place('out', models, join(models, DEFAULT_OUT)),
  };
}
