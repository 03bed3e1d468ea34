import { performance } from 'node:perf_hooks';
import { acquireClassifier } from '../lib/engine/classifier';
import { median } from '../lib/lists';

export interface EngineFigures {
  /** From acquiring the model to the first answer, with the worker's start and the model's loading, milliseconds. */
  firstAnswer: number;
  /** One digit, warm: median, milliseconds. */
  oneDigit: number;
  /** Sixteen digits in one call, warm: median, milliseconds. */
  sixteenDigits: number;
  /** By how much the process has grown since before the first answer, MB. */
  memory: number;
}

/** Measures the engine as nodes use it, from the main thread. Nothing else may have acquired the model before. */
export async function measureEngine(modelPath?: string, runs = 200): Promise<EngineFigures> {
  const image = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 12 && i % 28 < 16 ? 255 : 0));
  const memoryBefore = process.memoryUsage.rss();
  const classifier = acquireClassifier(modelPath);
  try {
    const medianOf = async (digits: number): Promise<number> => {
      const images = Array<Uint8Array>(digits).fill(image);
      const times: number[] = [];
      for (let i = 0; i < runs; i++) times.push(await timed(() => classifier.classify(images)));
      return median(times);
    };
    const firstAnswer = await timed(() => classifier.classify([image]));
    const oneDigit = await medianOf(1);
    const sixteenDigits = await medianOf(16);
    return { firstAnswer, oneDigit, sixteenDigits, memory: (process.memoryUsage.rss() - memoryBefore) / 1e6 };
  } finally {
    await classifier.release();
  }
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
