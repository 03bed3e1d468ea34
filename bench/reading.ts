import { performance } from 'node:perf_hooks';
import { acquireClassifier } from '../lib/engine/classifier';
import { extractDigits } from '../lib/extract/extract';
import { decodePicture, loadSharp } from '../lib/pictures/decode';
import { readText } from '../lib/pipeline/reader';
import { thresholdPicture } from '../lib/threshold/threshold';
import { acquireInk } from '../lib/ink/ink';
import { median } from '../lib/lists';
import { benchPictures } from './pictures';

/** One kind of picture from payload to text, beside sharp in the same run; medians. */
export interface PictureFigures {
  /** Milliseconds. */
  time: number;
  /** How many times as long as sharp: pairs taken in turn. */
  timeRatio: number;
  /** Of all threads together, milliseconds. */
  processorTime: number;
  processorTimeRatio: number;
}

export interface ReadingFigures {
  /**
   * sharp alone: a 640×480 JPEG to grey pixels, milliseconds; what `payloadToText` and all but the large one are
   * beside.
   */
  bareDecode: number;
  /** sharp alone: a 12-megapixel JPEG to 640×480 grey pixels, milliseconds; what the large one is beside. */
  bareDecodeLarge: number;
  /** The 640×480 JPEG from payload to text through both workers, warm, milliseconds. */
  payloadToText: number;
  /** How many times as long as sharp alone: medians of pairs taken in turn. */
  payloadToTextRatio: number;
  /** Decoded picture to 28×28 digits, in one thread, milliseconds. */
  inkToDigits: number;
  /** By the name of the picture, see `benchPictures`. */
  pictures: Record<string, PictureFigures>;
}

interface Cost {
  time: number;
  processorTime: number;
}

/** Rounds that warm everything up. */
const WARM = 10;

/** Reads each picture of `benchPictures` in turn with sharp decoding a JPEG. */
export async function measureReading(runs = 60): Promise<ReadingFigures> {
  const { jpeg, large, pictures } = await benchPictures();
  const sharp = loadSharp();
  const { picture } = await decodePicture(jpeg);
  const ink = acquireInk();
  const classifier = acquireClassifier();
  try {
    const costs: Record<string, Cost[]> = {};
    const take = async (name: string, action: () => unknown): Promise<void> => {
      const cost = await costOf(action);
      (costs[name] ??= []).push(cost);
    };
    for (let i = -WARM; i < runs; i++) {
      await take('bare', () => sharp(jpeg).greyscale().raw().toBuffer());
      await take('bareLarge', () => sharp(large).resize(640, 480).greyscale().raw().toBuffer());
      for (const [name, input] of Object.entries(pictures)) await take(name, () => readText(ink, classifier, input));
    }
    // A few seconds of video, before the compiler is through with it.
    for (let i = -100; i < runs; i++) {
      await take('inkToDigits', () => extractDigits(thresholdPicture(picture)));
    }
    const kept = (name: string): Cost[] => costs[name]!.slice(-runs);
    const timeOf = (name: string): number => median(kept(name).map(({ time }) => time));
    const figures = Object.fromEntries(
      Object.entries(pictures).map(([name, input]) => [
        name,
        beside(kept(name), kept(input === large ? 'bareLarge' : 'bare')),
      ]),
    );
    const { time: payloadToText, timeRatio: payloadToTextRatio } = figures['JPEG, one digit']!;
    return {
      bareDecode: timeOf('bare'),
      bareDecodeLarge: timeOf('bareLarge'),
      inkToDigits: timeOf('inkToDigits'),
      payloadToText,
      payloadToTextRatio,
      pictures: figures,
    };
  } finally {
    await Promise.all([ink.release(), classifier.release()]);
  }
}

function beside(costs: readonly Cost[], bare: readonly Cost[]): PictureFigures {
  const medianOf = (key: keyof Cost): number => median(costs.map((cost) => cost[key]));
  const ratioOf = (key: keyof Cost): number => median(costs.map((cost, i) => cost[key] / bare[i]![key]));
  return {
    time: medianOf('time'),
    timeRatio: ratioOf('time'),
    processorTime: medianOf('processorTime'),
    processorTimeRatio: ratioOf('processorTime'),
  };
}

async function costOf(action: () => unknown): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  await action();
  const time = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { time, processorTime: (user + system) / 1000 };
}
