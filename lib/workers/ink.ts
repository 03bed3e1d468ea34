import { join } from 'node:path';
import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { ExtractOptions } from '../extract/options';
import { PictureError, type Mask, type RawPicture } from '../pictures/picture';
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

/** A picture takes some milliseconds here and some tens on a Pi, so one that takes so long is out of the ordinary; milliseconds. */
const PATIENCE = 1000;

const workers = new Shared<WorkerHost<InkMethods>>();

/** Joins the users of the process's one ink worker, which starts with the first picture. */
export function acquireInk(): InkReader {
  const { value: worker, release } = workers.acquire('ink', () => new WorkerHost<InkMethods>({
    name: 'the ink worker', script: join(__dirname, 'ink-worker.js'), patience: PATIENCE, errors: [PictureError],
  }));
  return {
    threshold: (picture, options = {}) => worker.exec('threshold', [compactPicture(picture), options]),
    extract: (mask, options = {}) => worker.exec('extract', [compactMask(mask), options]),
    thresholdAndExtract: (picture, threshold = {}, extract = {}) => worker.exec('thresholdAndExtract', [compactPicture(picture), threshold, extract]),
    explain: (mask, options = {}) => worker.exec('explain', [compactMask(mask), options]),
    release,
  };
}

function compactPicture({ data, ...picture }: RawPicture): RawPicture {
  return { ...picture, data: compact(data) };
}

function compactMask({ data, ink, margins, paper, ...mask }: Mask): Mask {
  return {
    ...mask, data: compact(data), ...(ink && { ink: compact(ink) }), ...(margins && { margins: compact(margins) }),
    ...(paper && { paper: { ...paper, data: compact(paper.data) } }),
  };
}

/** With a view, all the memory that it is a view of would be sent. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
