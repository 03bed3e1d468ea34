import { DEFAULT_BATCH_SIZE, type CheckedSettings, type EngineName } from '../common/settings';

/** What settings leave open. */
export interface ActualSettings {
  engine: EngineName;
  epochs: number;
  /** Whether MNIST was there. */
  usual: boolean;
}

/**
 * The command that does a training once more: with all settings that differ from the defaults, and with those that
 * depend on the machine. Places are left to whoever runs it.
 */
export function commandOf(
  { samples, hands, letters, pages, from, network, batchSize, learningRate, augmentation, seed }: CheckedSettings,
  { engine, epochs, usual }: ActualSettings,
): string {
  const options = [
    from !== undefined ? '--from MODEL' : network === 'mlp' && '--network mlp',
    !usual && '--mnist none',
    samples !== undefined && '--samples DIR',
    hands !== undefined && '--hands DIR',
    letters !== undefined && '--letters DIR',
    pages !== undefined && '--pages DIR',
    `--engine ${engine}`,
    `--epochs ${epochs}`,
    batchSize !== DEFAULT_BATCH_SIZE && `--batch-size ${batchSize}`,
    learningRate !== undefined && `--learning-rate ${learningRate}`,
    augmentation !== undefined && `--augmentation ${augmentation ? 'on' : 'off'}`,
    `--seed ${seed}`,
    '--out PATH',
  ];
  return `npm run train -- ${options.filter(Boolean).join(' ')}`;
}
