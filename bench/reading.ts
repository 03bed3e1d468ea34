import { performance } from 'node:perf_hooks';
import { acquireClassifier } from '../lib/classify/classifier';
import { extractDigits } from '../lib/extract/extract';
import { decodePicture, loadSharp } from '../lib/pictures/decode';
import { readText } from '../lib/reader';
import { thresholdPicture } from '../lib/threshold/threshold';
import { acquireInk } from '../lib/workers/ink';
import { drawPage } from '../scripts/drawing/page';
import { median } from './median';

export interface ReadingFigures {
  /** sharp alone: a 640×480 JPEG to grey pixels, milliseconds. */
  bareDecode: number;
  /** The same JPEG from payload to text through both workers, warm, milliseconds. */
  payloadToText: number;
  /** How many times as long as sharp alone: medians of pairs taken in turn. */
  payloadToTextRatio: number;
  /** Decoded picture to 28×28 digits, in one thread, milliseconds. */
  inkToDigits: number;
}

/** One digit written with a marker on a sheet with a shadow, as the demo frames are. */
export async function measureReading(runs = 60): Promise<ReadingFigures> {
  const page = drawPage({ writing: [{ text: '7', x: 260, y: 130, height: 200 }], shadow: true, seed: 1 });
  const { width, height } = page;
  const sharp = loadSharp();
  const jpeg = await sharp(page.data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 }).toBuffer();
  const { picture } = await decodePicture(jpeg);

  const ink = acquireInk(), classifier = acquireClassifier();
  try {
    const bare: number[] = [], whole: number[] = [], found: number[] = [];
    for (let i = -10; i < runs; i++) {
      const times = [await timed(() => sharp(jpeg).greyscale().raw().toBuffer()), await timed(() => readText(ink, classifier, jpeg))];
      // The first ten warm everything up.
      if (i >= 0) [bare, whole].forEach((list, k) => list.push(times[k]));
    }
    // A few seconds of video, before the compiler is through with it.
    for (let i = -100; i < runs; i++) {
      const time = await timed(() => extractDigits(thresholdPicture(picture)));
      if (i >= 0) found.push(time);
    }
    return {
      bareDecode: median(bare), payloadToText: median(whole), inkToDigits: median(found),
      payloadToTextRatio: median(whole.map((time, i) => time / bare[i])),
    };
  } finally {
    await Promise.all([ink.release(), classifier.release()]);
  }
}

async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
