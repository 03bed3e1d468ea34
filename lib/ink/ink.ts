import { join } from 'node:path';
import type { CompiledModel } from '../classify/compiled-model';
import type { Judgement } from '../classify/judgement';
import type { Predicted } from '../classify/predict';
import type { ExplainedShape, ExtractedDigit } from '../extract/digit';
import type { ExtractOptions } from '../extract/options';
import type { Surroundings } from '../extract/surroundings';
import { ModelError } from '../models/model';
import { toBuffer } from '../pictures/buffer';
import { PictureError, type Mask } from '../pictures/picture';
import type { ThresholdOptions } from '../threshold/options';
import { WorkerHost } from '../workers/host';
import type { InkMethods, InkPicture, Readable } from './ink-methods';
import { Shared } from '../workers/shared';

/** Threshold and extract, off the event loop. */
export interface InkReader {
  /** @throws PictureError, also where a plain JPEG is damaged (`damaged`), RangeError or WorkerError */
  threshold(picture: InkPicture, options?: ThresholdOptions): Promise<Mask>;
  /** @throws PictureError, RangeError or WorkerError */
  extract(mask: Mask, options?: ExtractOptions): Promise<ExtractedDigit[]>;
  /**
   * Both, without the mask in between.
   * @throws as `threshold` does
   */
  thresholdAndExtract(
    picture: InkPicture,
    threshold?: ThresholdOptions,
    extract?: ExtractOptions,
  ): Promise<ExtractedDigit[]>;
  /**
   * From picture or mask to digits and what they are read as, in one go.
   * @throws as `threshold` does, and ModelError
   */
  read(source: Readable, model: CompiledModel): Promise<Predicted>;
  /**
   * The same up to the shapes, with what stands about them judged; for who reads them elsewhere.
   * @throws as `read` does
   */
  judged(source: Readable): Promise<ExtractedDigit[]>;
  /**
   * @param images n·784 bytes, few enough for a request's deadline
   * @returns n·classes logits
   * @throws ModelError or WorkerError
   */
  classify(model: CompiledModel, images: Uint8Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>;
  /**
   * Tells what shapes are from what stands about them.
   * @throws ModelError or WorkerError
   */
  judge(shapes: readonly Surroundings[]): Promise<Judgement[]>;
  /**
   * Tells of every shape why `extract` leaves it out, or that it does not.
   * @throws PictureError or WorkerError
   */
  explain(mask: Mask, options?: ExtractOptions): Promise<ExplainedShape[]>;
  /**
   * What a closer look takes for written, 255 = ink; undefined where the page is plain.
   * @throws PictureError or WorkerError
   */
  written(mask: Mask, options?: ExtractOptions): Promise<Uint8Array | undefined>;
  /** Starts the worker, unless it is there: the first picture need not wait for that. */
  start(): void;
  /** The last one out ends the worker. */
  release(): Promise<void>;
}

/**
 * A picture takes some milliseconds here and some tens on a Pi, so one that takes so long is out of the ordinary;
 * milliseconds.
 */
const TIMEOUT = 1000;

/** Megabytes; with it reading takes no longer than with Node's 48, and 25 MB less memory: `npm run bench`. */
const YOUNG_GENERATION = 4;

/** Shapes judged at once: a request has a deadline. */
const TOGETHER = 64;

const workers = new Shared<WorkerHost<InkMethods>>();

/** Joins the users of the process's one ink worker, which starts with the first picture. */
export function acquireInk(): InkReader {
  const { value: worker, release } = workers.acquire(
    'ink',
    () =>
      new WorkerHost<InkMethods>({
        name: 'the ink worker',
        script: join(__dirname, 'ink-worker.js'),
        timeout: TIMEOUT,
        youngGeneration: YOUNG_GENERATION,
        errors: [PictureError, ModelError],
      }),
  );
  return {
    threshold: async (picture, options = {}) =>
      mapBytes(await worker.exec('threshold', [compactPicture(picture), options]), toBuffer),
    extract: async (mask, options = {}) =>
      (await worker.exec('extract', [compactMask(mask), options])).map(withBuffers),
    thresholdAndExtract: async (picture, threshold = {}, extract = {}) =>
      (await worker.exec('thresholdAndExtract', [compactPicture(picture), threshold, extract])).map(withBuffers),
    async read(source, model) {
      const { digits, predictions } = await worker.exec('read', [compactSource(source), model]);
      return { digits: digits.map(withBuffers), predictions };
    },
    judged: async (source) => (await worker.exec('judged', [compactSource(source)])).map(withBuffers),
    classify: (model, images) => worker.exec('classify', [model, images]),
    async judge(shapes) {
      const judgements: Judgement[] = [];
      for (let first = 0; first < shapes.length; first += TOGETHER) {
        judgements.push(...(await worker.exec('judge', [shapes.slice(first, first + TOGETHER)])));
      }
      return judgements;
    },
    explain: (mask, options = {}) => worker.exec('explain', [compactMask(mask), options]),
    start: () => {
      // What is wrong with it, the first request tells.
      worker.exec('judge', [[]]).catch(() => undefined);
    },
    written: (mask, options = {}) => worker.exec('written', [compactMask(mask), options]),
    release,
  };
}

function compactSource(source: Readable): Readable {
  return 'mask' in source
    ? { ...source, mask: compactMask(source.mask) }
    : { ...source, picture: compactPicture(source.picture) };
}

function compactPicture(picture: InkPicture): InkPicture {
  return 'jpeg' in picture ? { ...picture, jpeg: compact(picture.jpeg) } : { ...picture, data: compact(picture.data) };
}

function compactMask(mask: Mask): Mask {
  return mapBytes(mask, compact);
}

/** The mask with all its bytes passed through `map`. */
function mapBytes(
  { data, ink, border, background, grey, ...mask }: Mask,
  map: (bytes: Uint8Array) => Uint8Array,
): Mask {
  return {
    ...mask,
    data: map(data),
    ...(ink && { ink: map(ink) }),
    ...(border && { border: map(border) }),
    ...(background && { background: { ...background, data: map(background.data) } }),
    ...(grey && { grey: map(grey) }),
  };
}

function withBuffers({ whole, ...digit }: ExtractedDigit): ExtractedDigit {
  return { ...seenAsBuffers(digit), ...(whole && { whole: seenAsBuffers(whole) }) };
}

function seenAsBuffers<T extends Pick<ExtractedDigit, 'image' | 'surroundings'>>(shape: T): T {
  const { image, surroundings } = shape;
  return {
    ...shape,
    image: toBuffer(image),
    ...(surroundings && { surroundings: { ...surroundings, picture: toBuffer(surroundings.picture) } }),
  };
}

/** With a view, all the memory that it is a view of would be sent. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
