import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawDigit } from '../lib/train/synthesis/drawn-digits';
import { proveNative } from '../lib/train/engine/engines';
import { Random } from '../lib/random';
import type { EngineName } from '../lib/train/common/settings';
import { startTraining } from '../lib/train/start-training';

export interface TrainingFigures {
  /** Samples a second in training the compact network, augmentation and all. */
  wasmSamples: number;
  /** NaN where native TensorFlow is not installed or does not work. */
  nativeSamples: number;
  /** wasm as a share of native. */
  wasmByNative: number;
}

/** Trains the compact network for two short epochs on each engine; the second one counts. */
export async function measureTraining(count = 4000): Promise<TrainingFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'inkcam-bench-'));
  try {
    await writeSet(folder, 'train', count);
    await writeSet(folder, 't10k', 100);
    const speed = async (engine: EngineName): Promise<number> => {
      let samples = NaN;
      await startTraining(
        { mnist: folder, engine, epochs: 2, out: join(folder, engine) },
        {
          onProgress: ({ epoch, samplesPerSecond, result }) => {
            if (epoch === 2 && !result) samples = samplesPerSecond;
          },
        },
      );
      return samples;
    };
    const wasmSamples = await speed('wasm');
    const nativeSamples = await proveNative().then(
      () => speed('native'),
      () => NaN,
    );
    return { wasmSamples, nativeSamples, wasmByNative: wasmSamples / nativeSamples };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Drawn digits, in MNIST's format. */
async function writeSet(folder: string, part: string, count: number): Promise<void> {
  const drawn = Array.from({ length: count }, (_, i) => drawDigit(new Random(1, i)));
  const head = (...numbers: number[]): Buffer =>
    Buffer.concat(numbers.map((number) => Buffer.from(Uint32Array.of(number).buffer).swap32()));
  await writeFile(
    join(folder, `${part}-images-idx3-ubyte`),
    Buffer.concat([head(2051, count, 28, 28), ...drawn.map(({ image }) => image)]),
  );
  await writeFile(
    join(folder, `${part}-labels-idx1-ubyte`),
    Buffer.concat([head(2049, count), Uint8Array.from(drawn, ({ label }) => label)]),
  );
}
