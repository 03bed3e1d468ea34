import { join } from 'node:path';
import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { ExtractOptions } from '../extract/options';
import type { Mask, RawPicture } from '../pictures/picture';
import type { ThresholdOptions } from '../threshold/options';
import { WorkerHost } from './host';
import type { InkMethods } from './ink-methods';
import { Shared } from './shared';

/** Threshold and extract, off the event loop. */
export interface InkReader {
  /** @throws PictureError, RangeError or WorkerError */
  threshold(picture: RawPicture, options?: ThresholdOptions): Promise<Mask>;
  /** @throws PictureError, RangeError or WorkerError */
  extract(mask: Mask, options?: ExtractOptions): Promise<ExtractedDigit[]>;
  /**
   * Both, without the mask in between.
   * @throws PictureError, RangeError or WorkerError
   */
  thresholdAndExtract(picture: RawPicture, threshold?: ThresholdOptions, extract?: ExtractOptions): Promise<ExtractedDigit[]>;
  /**
   * Tells of every shape why `extract` leaves it out, or that it does not.
   * @throws PictureError or WorkerError
   */
  explain(mask: Mask, options?: ExtractOptions): Promise<ExplainedShape[]>;
  /** The last one out ends the worker. */
  release(): Promise<void>;
}

const workers = new Shared<WorkerHost<InkMethods>>();

/** Joins the users of the process's one ink worker, which starts with the first picture. */
export function acquireInk(): InkReader {
  const { value: worker, release } = workers.acquire('ink', () => new WorkerHost<InkMethods>({ name: 'the ink worker', script: join(__dirname, 'ink-worker.js') }));
  return {
    threshold: (picture, options = {}) => worker.exec('threshold', [plain(picture), options]),
    extract: (mask, options = {}) => worker.exec('extract', [plain(mask), options]),
    thresholdAndExtract: (picture, threshold = {}, extract = {}) => worker.exec('thresholdAndExtract', [plain(picture), threshold, extract]),
    explain: (mask, options = {}) => worker.exec('explain', [plain(mask), options]),
    release,
  };
}

/** Only the pixels cross over to the worker, not what a flow may have hung on to the picture. */
function plain<T extends Mask | RawPicture>({ data, width, height, channels, ...rest }: T): T {
  const { ink, paper, margins } = rest as Partial<Mask>;
  return { data, width, height, channels, ...(ink && { ink }), ...(paper && { paper }), ...(margins && { margins }) } as T;
}
